"""Other wordings of the written first messages: one message, many ways to type it, one row that answers them all.

wordings/*.tsv, header `scenario message act wordings`: the row is found by scenario and message, wordings are parted by ` | `.
`act` is what the message does (good, bad, did, plan, want, unwilling, advice, her, opinion, worry, social, care).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ohlora_tui.errors import DataError
from ohlora_tui.written.askback import ACTS

COLUMNS = ("scenario", "message", "act", "wordings")
SEPARATOR = " | "
Wordings = dict[tuple[str, str], tuple[str, ...]]
"""(scenario, message) -> its other wordings."""


@dataclass(frozen=True, slots=True)
class Line:
    """One written message with what it does and how else it is typed."""

    scenario: str
    message: str
    act: str
    wordings: tuple[str, ...]
    file: str
    number: int


def read_lines(folder: Path) -> list[Line]:
    """All lines of a folder's *.tsv in name order; DataError names the bad one."""
    return [line for path in sorted(folder.glob("*.tsv")) for line in _lines_of(path)]


def read_wordings(folder: Path) -> Wordings:
    """Other wordings by (scenario, message); messages without any are left out."""
    return {(line.scenario, line.message): line.wordings for line in read_lines(folder) if line.wordings}


def _lines_of(path: Path) -> Iterator[Line]:
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        cells = text.split("\t")
        if number == 1:
            if tuple(cells) != COLUMNS:
                raise DataError(f"{path} 1번째 줄이 {' '.join(COLUMNS)}이 아니에요.", "머리줄을 고쳐 주세요.")
            continue
        if len(cells) != len(COLUMNS) or not all(cells[:3]) or cells[2] not in ACTS:
            raise DataError(f"{path} {number}번째 줄의 칸이 맞지 않아요: {cells}.", f"act는 {', '.join(ACTS)} 가운데 하나예요.")
        yield Line(cells[0], cells[1], cells[2], tuple(w for w in cells[3].split(SEPARATOR) if w), path.name, number)
