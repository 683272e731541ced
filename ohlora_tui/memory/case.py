"""A candidate memory laid beside the message it was taken from: which of its words stand where. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ohlora_tui.memory import keys
from ohlora_tui.memory.words import Token, grounded, tidy, tokens


@dataclass(frozen=True, slots=True)
class Case:
    """A candidate beside the message it was taken from."""

    key: str
    value: str
    message: str  # tidied
    said: tuple[Token, ...]
    hits: tuple[int, ...]  # words of `said` the value rests on
    missing: tuple[str, ...]  # words of the value that do not stand in the message

    @property
    def family(self) -> str:
        return keys.kind(self.key).family

    @property
    def clauses(self) -> set[int]:
        return {self.said[i].clause for i in self.hits}

    @property
    def clause(self) -> list[Token]:
        """The words of the clauses the value stands in."""
        return [t for t in self.said if t.clause in self.clauses]

    @property
    def text(self) -> str:
        """Those words as the user wrote them, with the mark behind them."""
        words = self.clause
        if not words:
            return ""
        tail = re.match(r"[.!?~…\s]*", self.message[words[-1].to :])
        return self.message[words[0].at : words[-1].to] + (tail[0] if tail else "")

    @property
    def after(self) -> list[str]:
        """Words of the value's last clause behind its last hit, that word's own ending first."""
        last = max(self.hits)
        return [t.text for t in self.said[last:] if t.clause == self.said[last].clause]


def case_of(key: str, value: str, message: str) -> Case:
    """The candidate with its words looked up in the message; a day word is judged apart (keeper)."""
    said = tokens(tidy(message))
    hits, missing = grounded(value, said)
    return Case(key, value, tidy(message), tuple(said), tuple(hits), tuple(missing))


SELF = re.compile(
    r"^(나|난|나는|내|내가|나도|나의|저|전|저는|제|제가|저도|저의|우리|울|나한테|나만|나랑|본인|날|나를|내꺼|내건|나두)$"
)
"""Words by which users name themselves."""
