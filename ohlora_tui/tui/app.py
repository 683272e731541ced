"""The app. `build_app` is the one factory: the CLI and every test get their app from it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar, Literal

from textual.app import App
from textual.binding import Binding, BindingType
from textual.command import CommandPalette, Provider
from textual.screen import Screen
from textual.theme import Theme

from ohlora_tui.settings import Settings
from ohlora_tui.tui.port import Conversation
from ohlora_tui.tui.screens.chat import ChatScreen
from ohlora_tui.tui.screens.palette import Commands
from ohlora_tui.tui.strings import speaker
from ohlora_tui.tui.text import clean

AURORA = Theme(
    name="aurora",
    primary="#5b8def",
    secondary="#8a6cf0",
    accent="#6fe3c4",
    success="#7fd6a8",
    warning="#f2c879",
    error="#f08a9b",
    foreground="#e6e9f5",
    background="#0d1120",
    surface="#121729",
    panel="#1a2138",
)
"""Night sky, with the three colours of her hair as accents."""


class OhLoraApp(App[None]):
    """One conversation on one screen; other screens lie on top of it."""

    CSS_PATH = "app.tcss"
    TITLE = "Oh-LoRA"
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {Commands}
    """Ours alone: Textual's own system commands are English and about Textual."""
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+q", "quit", show=False, priority=True)]

    def __init__(self, conversation: Conversation, settings: Settings, now: Callable[[], datetime], session: int | None) -> None:
        super().__init__()
        self.conversation = conversation
        self.settings = settings
        self.say = speaker(settings.lang)
        self.register_theme(AURORA)
        self.theme = "aurora"
        self.chat = ChatScreen(conversation, settings, self.say, now, session)
        if not settings.animate:
            self.animation_level = "none"

    def get_default_screen(self) -> Screen[Any]:
        return self.chat

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: Literal["information", "warning", "error"] = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """A notice. Its text may hold what a user or a model wrote, so it is cleaned and never markup, whatever was asked."""
        super().notify(clean(message), title=title, severity=severity, timeout=timeout, markup=False)

    def action_command_palette(self) -> None:
        if self.screen is self.chat:
            self.push_screen(CommandPalette(placeholder=self.say("palette"), id="--command-palette"))

    def action_help_quit(self) -> None:
        """ctrl+c copies or does nothing; say what leaves."""
        self.notify(self.say("quit_hint"))

    async def action_quit(self) -> None:
        """Leave; a turn being made is asked to stop, so that it is stored as far as it came."""
        self.chat.talk.stop()
        self.exit()


def local_now() -> datetime:
    """Now, in the time zone of this machine."""
    return datetime.now().astimezone()


def build_app(
    conversation: Conversation,
    settings: Settings,
    *,
    session: int | None = None,
    now: Callable[[], datetime] = local_now,
) -> OhLoraApp:
    """The app on a conversation. `session`: id to resume, None = the one open there. `now`: the clock, pinned in tests."""
    chosen = conversation.session
    return OhLoraApp(conversation, settings, now, session if session is not None or chosen is None else chosen.id)
