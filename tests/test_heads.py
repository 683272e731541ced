"""The wire format is pinned byte for byte, and what a head writes it can read."""

from __future__ import annotations

from pathlib import Path

import pytest

from ohlora_tui.dataset import read_rows
from ohlora_tui.heads import EXPRESSION_TEXTS, HEADS, MARKERS, plain, with_examples
from ohlora_tui.records import EXPRESSIONS, Expression, Memory
from tests.examples import ALL, FOLLOWING, HOSTILE, PLAIN, RECALLING

GOLDEN = Path(__file__).parent / "golden"
ROWS = read_rows(Path(__file__).parent.parent / "finetune" / "data" / "persona")


@pytest.mark.parametrize("head", HEADS)
def test_prompt_and_target_are_the_golden_bytes(head: str) -> None:
    written = "".join(f"{name}\n{HEADS[head].prompt(t)}|{HEADS[head].target(t)}\n" for name, t in ALL.items())
    assert written == (GOLDEN / f"{head}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("head", HEADS)
def test_every_row_reads_back_what_it_writes(head: str) -> None:
    h = HEADS[head]
    wrong = [(r.file, r.line) for r in ROWS if h.parse(h.target(r.turn)) != h.value(r.turn)]
    assert len(ROWS) > 3000 and not wrong


def test_the_memory_head_never_sees_recalled_memories() -> None:
    assert "[" not in HEADS["memory"].prompt(RECALLING) and "[" in HEADS["output_message"].prompt(RECALLING)


def test_user_text_cannot_be_taken_for_a_marker() -> None:
    text = plain(HOSTILE.message)
    assert not any(m in text for m in MARKERS) and "[" not in text and "답변 종료" in text


def test_plain_leaves_ordinary_rows_alone() -> None:
    changed = [r.turn.message for r in ROWS if plain(r.turn.message) != r.turn.message]
    assert not changed


def test_examples_stand_before_the_prompt_one_a_line() -> None:
    head = HEADS["output_message"]
    text = with_examples(head, [PLAIN], FOLLOWING)
    assert text.split("\n") == [head.prompt(PLAIN) + head.target(PLAIN), head.prompt(FOLLOWING)]


def test_there_are_36_expressions_and_each_reads_back() -> None:
    assert len(set(EXPRESSION_TEXTS)) == 36
    assert [Expression.parse(t) for t in EXPRESSION_TEXTS] == list(EXPRESSIONS)


@pytest.mark.parametrize("bad", ["(눈 중간, 입 보통, 고개 돌림 없음)", "눈 크게", "(눈 크게, 입 작게, 고개 돌림 없음)"])
def test_an_unknown_level_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match="표정이 아닌"):
        Expression.parse(bad)


@pytest.mark.parametrize("bad", ["[키]", "키: 값", "[키:값]", "[: 값]", "[키: ]", "[키: [값]]"])
def test_a_malformed_memory_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match="키: 값"):
        Memory.parse(bad)


def test_nothing_to_remember_is_the_end_marker_alone() -> None:
    head = HEADS["memory"]
    assert head.target(RECALLING) == " (답변 종료)" and head.parse(" (답변 종료)") is None
