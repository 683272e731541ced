"""The left pane: stored conversations under today, yesterday, last week, older."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from ohlora_tui.records import Session
from ohlora_tui.tui.strings import Say
from ohlora_tui.tui.text import age_group, one_line
from ohlora_tui.tui.widgets.plain import PlainText


class SessionList(Vertical):
    """List of sessions; Enter resumes, r/ㄱ renames, d/ㅇ deletes the marked one."""

    class Asked(Message):
        """The user wants `what` (open | rename | delete) done with a session."""

        def __init__(self, what: str, session: Session) -> None:
            super().__init__()
            self.what = what
            self.session = session

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r,ㄱ", "ask('rename')", show=False),
        Binding("d,ㅇ,delete", "ask('delete')", show=False),
    ]

    def __init__(self, say: Say, now: Callable[[], datetime], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._say = say
        self._now = now
        self.sessions: list[Session] = []
        self.current: int | None = None

    def compose(self) -> ComposeResult:
        yield PlainText(self._say("sessions"), classes="pane-title")
        yield OptionList(id="session-options", markup=False)
        yield PlainText(f"ctrl+n {self._say('new_session')}", classes="pane-foot")

    def show(self, sessions: list[Session], current: int | None) -> None:
        """Show these sessions, newest first; `current`: id of the open one."""
        self.sessions, self.current = sessions, current
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(self._options() or [Option(Content(self._say("no_sessions")), disabled=True)])
        if current is not None and any(s.id == current for s in sessions):
            options.highlighted = options.get_option_index(str(current))

    def _options(self) -> list[Option]:
        now = self._now()
        options: list[Option] = []
        heading = ""
        for session in self.sessions:
            group = age_group(session.updated_at.astimezone(now.tzinfo).date(), now.date())
            if group != heading:
                heading = group
                options.append(Option(Content.styled(self._say(group), "dim"), disabled=True))
            mark = "● " if session.id == self.current else "  "
            title = one_line(session.title, 40) or self._say("new_session")
            options.append(Option(Content.assemble((mark, "$accent"), title), id=str(session.id)))
        return options

    def _find(self, option_id: str | None) -> Session | None:
        return next((s for s in self.sessions if str(s.id) == option_id), None)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if session := self._find(event.option_id):
            self.post_message(self.Asked("open", session))

    def action_ask(self, what: str) -> None:
        option = self.query_one(OptionList).highlighted_option
        if option and (session := self._find(option.id)):
            self.post_message(self.Asked(what, session))
