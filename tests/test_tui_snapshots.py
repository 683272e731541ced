"""What the app looks like at three sizes, as SVG. `pytest --snapshot-update tests/test_tui_snapshots.py` after a wanted change."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import DataTable

from ohlora_tui.records import Expression
from ohlora_tui.settings import Settings
from ohlora_tui.tui.app import OhLoraApp, build_app
from ohlora_tui.tui.face.view import FaceView
from tests.fake_chat import NOW, FakeConversation, plan

SIZES = [(80, 24), (100, 30), (160, 48)]
FIRST, SECOND = "나 내일 친구랑 카페 가기로 했어", "내일 뭐 입고 나가지?"


def fake() -> FakeConversation:
    """Two old sessions and a chat about a café."""
    first = plan(FIRST, answer="오 좋겠다! 어디 카페 가? ☕", recalls=(), expression=Expression("크게", "보통", "없음"))
    conversation = FakeConversation({FIRST: first, SECOND: plan(SECOND, change=None)})
    conversation.add_session(1, "면접 준비", [plan("내일 면접이야", answer="떨리겠다!")], NOW - timedelta(days=1))
    conversation.add_session(2, "이사 걱정", [plan("이사 가야 해")], NOW - timedelta(days=9))
    return conversation


def the_app(conversation: FakeConversation) -> OhLoraApp:
    return build_app(conversation, Settings(animate=False), now=lambda: NOW)


async def settled(pilot: Pilot[Any], true: Callable[[], object]) -> None:
    for _ in range(500):
        if true():
            break
        await pilot.pause(0.01)
    assert true()
    await pilot.pause()
    await pilot.pause(0.1)


async def opened(pilot: Pilot[Any]) -> None:
    chat = pilot.app.chat  # type: ignore[attr-defined]

    def drawn() -> bool:
        return all(face.frames or not face.size.area for face in chat.query(FaceView))

    await settled(pilot, lambda: chat.conversation.ready and not chat.talk.waiting and chat.query(FaceView) and drawn())


async def write(pilot: Pilot[Any], text: str) -> None:
    pilot.app.chat.prompt.text = text  # type: ignore[attr-defined]
    await pilot.press("enter")


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_empty_start(snap_compare: Any, size: tuple[int, int]) -> None:
    assert snap_compare(the_app(fake()), terminal_size=size, run_before=opened)


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_chat_with_memory_while_she_speaks(snap_compare: Any, size: tuple[int, int]) -> None:
    conversation = fake()
    held = threading.Event()

    async def talk(pilot: Pilot[Any]) -> None:
        await opened(pilot)
        chat = pilot.app.chat  # type: ignore[attr-defined]
        await write(pilot, FIRST)
        await settled(pilot, lambda: len(conversation.asked) == 1 and not chat.talk.live)
        conversation.hold = held
        await write(pilot, SECOND)
        await settled(pilot, lambda: chat.transcript.views[-1].turn.answer.endswith("니트 어"))

    assert snap_compare(the_app(conversation), terminal_size=size, run_before=talk)


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_help(snap_compare: Any, size: tuple[int, int]) -> None:
    async def help_open(pilot: Pilot[Any]) -> None:
        await opened(pilot)
        await pilot.press("f1")
        await settled(pilot, lambda: pilot.app.screen.query(".wide-box"))

    assert snap_compare(the_app(fake()), terminal_size=size, run_before=help_open)


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_memories(snap_compare: Any, size: tuple[int, int]) -> None:
    async def memories_open(pilot: Pilot[Any]) -> None:
        await opened(pilot)
        await pilot.press("f4")
        await settled(pilot, lambda: any(table.row_count == 3 for table in pilot.app.screen.query(DataTable)))

    assert snap_compare(the_app(fake()), terminal_size=size, run_before=memories_open)
