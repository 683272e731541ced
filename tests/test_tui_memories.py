"""The memories screen: see, find, pin, edit, forget."""

from __future__ import annotations

from textual.widgets import DataTable, Input

from ohlora_tui.records import Memory
from ohlora_tui.tui.screens.memories import MemoriesScreen, matches
from tests.fake_chat import CAFE, NOW, FakeConversation
from tests.tui_stage import Stage, stage


async def open_memories(s: Stage) -> MemoriesScreen:
    await s.pilot.press("f4")
    await s.until(lambda: isinstance(s.app.screen, MemoriesScreen) and s.app.screen.query_one(DataTable).row_count)
    assert isinstance(s.app.screen, MemoriesScreen)
    return s.app.screen


def row(screen: MemoriesScreen, index: int) -> list[str]:
    return [str(cell) for cell in screen.query_one(DataTable).get_row_at(index)]


async def test_memories_are_listed_pinned_first_with_where_they_come_from() -> None:
    async with stage() as s:
        screen = await open_memories(s)
        assert row(screen, 0) == ["★", "좋아하는 음식", "마라탕", "10월 13일 화요일"]
        await s.pilot.press("down")
        assert "“나 내일 친구랑 카페 가기로 했어”" in s.text("#memory-detail")
        assert "11월 23일 월요일의 일" in s.text("#memory-detail")
        await s.pilot.press("escape")
        assert s.app.screen is s.chat


async def test_pin_and_unpin_with_a_latin_or_hangul_key() -> None:
    async with stage() as s:
        await open_memories(s)
        await s.pilot.press("p")
        await s.until(lambda: not s.fake.kept[0].pinned)
        await s.pilot.press("ㅔ")
        await s.until(lambda: s.fake.kept[0].pinned)


async def test_edit_changes_key_and_value() -> None:
    async with stage() as s:
        await open_memories(s)
        await s.pilot.press("ㄷ")
        await s.pilot.pause()
        key, value = s.app.screen.query(Input)
        value.value = "마라탕 [/아주 맵게]"
        value.focus()
        await s.pilot.press("enter")
        await s.until(lambda: s.fake.kept[0].value == "마라탕 [/아주 맵게]")
        assert isinstance(s.app.screen, MemoriesScreen)
        await s.until(lambda: s.app.screen.query_one(DataTable).row_count == 3)
        assert key.value == "좋아하는 음식"


async def test_forget_asks_first() -> None:
    async with stage() as s:
        await open_memories(s)
        await s.pilot.press("d")
        await s.pilot.pause()
        await s.pilot.press("ㅜ")
        assert len(s.fake.kept) == 3
        await s.pilot.press("ㅇ")
        await s.pilot.pause()
        await s.pilot.press("y")
        await s.until(lambda: len(s.fake.kept) == 2)


async def test_the_filter_finds_through_spaces_and_says_when_nothing_matches() -> None:
    async with stage() as s:
        screen = await open_memories(s)
        await s.pilot.press("slash", *"친구랑카페")
        await s.pilot.pause()
        assert [m.id for m in screen.shown] == [1]
        screen.query_one(Input).value = "없는 [/말]"
        await s.pilot.pause()
        assert s.text("#memory-detail") == "“없는 [/말]”에 맞는 기억이 없어요."
        await s.pilot.press("escape")
        assert len(screen.shown) == 3


async def test_markup_in_a_memory_is_text() -> None:
    fake = FakeConversation()
    fake.kept = [Memory("[/키]", "[b]값[/b]\x1b[2J", said_at=NOW, id=1)]
    async with stage(fake) as s:
        screen = await open_memories(s)
        assert row(screen, 0)[1:3] == ["[/키]", "[b]값[/b]"]
        assert "[b]값[/b]" in s.text("#memory-detail")


async def test_with_no_memory_the_screen_says_so() -> None:
    fake = FakeConversation()
    fake.kept = []
    async with stage(fake) as s:
        await s.pilot.press("f4")
        await s.until(
            lambda: isinstance(s.app.screen, MemoriesScreen) and "아직 기억하는 것이 없어요" in s.text("#memory-detail")
        )
        await s.pilot.press("p", "e", "d")  # nothing to act on, nothing happens
        assert isinstance(s.app.screen, MemoriesScreen)


def test_a_quote_is_searched_too() -> None:
    assert matches(CAFE, "가기로 했어")
    assert not matches(CAFE, "바다")
