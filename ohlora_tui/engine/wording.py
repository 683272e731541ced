"""What a head may write, as a server's constraint, and text on its way from one machine to the other. No model, no torch."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from ohlora_tui.cleaning import clean
from ohlora_tui.engine.grounded import memory_regex
from ohlora_tui.engine.speech import showable
from ohlora_tui.heads import END, EXPRESSION_TEXTS, MARKERS
from ohlora_tui.records import EYES, MOUTH, POSE, Expression

NOTHING = re.escape(END).replace("\\ ", " ")
"""The regex of a memory head that keeps silent: it writes the end marker."""
LETTERS = 40
"""Most letters a token can stand for; what a server writes beyond `max_tokens` times this is not listened to."""


def memory_pattern(message: str) -> str:
    """The regex of every memory that `message` allows, or of the end marker alone; "" if it allows none (nothing to ask for)."""
    grammar = memory_regex(message)
    return f"{grammar}|{NOTHING}" if grammar else ""


def nearest_expression(text: str) -> str:
    """One of the 36 expressions if `text` holds its three levels in any spacing, else `text` as it is (`head.parse` will say so)."""
    if whole := next((known for known in EXPRESSION_TEXTS if known in text), None):
        return whole
    parts = [_LEVEL[name].search(text) for name in _LEVEL]
    if not all(parts):
        return text
    return Expression(*("아주 크게" if p[1].startswith("아주") else p[1] for p in parts if p)).text


def _level(part: str, levels: Sequence[str]) -> re.Pattern[str]:
    words = "|".join(level.replace(" ", r"\s*") for level in sorted(levels, key=len, reverse=True))
    return re.compile(rf"{part}\s*:?\s*({words})")


_LEVEL = {"eyes": _level("눈", EYES), "mouth": _level("입", MOUTH), "pose": _level("돌림", POSE)}


class Hearing:
    """Text of a server as it comes. `take` gives what may be shown of it; `over` once a prompt mark or too much was written."""

    def __init__(self, tokens: int) -> None:
        self.text = ""
        self.over = False
        self._whole, self._most = "", tokens * LETTERS

    def take(self, piece: str) -> str:
        """The new part that may reach a terminal: no control sign, no mark or beginning of one, no outer spaces."""
        self._whole = (self._whole + piece)[: self._most]
        marks = [at for at in map(self._whole.find, MARKERS) if at >= 0]
        self.over = bool(marks) or len(self._whole) >= self._most
        ready = showable(clean(self._whole[: min(marks)] if marks else self._whole))
        new, self.text = ready[len(self.text) :], max(self.text, ready, key=len)
        return new


class Cut:
    """Text on its way out: ends before the first of a client's own stop texts, and holds back what may become one."""

    def __init__(self, stops: tuple[str, ...], emit: Callable[[str], None]) -> None:
        self.whole = self.text = ""
        self.over = False
        self._stops, self._emit = stops, emit

    def take(self, piece: str) -> None:
        self.whole += piece
        found = [at for at in map(self.whole.find, self._stops) if at >= 0]
        self.over = self.over or bool(found)
        ready = self.whole[: min(found)] if found else self.whole
        held = 0 if found else max((n for s in self._stops for n in range(1, len(s)) if ready.endswith(s[:n])), default=0)
        self._out(ready[: len(ready) - held])

    def flush(self) -> None:
        """No more comes: what was held back was no stop text."""
        if not self.over:
            self._out(self.whole)

    def _out(self, ready: str) -> None:
        if len(ready) > len(self.text):
            new, self.text = ready[len(self.text) :], ready
            self._emit(new)
