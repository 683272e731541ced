"""The middle pane: turns of one session, newest at the bottom, old ones mounted only when someone scrolls up to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widget import Widget

from ohlora_tui.records import Turn
from ohlora_tui.tui.strings import Say
from ohlora_tui.tui.text import day_text
from ohlora_tui.tui.widgets.plain import PlainText
from ohlora_tui.tui.widgets.turn import TurnView

PAGE = 30
"""Turns mounted at once: 30 turns are 120 widgets, about 0.1 s; 200 plain messages took 0.58 s."""
OWN_LETTERS = "kjucㅏㅓㅕㅊ"
"""Letters bound below; a widget sees a key before its bindings do."""
NEAR_TOP = 3
"""Rows from the top at which the page before is mounted."""


class Transcript(VerticalScroll):
    """Turns of the open session. With focus, up/down choose a turn, whose reasons the side pane then shows."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k,ㅏ", "choose(-1)", show=False),
        Binding("down,j,ㅓ", "choose(1)", show=False),
        Binding("u,ㅕ", "screen.undo", show=False),
        Binding("c,ㅊ", "screen.copy", show=False),
    ]

    class Selected(Message):
        """Another turn is the chosen one; None: back to the newest."""

        def __init__(self, view: TurnView | None) -> None:
            super().__init__()
            self.view = view

    class Left(Message):
        """Back to the prompt, with what was typed to get there."""

        def __init__(self, typed: str = "") -> None:
            super().__init__()
            self.typed = typed

    def __init__(self, say: Say, now: Callable[[], datetime], lang: str, greeting: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._say = say
        self._now = now
        self._lang = lang
        self._greeting = greeting
        self._older: list[Turn] = []
        self._growing = False
        self.chosen: TurnView | None = None

    def compose(self) -> ComposeResult:
        yield PlainText("", id="older")
        yield PlainText(self._empty(), id="empty")

    def on_mount(self) -> None:
        self.query_one("#older").display = False
        self.anchor()

    def _empty(self) -> list[str | tuple[str, str]]:
        body = self._say("empty_body", submit=self._greeting)
        return [(self._say("empty_title"), "bold $accent"), f"\n\n{body}\n\n", (self._say("empty_keys"), "dim")]

    @property
    def views(self) -> list[TurnView]:
        """Mounted turns, oldest first."""
        return list(self.query(TurnView))

    @property
    def last(self) -> TurnView | None:
        found = self.views
        return found[-1] if found else None

    @property
    def current(self) -> TurnView | None:
        """The chosen turn, else the newest."""
        return self.chosen if self.chosen and self.chosen.is_mounted else self.last

    async def load(self, turns: list[Turn]) -> None:
        """Show a session from its end; all but the last PAGE turns wait until someone scrolls up."""
        self.choose(None)
        await self.query("TurnView, .day, .notice").remove()
        self._older, shown = turns[:-PAGE], turns[-PAGE:]
        await self.mount_all(self._with_days([self.view(turn) for turn in shown]))
        self._show_counts()
        self.anchor()

    async def append(self, turn: Turn) -> TurnView:
        """A new turn at the bottom."""
        view, last = self.view(turn), self.last
        same_day = last is not None and last.at.date() == view.at.date()
        await self.mount_all([view] if same_day else [self._day(view), view])
        self._show_counts()
        self.choose(None)
        self.anchor()
        return view

    async def drop(self, view: TurnView) -> None:
        """Take a turn away again, with the day above it if it stood alone under it."""
        heading = self._heading_of(view)
        await view.remove()
        if heading and heading is self.children[-1]:
            await heading.remove()
        self._show_counts()
        self.choose(None)

    async def notice(self, text: str) -> None:
        """A sentence of the app between the turns."""
        await self.mount(PlainText(f"※ {text}", classes="notice"))

    def view(self, turn: Turn) -> TurnView:
        return TurnView(turn, self._say, self._now(), self._lang)

    def _day(self, view: TurnView) -> PlainText:
        return PlainText(day_text(view.at.date(), self._now().date(), self._lang), classes="day")

    def _with_days(self, views: list[TurnView]) -> list[Widget]:
        widgets: list[Widget] = []
        day = None
        for view in views:
            if view.at.date() != day:
                day = view.at.date()
                widgets.append(self._day(view))
            widgets.append(view)
        return widgets

    def _show_counts(self) -> None:
        older = self.query_one("#older", PlainText)
        older.display = bool(self._older)
        older.say(self._say("older_left", n=len(self._older)))
        self.query_one("#empty").display = not self.views

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if self._older and new_value <= NEAR_TOP and old_value > new_value and not self._growing:
            self._growing = True
            self.call_later(self._grow)

    async def _grow(self) -> None:
        """Mount the page before, and stay where the reader's eye is."""
        self._older, page = self._older[:-PAGE], self._older[-PAGE:]
        first = self.views[0]
        heading = self._heading_of(first)
        below = self.max_scroll_y - self.scroll_y
        views = [self.view(turn) for turn in page]
        if heading and views[-1].at.date() == first.at.date():
            await heading.remove()
            heading = None
        await self.mount_all(self._with_days(views), before=heading or first)
        self._show_counts()
        self.call_after_refresh(self._stay, below)

    def _stay(self, below: float) -> None:
        self.scroll_to(y=self.max_scroll_y - below, animate=False, immediate=True)
        self._growing = False

    def _heading_of(self, view: TurnView) -> Widget | None:
        siblings = list(self.children)
        before = siblings[siblings.index(view) - 1]
        return before if before.has_class("day") else None

    def choose(self, view: TurnView | None) -> None:
        """Mark a turn as the chosen one."""
        for other in self._marked():
            other.remove_class("chosen")
        if view:
            view.add_class("chosen")
        self.chosen = view
        self.post_message(self.Selected(view))

    def _marked(self) -> Iterable[Widget]:
        return self.query("TurnView.chosen")

    def action_choose(self, step: int) -> None:
        views = self.views
        if not views:
            return
        now = views.index(self.chosen) if self.chosen in views else len(views)
        if now + step >= len(views):  # down from the newest
            self.post_message(self.Left())
            return
        view = views[max(now + step, 0)]
        self.choose(view)
        view.scroll_visible(animate=False)

    def on_key(self, event: events.Key) -> None:
        """Letters that mean nothing here are meant for the prompt."""
        if event.is_printable and event.character and event.character not in OWN_LETTERS:
            event.stop()
            self.post_message(self.Left(event.character))

    def on_turn_view_chosen(self, event: TurnView.Chosen) -> None:
        self.choose(event.view)
