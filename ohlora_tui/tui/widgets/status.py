"""The bottom line: who speaks, how fast, what to press."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from ohlora_tui.records import Turn
from ohlora_tui.tui.strings import Say
from ohlora_tui.tui.widgets.plain import Part, PlainText


@dataclass(frozen=True, slots=True)
class Status:
    """What the line tells. `loading`: step of loading, "" when open; `trouble`: why the models could not be opened."""

    base: str = ""
    loading: str = ""
    trouble: str = ""
    turn: Turn | None = None
    live: bool = False


class StatusLine(PlainText):
    """base · tokens/s · first token · who spoke | keys."""

    def __init__(self, say: Say, newline_key: str, **kwargs: Any) -> None:
        super().__init__("", **kwargs)
        self._say = say
        self._newline_key = newline_key
        self.status = Status()

    def set(self, **changes: Any) -> None:
        """Change some of what it tells."""
        self.status = replace(self.status, **changes)
        self.say(self._parts())

    def _parts(self) -> list[Part]:
        s, say = self.status, self._say
        parts: list[Part] = [(s.base, "bold")]
        if s.trouble:
            parts.append((f" · {say('load_failed')}", "$error"))
        elif s.loading:
            parts.append((f" · {say('loading', step=s.loading)}", "$warning"))
        parts += [(f" · {word}", "") for word in self._measured()]
        keys = [*([say("key_stop")] if s.live else []), say("key_newline", key=self._newline_key), say("key_help")]
        return [*parts, (f" · {' · '.join(keys)}", "dim")]

    def _measured(self) -> list[str]:
        turn = self.status.turn
        if turn is None or not turn.answer:
            return []
        words = [self._say("speed", n=turn.timing.tokens_per_s)] if turn.timing.tokens_per_s else []
        if turn.timing.first_token_s:
            words.append(self._say("first_token", s=turn.timing.first_token_s))
        return [*words, self._say(f"speaker_{turn.speaker}")]
