"""Where the user writes: several lines, Korean input methods, whole emoji."""

from __future__ import annotations

from typing import Any

from rich.style import Style
from rich.text import Text
from textual import events
from textual.message import Message
from textual.widgets import TextArea

from ohlora_tui.tui.commands import matching
from ohlora_tui.tui.text import JOINERS, clean, left_of, right_of, snap

SUBMIT_DELAY_S = 0.03
"""Enter waits this long. Input methods commit the last Hangul syllable together with the Enter that ends it, and some terminals
send the Enter first; both arrive in one read, far closer than 30 ms, and 30 ms is below what a hand or an eye can tell."""

ENTER_KEYS = ("enter", "shift+enter", "alt+enter", "ctrl+j")
"""All that mean Enter somewhere. Without the Kitty protocol shift+enter and alt+enter arrive as plain enter."""


class _WholeCharacters(Text):
    """A line whose cursor cell covers a whole character: styling half of an emoji sequence would take it apart on screen."""

    def stylize(self, style: str | Style, start: int = 0, end: int | None = None) -> None:
        if end is not None and end == start + 1:
            end = max(end, right_of(self.plain, start))
        super().stylize(style, start, end)


class Prompt(TextArea):
    """Multi-line prompt. Posts `Submitted` with what was written; it is the screen that clears it."""

    class Submitted(Message):
        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class LookBack(Message):
        """Up in an empty prompt: the user wants to go to the turns above."""

    def __init__(self, submit_key: str = "enter", **kwargs: Any) -> None:
        super().__init__(soft_wrap=True, show_line_numbers=False, highlight_cursor_line=False, **kwargs)
        self.submit_key = submit_key
        self._submitting = False

    async def _on_key(self, event: events.Key) -> None:
        """What TextArea would get wrong: Enter, joiners, Tab on a slash command. All else goes on to TextArea's own handler."""
        if event.key == self.submit_key:
            self._take(event)
            self._submit_soon()
        elif event.key in ENTER_KEYS:
            self._take(event)
            self._replace_via_keyboard("\n", *self.selection)
        elif event.character in JOINERS:
            self._take(event)
            self._replace_via_keyboard(event.character or "", *self.selection)
        elif event.key == "up" and not self.text:
            self._take(event)
            self.post_message(self.LookBack())
        elif event.key == "tab" and self._complete():
            self._take(event)

    def _take(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()

    def _submit_soon(self) -> None:
        """A printable that lands within the delay is written by TextArea as usual, so the submit takes it along."""
        if not self._submitting:
            self._submitting = True
            self.set_timer(SUBMIT_DELAY_S, self._submit)

    def _submit(self) -> None:
        self._submitting = False
        self.post_message(self.Submitted(clean(self.text).strip()))

    def _complete(self) -> bool:
        """`/새` -> `/새대화 `. False when there is nothing to complete, so that Tab moves on."""
        if not self.text.startswith("/") or " " in self.text or len(self.text) < 2:
            return False
        found = matching(self.text[1:])
        if not found:
            return False
        name = next(n for n in found[0].names if n.startswith(self.text[1:].lower()))
        self.text = f"/{name} "
        self.move_cursor(self.document.end)
        return True

    async def _on_paste(self, event: events.Paste) -> None:
        """Pasted text is cleaned here, so that no escape sequence lives even in the prompt."""
        event.stop()
        event.prevent_default()
        if result := self._replace_via_keyboard(clean(event.text), *self.selection):
            self.move_cursor(result.end_location)

    def get_line(self, line_index: int) -> Text:
        return _WholeCharacters(self.document.get_line(line_index), end="", no_wrap=True)

    # Steps of the cursor; Backspace and Delete ask these two as well.

    def get_cursor_left_location(self) -> tuple[int, int]:
        row, column = self.cursor_location
        return (row, left_of(self.document[row], column)) if column else super().get_cursor_left_location()

    def get_cursor_right_location(self) -> tuple[int, int]:
        row, column = self.cursor_location
        line = self.document[row]
        return (row, right_of(line, column)) if column < len(line) else super().get_cursor_right_location()

    def get_cursor_up_location(self) -> tuple[int, int]:
        return self._snapped(super().get_cursor_up_location())

    def get_cursor_down_location(self) -> tuple[int, int]:
        return self._snapped(super().get_cursor_down_location())

    def get_target_document_location(self, event: events.MouseEvent) -> tuple[int, int]:
        return self._snapped(super().get_target_document_location(event))

    def _snapped(self, location: tuple[int, int]) -> tuple[int, int]:
        row, column = location
        return row, snap(self.document[row], column)
