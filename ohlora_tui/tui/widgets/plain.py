"""The one widget for text that people or models wrote."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from textual.content import Content
from textual.widgets import Static

from ohlora_tui.tui.text import clean

Part = str | tuple[str, str]
"""Text, or (text, style). A style is a Textual style such as "bold $accent"; text is never read as markup."""


def content(parts: Sequence[Part] | str) -> Content:
    """Cleaned, markup-free Content of one text or of styled parts."""
    if isinstance(parts, str):
        return Content(clean(parts))
    return Content.assemble(*(clean(p) if isinstance(p, str) else (clean(p[0]), p[1]) for p in parts))


class PlainText(Static):
    """Static that cannot read markup: `[/ㅋ]` is five characters here and a crash in a bare Static."""

    def __init__(self, parts: Sequence[Part] | str = "", **kwargs: Any) -> None:
        super().__init__(content(parts), markup=False, **kwargs)

    def say(self, parts: Sequence[Part] | str) -> None:
        """Show other text."""
        self.update(content(parts))

    @property
    def plain(self) -> str:
        """What it shows now, without styles."""
        return str(self.content)
