"""A stage for app tests: the app on a fake conversation, with a pinned clock and nothing that moves."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from textual.pilot import Pilot

from ohlora_tui.settings import Settings
from ohlora_tui.tui.app import OhLoraApp, build_app
from ohlora_tui.tui.screens.chat import ChatScreen
from ohlora_tui.tui.widgets.plain import PlainText
from tests.fake_chat import NOW, FakeConversation

PATIENCE_S = 5.0


@dataclass
class Stage:
    app: OhLoraApp
    pilot: Pilot[None]
    fake: FakeConversation

    @property
    def chat(self) -> ChatScreen:
        return self.app.chat

    def text(self, selector: str) -> str:
        """What a PlainText of the screen in front shows."""
        return self.app.screen.query(selector).last(PlainText).plain

    def texts(self, selector: str) -> list[str]:
        return [w.plain for w in self.app.screen.query(selector).results(PlainText)]

    async def until(self, true: Callable[[], Any]) -> None:
        """Wait for the screen to get there; the test fails if it does not."""
        end = time.monotonic() + PATIENCE_S
        while not true():
            assert time.monotonic() < end, "the screen never got there"
            await asyncio.sleep(0.01)
        await self.pilot.pause()

    async def say(self, text: str, wait: bool = True) -> None:
        """Write and send; with `wait` until she has answered."""
        self.chat.prompt.focus()
        self.chat.prompt.text = text
        await self.pilot.press("enter")
        await self.until(lambda: not self.chat.prompt.text)
        if wait:
            await self.until(lambda: not self.chat.talk.live)

    @property
    def notices(self) -> list[str]:
        """Texts of the notices on screen."""
        return [n.message for n in self.app._notifications]


@asynccontextmanager
async def stage(fake: FakeConversation | None = None, size: tuple[int, int] = (80, 24), **settings: Any) -> AsyncIterator[Stage]:
    """The running app once the models are open (or wait, if the fake holds them)."""
    fake = fake or FakeConversation()
    session = settings.pop("session", None)
    app = build_app(fake, Settings(**({"animate": False} | settings)), session=session, now=lambda: NOW)
    async with app.run_test(size=size) as pilot:
        there = Stage(app, pilot, fake)
        if not fake.load_gate:
            await there.until(lambda: fake.ready or app.chat.talk.trouble)
        await pilot.pause()
        yield there
