"""What the chat screen does with news of her: each kind has its place on the screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from ohlora_tui.events import AnswerChunk, FaceChanged, Recalled, Remembered, TurnDone
from ohlora_tui.tui.face.glyph import glyph
from ohlora_tui.tui.talk import Ended, Failed, Loaded, Loading
from ohlora_tui.tui.widgets.plain import PlainText
from ohlora_tui.tui.widgets.turn import TurnView

if TYPE_CHECKING:
    _Base: Any = object
else:
    _Base = object

LOOKS_PER_S = 18
"""How often her news is put on the screen. One update costs 2-3 ms, and 15-20 a second already read as flowing."""


class NewsActions(_Base):
    """Mixed into ChatScreen, which has talk, the panes, and in `_speaking` the view of the turn being made."""

    _speaking: TurnView | None
    session_id: int | None

    def _look(self) -> None:
        """Put all news since the last look on the screen; rest when none can come."""
        for item in self.talk.take():
            self._ON[type(item)](self, item)
        if not self.talk.waiting:
            self._timer.pause()

    def _on_loading(self, item: Loading) -> None:
        self.status.set(loading=item.step)

    async def _tell(self, notices: tuple[str, ...]) -> None:
        for notice in notices:
            await self.transcript.notice(notice)

    def _on_loaded(self, item: Loaded) -> None:
        self.status.set(base=self.conversation.base, loading="", trouble=item.trouble)
        self.prompt.placeholder = self.say("placeholder")
        if item.trouble:
            self.notify(item.trouble, severity="error", timeout=15, markup=False)
        elif self._speaking and not self._speaking.turn.answer:
            self._speaking.begin(self.say("thinking"))
        self.run_worker(self._tell(self.conversation.notices))

    def _on_recalled(self, item: Recalled) -> None:
        self._show(recalls=item.recalls)

    def _on_chunk(self, item: AnswerChunk) -> None:
        if self._speaking:
            self._speaking.add(item.text)
            self.side.speaking(True)

    def _on_face(self, item: FaceChanged) -> None:
        self._show(expression=item.expression)

    def _on_remembered(self, item: Remembered) -> None:
        self._show(change=item.change)

    def _show(self, **parts: Any) -> None:
        """Parts of the turn being made, in its view and beside it."""
        if view := self._speaking:
            view.take(replace(view.turn, **parts), live=True)
            self._show_side(view)

    def _show_side(self, view: TurnView) -> None:
        if self.transcript.current is view:
            self.side.show(view.turn)
        if view.turn.expression:
            self.query_one("#mini-face", PlainText).say(glyph(view.turn.expression))

    def _on_done(self, item: TurnDone) -> None:
        if view := self._speaking:
            view.take(replace(item.turn, at=item.turn.at or view.turn.at), live=False)
            self._show_side(view)
            self.status.set(turn=item.turn)
            self.session_id = item.turn.session_id or self.session_id

    def _on_failed(self, item: Failed) -> None:
        if view := self._speaking:
            view.take(replace(view.turn, state="failed", notes=(*view.turn.notes, item.sentence)), live=False)

    def _on_ended(self, item: Ended) -> None:
        view, self._speaking = self._speaking, None
        self.side.speaking(False)
        self.status.set(live=False)
        if view and not item.begun:  # never reached her: give the words back
            self.prompt.text = self.prompt.text or view.turn.message
            self.run_worker(self._take_back(view))
        elif view and view.live:
            view.take(replace(view.turn, state="stopped"), live=False)
        self.run_worker(self.reload_sessions())

    async def _take_back(self, view: TurnView) -> None:
        await self.transcript.drop(view)

    _ON: ClassVar[dict[type, Callable[[Any, Any], None]]] = {
        Loading: _on_loading,
        Loaded: _on_loaded,
        Recalled: _on_recalled,
        AnswerChunk: _on_chunk,
        FaceChanged: _on_face,
        Remembered: _on_remembered,
        TurnDone: _on_done,
        Failed: _on_failed,
        Ended: _on_ended,
    }
