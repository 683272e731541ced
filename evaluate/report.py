"""A report: metrics with the version, the date and the data they rest on; as JSON, and as tables for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from importlib.metadata import version
from typing import Any

from evaluate.metrics import Measure

Table = tuple[str, tuple[str, ...], list[tuple[str, ...]]]
"""(title, headings, rows)."""

HEAD_TITLES = {"output_message": "대답", "memory": "기억", "summary": "요약", "eyes_mouth_pose": "표정"}
NAMES = {
    "chrf": "chrF", "distinct-2": "서로 다른 두 낱말", "repeats": "되풀이", "length": "글자 수", "format": "꼴이 맞음", "seconds": "걸린 시간(초)",
    "key": "키", "key+value": "키와 값", "silence": "기억할 것 없을 때 조용함", "precision": "정밀도", "recall": "재현율", "f1": "F1", "exact": "셋 다 맞음",
    "macro_f1": "macro-F1", "eyes": "눈", "mouth": "입", "pose": "고개", "accuracy": "정확도", "mse": "MSE", "mae": "MAE", "corr": "상관",
    "majority": "늘 가장 흔한 것", "tfidf+logistic": "TF-IDF + 로지스틱", "copy answer": "대답 베끼기", "copy message": "말 베끼기", "written": "쓴 대답",
    "baselines": "견줄 것", "lead": "TF-IDF + 로지스틱보다 (짝지은 차이)",
}  # fmt: skip


def document(now: datetime, data: Mapping[str, Any], **parts: Any) -> dict[str, Any]:
    """The whole report as plain JSON values: version, date, data, then `parts` (heads, retriever, speed)."""
    return {"version": version("ohlora-tui"), "date": now.isoformat(timespec="seconds"), "data": dict(data)} | jsonable(parts)


def jsonable(value: Any) -> Any:
    """Measures as dictionaries, numbers rounded to four digits."""
    if isinstance(value, Measure):
        return value.as_dict()
    if isinstance(value, Mapping):
        return {str(k): jsonable(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [jsonable(v) for v in value]
    return round(value, 4) if isinstance(value, float) else value


KEEPER_NAMES = {
    "operation": "할 일이 맞음", "exact": "글자까지 맞음", "stored_precision": "적은 것 가운데 맞음 (글자까지)", "stored_precision_key": "적은 것 가운데 맞음 (키)",
    "stored_recall": "적을 것 가운데 적음 (글자까지)", "stored_recall_key": "적을 것 가운데 적음 (키)", "should_not_be_stored": "적지 말 것을 적음", "wrong_supersession": "잘못 바꿈",
}  # fmt: skip


def keeper_tables(found: Mapping[str, Any]) -> Iterator[Table]:
    """What the keeper does with the written cases, from a report as JSON values."""
    yield "기억 지킴이 (keeper)", ("무엇", "값", "95 % 구간", "n"), [(KEEPER_NAMES[name], *_cells(value)) for name, value in found.items()]


def head_tables(heads: Mapping[str, Any]) -> Iterator[Table]:
    """One table a head: what was measured, its value, its 95 % interval, n."""
    for name, measures in heads.items():
        rows: list[tuple[str, ...]] = [(_label(path), *_cells(value)) for path, value in _leaves(measures)]
        yield f"{HEAD_TITLES[name]} ({name})", ("무엇", "값", "95 % 구간", "n"), rows


def _leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, inner in value.items():
        if isinstance(inner, Mapping) and "low" not in inner:
            yield from _leaves(inner, (*path, key))
        else:
            yield (*path, key), inner


def _label(path: Sequence[str]) -> str:
    return " · ".join(NAMES.get(part, part) for part in path)


def _cells(value: Any) -> tuple[str, str, str]:
    if isinstance(value, Mapping):
        return number(value["value"]), f"{number(value['low'])}–{number(value['high'])}", str(value["n"])
    return number(value), "", ""


def number(value: float) -> str:
    """Three digits for what lies near 0..1, one for larger."""
    return f"{value:.3f}" if abs(value) < 2 else f"{value:.1f}"
