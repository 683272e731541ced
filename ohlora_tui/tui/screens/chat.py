"""The chat screen: panes in the order in which they stand, actions of the command table, and her news as it comes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import TextArea

from ohlora_tui.records import NEUTRAL, Turn
from ohlora_tui.settings import Settings
from ohlora_tui.tui.commands import Command, Slash, matching, parse
from ohlora_tui.tui.face.glyph import glyph
from ohlora_tui.tui.port import Conversation
from ohlora_tui.tui.screens.find import FindScreen
from ohlora_tui.tui.screens.help import HelpScreen, key_label, newline_key
from ohlora_tui.tui.screens.memories import MemoriesScreen
from ohlora_tui.tui.screens.news import LOOKS_PER_S, NewsActions
from ohlora_tui.tui.screens.store import StoreActions
from ohlora_tui.tui.strings import Say
from ohlora_tui.tui.talk import Talk
from ohlora_tui.tui.text import day_text, one_line
from ohlora_tui.tui.widgets.plain import PlainText
from ohlora_tui.tui.widgets.prompt import Prompt
from ohlora_tui.tui.widgets.sessions import SessionList
from ohlora_tui.tui.widgets.side import SidePane
from ohlora_tui.tui.widgets.status import StatusLine
from ohlora_tui.tui.widgets.transcript import Transcript
from ohlora_tui.tui.widgets.turn import TurnView
from ohlora_tui.tui.work import told, under

WIDTHS: list[tuple[int, str]] = [(0, "-narrow"), (96, "-medium"), (120, "-wide")]
"""Columns: under 96 only the chat fits, from 120 on all three panes do; F2 and F3 flip what is shown."""
HEIGHTS: list[tuple[int, str]] = [(0, "-short"), (26, "-normal"), (40, "-tall")]
"""Rows: how tall her face may be."""


class ChatScreen(NewsActions, StoreActions, Screen[None]):
    """Sessions | chat | her, over the prompt and the status line."""

    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "stop", show=False, priority=True),
        Binding("ctrl+n", "new", show=False, priority=True),
        Binding("ctrl+r", "regenerate", show=False, priority=True),
        Binding("ctrl+y", "copy", show=False, priority=True),  # priority: TextArea has it as redo
        Binding("f1", "help", show=False, priority=True),
        Binding("f2", "sessions", show=False, priority=True),
        Binding("f3", "side", show=False, priority=True),
        Binding("f4", "memory", show=False, priority=True),
        Binding("f5", "find", show=False, priority=True),
    ]

    def __init__(
        self, conversation: Conversation, settings: Settings, say: Say, now: Callable[[], datetime], session: int | None
    ) -> None:
        super().__init__()
        self.conversation = conversation
        self.settings = settings
        self.say = say
        self.now = now
        self.session_id = session
        self.talk = Talk(conversation, say)
        self._speaking: TurnView | None = None

    def compose(self) -> ComposeResult:
        say, settings = self.say, self.settings
        with Horizontal(id="body"):
            yield SessionList(say, self.now, id="sessions")
            with Vertical(id="middle"):
                with Horizontal(id="header"):
                    yield PlainText(glyph(NEUTRAL), id="mini-face")
                    yield PlainText("", id="title")
                    yield PlainText("", id="date")
                yield Transcript(say, self.now, settings.lang, key_label(settings.submit_key), id="transcript")
                yield PlainText("", id="slash-hint")
                yield Prompt(settings.submit_key, placeholder=say("placeholder_loading"), id="prompt")
            yield SidePane(say, settings.animate, id="side")
        yield StatusLine(say, key_label(newline_key(settings.submit_key)), id="status")

    def on_mount(self) -> None:
        self.prompt.cursor_blink = self.settings.animate
        self.prompt.focus()
        self.query_one("#slash-hint").display = False
        self.query_one("#date", PlainText).say(day_text(self.now().date(), self.now().date(), self.settings.lang))
        self.status.set(base=self.conversation.base, loading=self.say("load_start"))
        self.side.show(None)
        self._timer = self.set_interval(1 / LOOKS_PER_S, self._look, pause=True)
        self.call_after_refresh(self._begin)  # models load after the first paint

    def _begin(self) -> None:
        self.talk.load()
        self._timer.resume()
        self.run_worker(self.open_session(self.session_id))

    @property
    def prompt(self) -> Prompt:
        return self.query_one(Prompt)

    @property
    def transcript(self) -> Transcript:
        return self.query_one(Transcript)

    @property
    def side(self) -> SidePane:
        return self.query_one(SidePane)

    @property
    def status(self) -> StatusLine:
        return self.query_one(StatusLine)

    # What the user writes

    async def on_prompt_submitted(self, event: Prompt.Submitted) -> None:
        text = event.text
        if slash := parse(text):
            self._run_slash(slash)
        elif self.talk.live:
            self.notify(self.say("busy"), severity="warning", markup=False)
        elif text and self.talk.trouble and not self.talk.ready:
            self.notify(self.talk.trouble, severity="error", markup=False)
        elif text:
            self.prompt.clear()
            text = text[1:] if text.startswith("//") else text
            view = await self.transcript.append(Turn(message=text, at=self.now()))
            self._speak(view, lambda: self.talk.reply(view.turn.message))

    def _speak(self, view: TurnView, begin: Callable[[], Any]) -> None:
        view.begin(self.say("thinking" if self.talk.ready else "waiting"))
        self._speaking = view
        self.side.show(view.turn)
        begin()
        self.status.set(live=True, turn=None)
        self._timer.resume()

    def _run_slash(self, slash: Slash) -> None:
        if slash.command:
            self.prompt.clear()
            self.run_command(slash.command, slash.rest)
            return
        near = ", ".join(f"/{name}" for name in slash.near)
        hint = self.say("did_you_mean", names=near) if near else self.say("see_help")
        self.notify(f"{self.say('unknown_command', name=one_line(slash.name, 30))} {hint}", severity="warning", markup=False)

    def run_command(self, command: Command, rest: str = "") -> None:
        """Do a command of the table, from a slash line or the palette. `rest`: what stood behind its name."""
        action = getattr(self, f"action_{command.action}")
        if rest and command.action in ("find", "rename"):
            action(rest)
        else:
            action()

    def on_prompt_look_back(self) -> None:
        if self.transcript.views:
            self.transcript.focus()
            self.transcript.action_choose(-1)

    def on_transcript_left(self, event: Transcript.Left) -> None:
        self.transcript.choose(None)
        self.prompt.focus()
        self.prompt.insert(event.typed)

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """The names that a slash line can still become, above the prompt."""
        hint, text = self.query_one("#slash-hint", PlainText), event.text_area.text
        found = matching(text[1:]) if text.startswith("/") and " " not in text and "\n" not in text else []
        hint.display = bool(found)
        hint.say("   ".join(f"/{c.names[0]} {self.say(c.title)}" for c in found[:6]))

    # Commands

    def action_stop(self) -> None:
        """Esc: stop her; else back from a chosen turn or another pane to the prompt."""
        self.talk.stop()
        if not self.talk.live:
            self.transcript.choose(None)
        self.prompt.focus()

    def action_regenerate(self) -> None:
        view = self.transcript.last
        if self.talk.live:
            self.notify(self.say("busy"), severity="warning", markup=False)
        elif view is None or view.turn.id is None:
            self.notify(self.say("nothing_to_regenerate"), markup=False)
        else:
            self._speak(view, lambda: self.talk.regenerate(view.turn.id))

    def action_copy(self) -> None:
        """The chosen answer, else the last one, to the clipboard (OSC 52)."""
        views = [v for v in self.transcript.views if v.turn.answer]
        chosen = self.transcript.chosen
        view = chosen if chosen in views else views[-1] if views else None
        if view:
            self.app.copy_to_clipboard(view.turn.answer)
        self.notify(self.say("copied" if view else "nothing_to_copy"), timeout=2, markup=False)

    def action_undo(self) -> None:
        view = self.transcript.current
        if view:
            self._undo_view(view)

    def on_turn_view_undo_asked(self, event: TurnView.UndoAsked) -> None:
        self._undo_view(event.view)

    def _undo_view(self, view: TurnView) -> None:
        if view.turn.change is None or view.turn.id is None or view.undone or view.live:
            self.notify(self.say("nothing_to_undo"), markup=False)
        else:
            self.run_worker(self._undo(view, view.turn.id))

    @told
    async def _undo(self, view: TurnView, turn_id: int) -> None:
        sentence = await under(self.conversation.undo_memory, turn_id)
        view.mark_undone()
        self.notify(sentence, markup=False)

    def action_sessions(self) -> None:
        self.toggle_class("flip-sessions")
        if self.query_one(SessionList).display:
            self.query_one("#session-options").focus()
        else:
            self.prompt.focus()

    def action_side(self) -> None:
        self.toggle_class("flip-side")

    def action_help(self) -> None:
        self.app.push_screen(HelpScreen(self.settings.submit_key, self.say))

    def action_memory(self) -> None:
        self.app.push_screen(MemoriesScreen(self.conversation, self.say, self.now, self.settings.lang))

    def action_find(self, text: str = "") -> None:
        screen = FindScreen(self.conversation.search, self.say, self.now(), self.settings.lang, text)
        self.app.push_screen(screen, lambda found: self.open_later(found) if found is not None else None)

    async def action_quit(self) -> None:
        self.talk.stop()
        await self.app.action_quit()

    def on_transcript_selected(self, event: Transcript.Selected) -> None:
        view = event.view or self.transcript.last
        self.side.show(view.turn if view else None)
