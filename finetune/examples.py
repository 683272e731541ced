"""Rows -> examples: token ids and labels of one head. The loss is on the target alone; its end is always inside."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from finetune.templates import memory_turn
from ohlora_tui import tokens
from ohlora_tui.errors import DataError
from ohlora_tui.heads import STOP, Head, context
from ohlora_tui.records import Row, Turn

IGNORE = -100
"""Label of a token that is not learnt (torch's cross-entropy skips it)."""


@dataclass(frozen=True, slots=True)
class Example:
    """What the trainer sees of one row: labels are IGNORE on the prompt and equal input_ids on the target."""

    input_ids: list[int]
    labels: list[int]

    def as_dict(self) -> dict[str, list[int]]:
        return {"input_ids": self.input_ids, "labels": self.labels}


def example(head: Head, turn: Turn, tokenizer: Any, max_length: int) -> Example:
    """One turn as an example: `prompt … target (답변 종료) EOS`, at most `max_length` ids, the left of the prompt cut if need be."""
    before, after = tokens.example_ids(tokenizer, head.prompt(turn), head.target(turn), max_length)
    return Example(before + after, [IGNORE] * len(before) + after)


def examples(head: Head, rows: Sequence[Row], tokenizer: Any, max_length: int) -> list[Example]:
    """Examples of all rows; DataError names the row whose target cannot be learnt."""
    found = []
    for row in rows:
        check(head, row)
        try:
            found.append(example(head, row.turn, tokenizer, max_length))
        except DataError as wrong:
            raise DataError(f"{where(row)}: {wrong.message}", wrong.hint) from wrong
    return found


def usable(head: Head, rows: Iterable[Row]) -> list[Row]:
    """Rows that have this head's target. An empty memory is a target ("nothing"); an empty summary or expression is none."""
    return [r for r in rows if head.name == "memory" or head.value(r.turn)]


def distinct(rows: Sequence[Row]) -> None:
    """DataError names a row that says again, letter for letter, what another one says: it would count twice, or test what was trained on."""
    seen: dict[tuple[str, str], Row] = {}
    for row in rows:
        if (first := seen.setdefault((context(row.turn) + row.turn.message, row.turn.answer), row)) is not row:
            raise DataError(f"{where(row)}이 {where(first)}과 똑같아요: {row.turn.message[:40]!r}.", "한 줄을 지워 주세요.")


def check(head: Head, row: Row) -> None:
    """DataError unless `head.parse(head.target(turn))` gives the row's value back, with one end marker."""
    value, target = head.value(row.turn), head.target(row.turn)
    try:
        same = head.parse(target) == value and target.count(STOP) == 1
    except ValueError:
        same = False
    if not same:
        raise DataError(
            f"{where(row)}의 {head.name} 값 {value!r}은 학습할 수 없는 글이에요.", "표시 글자나 겹친 빈칸을 지워 주세요."
        )


def where(row: Row) -> str:
    return f"{row.file or '데이터'} {row.line}번째 줄"


def templated(count: int, seed: int) -> list[Row]:
    """`count` templated memory rows: keys, values from the message, and silence in about 60 % of them."""
    rng = random.Random(seed)
    return [Row(memory_turn(rng), "train", f"template-{n}", "template", n + 1, "templates") for n in range(count)]
