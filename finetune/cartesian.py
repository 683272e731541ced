"""Some of the memory lines as the predecessor's pairs: every memory beside every message, graded by our rubric.

    python -m finetune.cartesian

memory_lines/pairs_train.csv: 80 lines of train, 6,400 pairs, the size of the predecessor's training file; pairs_test.csv: 40 of test, 1,600.
Their columns are the predecessor's, so what reads these reads its files: `ohlora finetune --col retriever --pairs`, `ohlora eval --pairs`.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from finetune.pairs import read_lines
from ohlora_tui.dataset import PAIR_COLUMNS
from ohlora_tui.pools import Line, grade

FOLDER = Path(__file__).parent / "data" / "memory_lines"
COUNTS = {"train": 80, "test": 40}
"""Lines of a split that are paired; the predecessor had as many."""


def chosen(lines: Sequence[Line], split: str, count: int) -> list[Line]:
    """`count` lines of a split, one a memory, in the order of a hash of their messages."""
    found: dict[str, Line] = {}
    for line in sorted((x for x in lines if x.split == split and x.memory), key=lambda x: hashlib.sha256(x.message.encode()).digest()):
        found.setdefault(line.memory, line)
    return [*found.values()][:count]


def pairs(lines: Sequence[Line]) -> Iterator[tuple[str, str, str, str, float]]:
    """Every memory (and its message) beside every message (and its memory), with what the rubric gives the memory for that message."""
    for one in lines:
        for other in lines:
            score = 1.0 if one.memory in other.also else grade(other.memory, one.memory)
            yield one.memory, one.message, other.memory, other.message, score


def write(lines: Sequence[Line], folder: Path = FOLDER) -> None:
    for split, count in COUNTS.items():
        with (folder / f"pairs_{split}.csv").open("w", encoding="utf-8", newline="") as handle:
            table = csv.writer(handle, lineterminator="\n")
            table.writerow(PAIR_COLUMNS)
            table.writerows(pairs(chosen(lines, split, count)))


if __name__ == "__main__":
    write(read_lines(FOLDER / "lines.tsv"))
