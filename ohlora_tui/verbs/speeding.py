"""What `ohlora eval --only speed` measures: a base with its adapters, or full-size random weights, on rows that were never trained on."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ohlora_tui.errors import OhLoraError

if TYPE_CHECKING:
    from ohlora_tui.records import Row

TURNS = {"base": 10, "random": 3}
"""Turns measured where `--turns` says nothing. A turn of the 1.3B takes half a minute on a CPU in the predecessor's way."""


def speed_report(base: str | None, quantize: str | None, random: str | None, turns: int | None, data: Path | None, split: str) -> dict[str, Any]:
    """{"data", "speed"}. OhLoraError where there is nothing to measure on or a name is not known."""
    from evaluate import speed
    from ohlora_tui.dataset import data_hash

    rows = chosen(data, split, TURNS["random" if random else "base"] if turns is None else turns)
    name, subject = subject_of(base, quantize, random)
    found = speed.run(subject, [row.turn for row in rows], lambda line: print(line, file=sys.stderr, flush=True))
    return {"data": {"split": split, "rows_sha256": data_hash(rows), "n_rows": len(rows), "base": name}, "speed": found}


def subject_of(base: str | None, quantize: str | None, random: str | None) -> tuple[str, Any]:
    """(its name in the report, what is measured)."""
    from evaluate import subjects
    from ohlora_tui import bases
    from ohlora_tui.settings import load

    settings = load(base=base, quantize=quantize)
    if random:
        if random not in subjects.RANDOM:
            raise OhLoraError(f"--random 값 {random!r}은 쓸 수 없어요.", f"{', '.join(subjects.RANDOM)} 가운데 하나를 적어 주세요.")
        return f"{random} (무작위)", subjects.Random(subjects.RANDOM[random], settings)
    found = bases.find(settings.base)
    return found.name, subjects.Shipped(found, bases.adapter_folders(found, settings.pulled_models), settings)


def chosen(data: Path | None, split: str, count: int) -> list[Row]:
    """`count` rows from all over the split, each with a summary and an expression."""
    import finetune
    from ohlora_tui.dataset import read_rows

    if count < 1:
        raise OhLoraError(f"--turns 값 {count}으로는 잴 수 없어요.", "1 이상을 적어 주세요.")
    rows = read_rows(data or Path(finetune.__path__[0]) / "data" / "persona")
    whole = [r for r in rows if r.split == split and r.turn.summary and r.turn.expression]
    if not whole:
        raise OhLoraError(f"자료에 요약과 표정이 모두 있는 {split} 줄이 없어요.", "data_type, summary, eyes_mouth_pose 열을 확인해 주세요.")
    return whole[:: max(1, len(whole) // count)][:count]
