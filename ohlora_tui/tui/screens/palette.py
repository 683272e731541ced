"""ctrl+p: the table of commands, searchable by Korean or English name."""

from __future__ import annotations

from functools import partial
from typing import Any

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from ohlora_tui.tui.commands import COMMANDS, Command
from ohlora_tui.tui.text import clean


class Commands(Provider):
    """Every command that the chat screen understands."""

    @property
    def _chat(self) -> Any:
        return self.screen

    def _label(self, command: Command) -> str:
        return f"{self._chat.say(command.title)}  /{command.names[0]} /{command.names[1]}"

    async def discover(self) -> Hits:
        for command in COMMANDS:
            yield DiscoveryHit(Content(self._label(command)), partial(self._chat.run_command, command), help=command.key or None)

    async def search(self, query: str) -> Hits:
        wanted = clean(query).strip().lstrip("/").lower()
        for command in COMMANDS:
            label = self._label(command)
            # Textual's fuzzy score knows no Hangul syllables; a plain part of the label is what a Korean speaker types.
            if score := 1.0 if wanted in label.lower() else self.matcher(wanted).match(label):
                yield Hit(score, Content(label), partial(self._chat.run_command, command), text=label, help=command.key or None)
