"""The four tasks, and the one place where a prompt is written: training and chat call the same functions.

The wire format is the published v2 adapters' (DESIGN 5), used alike in training and in chat:

    output_message, memory:  {context}{message} (답변 시작) ### 답변: {target} (답변 종료)
    summary:                 {context}{message} (오로라 답변) {answer} (답변 시작) ### 답변: {target} (답변 종료)
    eyes_mouth_pose:         {answer} (답변 시작) ### 답변: {target} (답변 종료)
    context = [(지금은 {clock}) ][[key: value] ...][(오로라 답변 요약) {summary} (사용자 질문) ]
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ohlora_tui.records import EXPRESSIONS, Change, Expression, Memory, Turn

START = " (답변 시작) ### 답변:"
END = " (답변 종료)"
STOP = "(답변 종료)"
ANSWER = "(오로라 답변)"
SUMMARY = "(오로라 답변 요약)"
QUESTION = "(사용자 질문)"
NOW = "(지금은"

MARKERS = ("(답변 시작)", "### 답변:", STOP, ANSWER, SUMMARY, QUESTION, NOW)
"""Text the prompt owns: single tokens of mini's tokenizer, neutralised inside what a user writes."""

Constraint = Literal["none", "memory", "expression"]


@dataclass(frozen=True, slots=True)
class Head:
    """One task: `name` is also the CSV column, the `--col` value and the adapter folder."""

    name: str
    prompt: Callable[[Turn], str]  # the exact text the model reads; ends right before the target
    value: Callable[[Turn], Any]  # the turn's part this head writes
    parse: Callable[[str], Any]  # generated text -> value; ValueError if it is none
    constraint: Constraint
    max_tokens: int  # most new tokens, end marker included

    def target(self, turn: Turn) -> str:
        """What the model must write after the prompt, end marker included: `" 안녕! (답변 종료)"`."""
        written = text_of(self.value(turn))
        return f" {written}{END}" if written else END


def text_of(value: str | Memory | Expression | None) -> str:
    """A head's value as the text on the wire; nothing to remember is empty."""
    return value if isinstance(value, str) else value.text if value else ""


def plain(text: str) -> str:
    """User or model text that cannot be taken for the prompt's own marks: markers lose their signs, brackets become round."""
    text = re.sub(r"#{2,}\s*답변\s*:?", "답변", text)
    text = re.sub(r"\((답변 시작|답변 종료|오로라 답변 요약|오로라 답변|사용자 질문)\)", r"\1", text)
    text = re.sub(r"\((?=지금은)", "", text)
    return " ".join(text.replace("[", "(").replace("]", ")").split())


def context(turn: Turn, recalled: bool = True) -> str:
    """Time, recalled memories and last summary, each followed by one space; empty where the turn has none."""
    parts = [f"{NOW} {turn.clock}) "] if turn.clock else []
    if recalled:
        parts += [f"[{plain(r.text[1:-1])}] " for r in turn.recalled]
    if turn.last_summary:
        parts.append(f"{SUMMARY} {plain(turn.last_summary)} {QUESTION} ")
    return "".join(parts)


def _answer_prompt(turn: Turn) -> str:
    return f"{context(turn)}{plain(turn.message)}{START}"


def _memory_prompt(turn: Turn) -> str:
    """Without recalled memories: what was remembered before can never be extracted again."""
    return f"{context(turn, recalled=False)}{plain(turn.message)}{START}"


def _summary_prompt(turn: Turn) -> str:
    return f"{context(turn)}{plain(turn.message)} {ANSWER} {plain(turn.answer)}{START}"


def _expression_prompt(turn: Turn) -> str:
    return f"{plain(turn.answer)}{START}"


def _parse_text(text: str) -> str:
    return " ".join(text.split(STOP)[0].split())


def _parse_memory(text: str) -> Memory | None:
    written = _parse_text(text)
    return Memory.parse(written) if written else None


def _parse_expression(text: str) -> Expression:
    return Expression.parse(_parse_text(text))


HEADS: dict[str, Head] = {
    h.name: h
    for h in (
        Head("output_message", _answer_prompt, lambda t: t.answer, _parse_text, "none", 64),
        Head("memory", _memory_prompt, lambda t: t.memory, _parse_memory, "memory", 32),
        Head("summary", _summary_prompt, lambda t: t.summary, _parse_text, "none", 40),
        Head("eyes_mouth_pose", _expression_prompt, lambda t: t.expression, _parse_expression, "expression", 24),
    )
}

EXPRESSION_TEXTS = tuple(e.text for e in EXPRESSIONS)


def with_examples(head: Head, examples: Sequence[Turn], turn: Turn) -> str:
    """The prompt behind written examples, for a base that has no adapter: one example a line, the turn's prompt last."""
    return "".join(f"{head.prompt(e)}{head.target(e)}\n" for e in examples) + head.prompt(turn)


def fresh(memory: Memory | None) -> Change | None:
    """A memory straight from the head or a row as a turn carries it, before the keeper has judged it."""
    return Change("ADD", memory) if memory else None
