"""What the chat asks of the written rows. `voice.py` gives it, tests use a fake."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ohlora_tui.records import Turn


@dataclass(frozen=True, slots=True)
class Written:
    """A written answer for a message. `turn` carries its own answer, summary and expression, slots filled."""

    turn: Turn
    score: float  # probability that the answer suits, 0..1, compared with the threshold
    care: bool = False  # written for a crisis: given even where another answer would have to be surer
    same: bool = False  # the row tells the message's own matter: its label "nothing to remember" holds for the message


class Rows(Protocol):
    """The written rows, searched by meaning."""

    threshold: float

    def answer(self, turn: Turn, said: frozenset[str], past: Sequence[str] = (), last: str = "") -> Written | None:
        """The written answer likeliest to suit `turn`, not in `said`; `past`: the user's earlier messages of the session, oldest first;
        `last`: her last answer."""
        ...

    def ask_back(self, turn: Turn, said: frozenset[str]) -> Written:
        """A written question back, for a message that nothing written suits and of whose answer the small model is not sure."""
        ...

    def nearest(self, message: str, count: int) -> list[Turn]:
        """The `count` nearest written turns, as examples for a base without adapters; nearest last."""
        ...
