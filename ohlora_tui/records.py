"""The nouns of the product as plain records. Standard library only; no I/O, no clock.

A message becomes a Turn; its fields stand in the order in which one turn fills them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from itertools import product
from typing import Literal

EYES = ("작게", "보통", "크게", "아주 크게")
MOUTH = ("보통", "크게", "아주 크게")
POSE = ("없음", "보통", "많이")

Op = Literal["ADD", "SUPERSEDE", "NOOP", "REFUSE"]
Speaker = Literal["model", "row"]
State = Literal["open", "done", "stopped", "failed"]


@dataclass(frozen=True, slots=True)
class Expression:
    """Her face for one answer: a level of each part, in the published wording."""

    eyes: str = "보통"
    mouth: str = "보통"
    pose: str = "없음"

    @property
    def text(self) -> str:
        return f"(눈 {self.eyes}, 입 {self.mouth}, 고개 돌림 {self.pose})"

    @property
    def levels(self) -> tuple[int, int, int]:
        """Ordinal levels: eyes 0..3, mouth 0..2, pose 0..2."""
        return EYES.index(self.eyes), MOUTH.index(self.mouth), POSE.index(self.pose)

    @classmethod
    def parse(cls, text: str) -> Expression:
        """`(눈 크게, 입 보통, 고개 돌림 없음)` -> Expression; ValueError names what it is not."""
        if known := _KNOWN.get(text):
            return known
        found = _EXPRESSION.fullmatch(text.strip())
        if not found:
            raise ValueError(f"표정이 아닌 글: {text!r}")
        return cls(*found.groups())


_EXPRESSION = re.compile(rf"\(눈 ({'|'.join(EYES)}), 입 ({'|'.join(MOUTH)}), 고개 돌림 ({'|'.join(POSE)})\)")

_MEMORY = re.compile(r"\[([^\[\]:\n]{1,40}): ([^\[\]\n]{1,200})\]")

NEUTRAL = Expression()
EXPRESSIONS = tuple(Expression(*levels) for levels in product(EYES, MOUTH, POSE))
"""All 36, the whole language of the eyes_mouth_pose head."""
_KNOWN = {e.text: e for e in EXPRESSIONS}  # 20,000 rows are read at each start


@dataclass(frozen=True, slots=True)
class Memory:
    """A fact about the user, `[key: value]`. Fresh from the head it is only key and value; the keeper fills the rest."""

    key: str
    value: str
    quote: str = ""  # the user's own words it rests on
    said_at: datetime | None = None  # aware, when the user said it
    valid_from: datetime | None = None  # aware; with valid_until the span a plan or state speaks of
    valid_until: datetime | None = None
    message_id: int | None = None  # the user message it came from; None: typed in by hand or imported
    pinned: bool = False
    superseded_by: int | None = None
    id: int | None = None  # None: not stored yet

    @property
    def text(self) -> str:
        return f"[{self.key}: {self.value}]"

    @classmethod
    def parse(cls, text: str) -> Memory:
        """`[key: value]` -> Memory; ValueError says what it is not."""
        found = _MEMORY.fullmatch(text.strip())
        if not found or not found[1].strip() or not found[2].strip():
            raise ValueError(f"[키: 값] 꼴이 아닌 글: {text!r}")
        return cls(found[1].strip(), found[2].strip())


DUE, ASKED = -1.0, -0.5
"""Instead of a relevance: a plan whose day has come, and one she has asked after already ("떨린다" still speaks of it)."""


@dataclass(frozen=True, slots=True)
class Recall:
    """One memory weighed for a message. `text` is what the prompt reads: dates already relative to now."""

    memory: Memory
    score: float  # calibrated relevance, 0..1; DUE or ASKED
    used: bool  # False: a runner-up, kept to explain the choice
    text: str  # "[오늘 일정: 카페]"
    words: tuple[str, ...] = ()  # words that message and memory share, for "why"
    cosine: float = 0.0  # raw embedding similarity, -1..1

    @property
    def due(self) -> bool:
        """In mind because its day has come, not for its words: it has no relevance."""
        return self.score < 0


@dataclass(frozen=True, slots=True)
class Change:
    """What the keeper did with a new memory, and why (a Korean sentence for the user)."""

    op: Op
    memory: Memory
    replaces: int | None = None  # id of the memory that a SUPERSEDE retires or a NOOP repeats
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds from the user's Enter (waiting for a model to load left out), tokens of the answer."""

    first_token_s: float = 0.0
    total_s: float = 0.0
    tokens: int = 0

    @property
    def tokens_per_s(self) -> float:
        spoken = self.total_s - self.first_token_s
        return self.tokens / spoken if self.tokens and spoken > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Turn:
    """One user message and all that is made from it, fields in the order they are filled.

    A side part that failed stays None (or "" for text) and `notes` says so in a sentence.
    """

    message: str
    clock: str = ""  # "2026년 11월 22일 일요일 저녁" where the turn speaks of time, else ""
    recalls: tuple[Recall, ...] = ()  # best first, used ones and runners-up
    last_summary: str = ""  # state carried from the turn before
    answer: str = ""
    speaker: Speaker = "model"
    change: Change | None = None  # the new memory and what became of it; None: nothing to remember
    summary: str | None = None
    expression: Expression | None = None
    timing: Timing = Timing()
    state: State = "open"
    notes: tuple[str, ...] = ()
    base: str = ""
    at: datetime | None = None  # aware, when the message was sent
    session_id: int | None = None
    id: int | None = None
    message_id: int | None = None  # of the user message
    answer_id: int | None = None  # of her message

    @property
    def recalled(self) -> tuple[Recall, ...]:
        return tuple(r for r in self.recalls if r.used)

    @property
    def memory(self) -> Memory | None:
        return self.change.memory if self.change else None


@dataclass(frozen=True, slots=True)
class Session:
    """One conversation in the store."""

    id: int
    title: str
    created_at: datetime
    updated_at: datetime
    turns: int = 0
    base: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """Text of one side."""

    id: int
    session_id: int
    role: Literal["user", "assistant"]
    text: str
    at: datetime
    parent_id: int | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """(memory, message, gold): does this memory belong to this message? gold 0..1."""

    memory: str  # "[key: value]"
    message: str
    gold: float
    line: int = 0  # in its file, from 1; 0: not from a file


@dataclass(frozen=True, slots=True)
class Row:
    """One written row of the persona data: a turn with all four targets and where it stands."""

    turn: Turn
    split: str  # train | valid | test
    scenario: str
    topic: str
    line: int
    file: str = field(default="", compare=False)
