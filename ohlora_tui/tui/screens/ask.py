"""Small questions: yes or no, one line, a memory's two lines."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input

from ohlora_tui.tui.strings import Say
from ohlora_tui.tui.text import clean, one_line
from ohlora_tui.tui.widgets.plain import PlainText


class Confirm(ModalScreen[bool]):
    """True only on a clear yes; the safe answer has the focus."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,ㅛ", "answer(True)", show=False),
        Binding("n,ㅜ,escape", "answer(False)", show=False),
        Binding("left,right", "app.focus_next", show=False),
    ]

    def __init__(self, title: str, body: str, say: Say) -> None:
        super().__init__(classes="ask")
        self._title = title
        self._body = body
        self._say = say

    def compose(self) -> ComposeResult:
        with Vertical(classes="box"):
            yield PlainText(self._title, classes="box-title")
            yield PlainText(self._body, classes="box-body")
            with Horizontal(classes="buttons"):
                yield Button(self._say("no"), id="no")
                yield Button(self._say("yes"), id="yes", variant="error")

    def on_mount(self) -> None:
        self.query_one("#no").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "yes")

    def action_answer(self, yes: bool) -> None:
        self.dismiss(yes)


class AskLines(ModalScreen[tuple[str, ...] | None]):
    """One or more short lines; Enter in the last saves, Esc gives None. `fields`: (label, value now)."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", show=False)]

    def __init__(self, title: str, fields: list[tuple[str, str]], empty: str) -> None:
        super().__init__(classes="ask")
        self._title = title
        self._fields = fields
        self._empty = empty

    def compose(self) -> ComposeResult:
        with Vertical(classes="box"):
            yield PlainText(self._title, classes="box-title")
            for label, value in self._fields:
                yield PlainText(label, classes="box-label")
                yield Input(value=one_line(value), select_on_focus=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        inputs = list(self.query(Input))
        after = inputs.index(event.input) + 1
        if after < len(inputs):
            inputs[after].focus()
            return
        lines = tuple(clean(box.value).strip() for box in inputs)
        if all(lines):
            self.dismiss(lines)
        else:
            self.notify(self._empty, severity="warning", markup=False)

    def action_cancel(self) -> None:
        self.dismiss(None)
