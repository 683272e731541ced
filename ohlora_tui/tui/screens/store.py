"""What the chat screen does with stored sessions: open, list, new, rename, delete."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from ohlora_tui.records import Session
from ohlora_tui.tui.screens.ask import AskLines, Confirm
from ohlora_tui.tui.text import one_line
from ohlora_tui.tui.widgets.plain import PlainText
from ohlora_tui.tui.widgets.sessions import SessionList
from ohlora_tui.tui.work import told, under

if TYPE_CHECKING:
    _Base: Any = object
else:
    _Base = object

STOP_POLL_S = 0.02
"""How often a change of session looks whether the turn it stopped has ended."""


class StoreActions(_Base):
    """Mixed into ChatScreen, which has conversation, talk, say, session_id and the panes."""

    session_id: int | None

    @told
    async def open_session(self, id: int | None) -> None:
        """Show a session (None: a new one). A turn being made is stopped and stored first."""
        self.talk.stop()
        while self.talk.live:
            await asyncio.sleep(STOP_POLL_S)
        await under(self.conversation.open_session, id)
        turns = await under(self.conversation.turns, id) if id is not None else []
        self.session_id = id
        await self.transcript.load(turns)
        self.side.show(turns[-1] if turns else None)
        self.status.set(turn=turns[-1] if turns else None)
        await self.reload_sessions()
        self.prompt.focus()

    def open_later(self, id: int | None) -> None:
        """open_session, from where nothing can be awaited. One at a time: a second wish replaces the first."""
        self.run_worker(self.open_session(id), group="open", exclusive=True)

    @told
    async def reload_sessions(self) -> None:
        """The list and the title as they are stored."""
        sessions = await under(self.conversation.sessions)
        self.query_one(SessionList).show(sessions, self.session_id)
        session = self.current_session
        title = session.title if session else self.say("new_session")
        self.query_one("#title", PlainText).say(one_line(title, 60))

    @property
    def current_session(self) -> Session | None:
        """The open session, None while it is not stored."""
        return next((s for s in self.query_one(SessionList).sessions if s.id == self.session_id), None)

    def on_session_list_asked(self, event: SessionList.Asked) -> None:
        if event.what == "open":
            self.open_later(event.session.id)
        elif event.what == "rename":
            self._ask_rename(event.session)
        else:
            self._ask_delete(event.session)

    def action_new(self) -> None:
        self.open_later(None)

    def action_rename(self, title: str = "") -> None:
        session = self.current_session
        if session is None:
            self.notify(self.say("no_session"), severity="warning", markup=False)
        elif title:
            self.run_worker(self._rename(session.id, title))
        else:
            self._ask_rename(session)

    def action_delete(self) -> None:
        session = self.current_session
        if session is None:
            self.notify(self.say("no_session"), severity="warning", markup=False)
        else:
            self._ask_delete(session)

    def _ask_rename(self, session: Session) -> None:
        def rename(lines: tuple[str, ...] | None) -> None:
            if lines and lines[0] != session.title:
                self.run_worker(self._rename(session.id, lines[0]))

        fields = [("", session.title)]
        self.app.push_screen(AskLines(self.say("rename_title"), fields, self.say("memory_empty")), rename)

    @told
    async def _rename(self, id: int, title: str) -> None:
        await under(self.conversation.rename_session, id, one_line(title))
        await self.reload_sessions()
        self.notify(self.say("renamed"), timeout=2, markup=False)

    def _ask_delete(self, session: Session) -> None:
        def delete(yes: bool | None) -> None:
            if yes:
                self.run_worker(self._delete(session.id))

        body = self.say("delete_body", title=one_line(session.title, 40))
        self.app.push_screen(Confirm(self.say("delete_title"), body, self.say), delete)

    @told
    async def _delete(self, id: int) -> None:
        """Deleting the open session opens a new one, before anything more can be written into it."""
        if id == self.session_id:
            await self.open_session(None)
        await under(self.conversation.delete_session, id)
        await self.reload_sessions()
        self.notify(self.say("deleted"), timeout=2, markup=False)
