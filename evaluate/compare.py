"""`ohlora eval --compare v1`: tables of the retriever beside v1, in the order the predecessor printed them, and what was published."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from evaluate import retrieval
from evaluate.report import Table, number
from evaluate.retrieval import Told
from ohlora_tui.pools import Encode, Pool

PUBLISHED: tuple[tuple[str, str, float, float, float], ...] = (
    ("v1 (2025-04)", "20 × 20쌍, 정답 = 키의 낱말 겹침", 0.0880, 0.1681, 0.6259),
    ("v2 (2025-05)", "40 × 40쌍, 정답 = 키의 RoBERTa 코사인", 0.0355, 0.1280, 0.7449),
)
"""(version, test set, MSE, MAE, Corr-coef) as the predecessor's author published them: other test sets, other gold."""
NAMES = {
    "mse": "MSE", "mae": "MAE", "corr": "Corr-coef", "spearman": "Spearman", "hit@1": "Hit@1", "hit@1_key": "Hit@1 (키)", "mrr": "MRR", "auroc": "AUROC",
    "ap": "AP", "precision": "정밀도", "recall": "재현율", "false_fire": "헛불", "ece": "보정 오차",
}  # fmt: skip
LOWER_IS_BETTER = ("mse", "mae", "false_fire", "ece")

Judge = Callable[[str, Sequence[str]], tuple[Any, Any]]
"""(message, memories) -> (relevance, graded similarity), both (K,)."""


def current(judge: Judge, pools: Sequence[Pool]) -> list[Told]:
    """What the retriever says of each pool."""
    return [Told(*judge(p.message, p.memories)) for p in pools]


def baseline(encode: Encode, pools: Sequence[Pool]) -> list[Told]:
    """What a bare embedder says: its cosine is ranking, decision and grade at once, as in v1."""
    told = []
    for pool in pools:
        vectors = encode([pool.message, *pool.memories]).astype(float)
        cosines = vectors[1:] @ vectors[0]
        told.append(Told(cosines, cosines))
    return told


TOPIC = {"carried": "이어지는 말에 지난 요약을 이어 줌", "dropped": "새 이야기에 지난 요약을 내려놓음", "right": "둘 다 맞음"}


def report(pools: Sequence[Pool], now: Sequence[Told], v1: Sequence[Told] | None, threshold: float, v1_threshold: float) -> dict[str, Any]:
    """{"current", "v1", "change", "published", "threshold"}: measures of both, the change in the predecessor's way and paired by message."""
    found: dict[str, Any] = {"threshold": threshold, "current": retrieval.measure(pools, now, threshold), "published": _published()}
    if v1 is None:
        return found
    found["v1"] = retrieval.measure(pools, v1, v1_threshold) | {"threshold": v1_threshold}
    return found | {"change": retrieval.difference(pools, now, v1)}


def _published() -> list[dict[str, Any]]:
    return [{"version": v, "test_set": t, "mse": a, "mae": b, "corr": c} for v, t, a, b, c in PUBLISHED]


def tables(found: Mapping[str, Any]) -> Iterator[Table]:
    """From a report as JSON values: the predecessor's table, the published figures, then everything with its interval."""
    now, v1 = found["current"], found.get("v1")
    if v1:
        both = [(m, now[m]["value"], v1[m]["value"]) for m in ("mse", "mae", "corr")]
        rows: list[tuple[str, ...]] = [(NAMES[m], number4(a), number4(b), moved(m, a, b)) for m, a, b in both]
        yield "기억 검색 (retriever), 예전과 같은 표", ("", "지금", "v1", "변화"), rows
    published = [(p["version"], p["test_set"], *(number4(p[m]) for m in ("mse", "mae", "corr"))) for p in found["published"]]
    yield "발표된 값 — 시험 자료와 정답이 서로 달라 나란히 견줄 수 없어요", ("판", "시험 자료", "MSE", "MAE", "Corr-coef"), published
    headings = ("무엇", "지금", "95 % 구간", *(("v1", "95 % 구간", "차이 (같은 말끼리)") if v1 else ()), "n")
    yield "자세히", headings, [_row(m, now[m], v1, found.get("change", {})) for m in NAMES]
    if topic := found.get("topic"):
        rows = [(TOPIC[m], number(topic[m]["value"]), _interval(topic[m]), str(topic[m]["n"])) for m in TOPIC]
        yield f"화제가 바뀔 때 (어느 쪽인지 뚜렷하지 않은 {topic['unclear']}쌍은 빼고)", ("무엇", "값", "95 % 구간", "n"), rows


def _row(name: str, now: Mapping[str, Any], v1: Mapping[str, Any] | None, change: Mapping[str, Any]) -> tuple[str, ...]:
    cells = [NAMES[name], number(now["value"]), _interval(now)]
    if v1:
        paired = change.get(name)
        cells += [number(v1[name]["value"]), _interval(v1[name]), f"{paired['value']:+.3f} ({paired['low']:+.3f}–{paired['high']:+.3f})" if paired else ""]
    return (*cells, str(now["n"]))


def _interval(measure: Mapping[str, Any]) -> str:
    return f"{number(measure['low'])}–{number(measure['high'])}"


def number4(value: float) -> str:
    return f"{value:.4f}"


def moved(name: str, now: float, before: float) -> str:
    """The change as the predecessor printed it: 🔽 59.7 % for an error, 🔼 11.9 %p for a share or a correlation."""
    if name in LOWER_IS_BETTER:
        share = (now - before) / before if before else 0.0
        return f"{'🔽' if share < 0 else '🔼'} {abs(share):.1%}".replace("%", " %")
    return f"{'🔼' if now >= before else '🔽'} {abs(now - before) * 100:.1f} %p"
