"""F5: find a message in all conversations; Enter on a hit opens its session."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from ohlora_tui.records import Message
from ohlora_tui.tui.strings import Say
from ohlora_tui.tui.text import clean, day_text, one_line
from ohlora_tui.tui.widgets.plain import PlainText
from ohlora_tui.tui.work import told, under


class FindScreen(ModalScreen[int | None]):
    """Gives the id of the session to open, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", show=False)]

    def __init__(self, search: Callable[[str], list[Message]], say: Say, now: datetime, lang: str, text: str = "") -> None:
        super().__init__(classes="ask")
        self._search = search
        self._say = say
        self._now = now
        self._lang = lang
        self._text = text
        self._hits: list[Message] = []

    def compose(self) -> ComposeResult:
        with Vertical(classes="box wide-box"):
            yield PlainText(self._say("find"), classes="box-title")
            yield Input(value=self._text, placeholder=self._say("find_hint"), select_on_focus=False)
            yield OptionList(id="hits", markup=False)
            yield PlainText("", classes="box-foot")

    def on_mount(self) -> None:
        self.query_one(Input).focus()
        if self._text:
            self._begin(self._text)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._begin(event.value)

    def _begin(self, text: str) -> None:
        wanted = clean(text).strip()
        if wanted:
            self.run_worker(self._find(wanted), exclusive=True)

    @told
    async def _find(self, wanted: str) -> None:
        self._hits = await under(self._search, wanted)
        hits = self.query_one(OptionList)
        hits.clear_options()
        hits.add_options([Option(self._line(m), id=str(index)) for index, m in enumerate(self._hits)])
        self.query_one(".box-foot", PlainText).say("" if self._hits else self._say("find_none", text=one_line(wanted, 30)))
        if self._hits:
            hits.highlighted = 0
            hits.focus()

    def _line(self, message: Message) -> Content:
        who = self._say("you" if message.role == "user" else "her")
        day = day_text(message.at.astimezone(self._now.tzinfo).date(), self._now.date(), self._lang)
        return Content.assemble((f"{day} · {who}  ", "dim"), one_line(message.text, 120))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self._hits[int(event.option_id or 0)].session_id)
