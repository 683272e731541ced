"""What happens in one turn, in order, as the screen and the command line see it. Knows records only."""

from __future__ import annotations

from dataclasses import dataclass

from ohlora_tui.records import Change, Expression, Recall, Turn


@dataclass(frozen=True, slots=True)
class Recalled:
    """What she recalls for this message, best first, runners-up included."""

    turn_id: int
    recalls: tuple[Recall, ...]


@dataclass(frozen=True, slots=True)
class AnswerChunk:
    """A piece of her answer, to be appended."""

    turn_id: int
    text: str


@dataclass(frozen=True, slots=True)
class FaceChanged:
    """Her expression for this answer, as soon as its head is done."""

    turn_id: int
    expression: Expression


@dataclass(frozen=True, slots=True)
class Remembered:
    """What became of the new memory (ADD, SUPERSEDE, NOOP, REFUSE)."""

    turn_id: int
    change: Change


@dataclass(frozen=True, slots=True)
class TurnDone:
    """The turn is stored; `turn.state` is done, stopped or failed, `turn.notes` says what went wrong."""

    turn_id: int
    turn: Turn


Event = Recalled | AnswerChunk | FaceChanged | Remembered | TurnDone
