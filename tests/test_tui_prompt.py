"""The prompt: Korean input methods, Enter, whole emoji, paste."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from ohlora_tui.tui.widgets.prompt import SUBMIT_DELAY_S, Prompt

GIRL = "👱‍♀️"


class PromptApp(App[None]):
    def __init__(self, submit_key: str) -> None:
        super().__init__()
        self.submit_key = submit_key
        self.sent: list[str] = []

    def compose(self) -> ComposeResult:
        yield Prompt(self.submit_key)

    def on_prompt_submitted(self, event: Prompt.Submitted) -> None:
        self.sent.append(event.text)

    @property
    def prompt(self) -> Prompt:
        return self.query_one(Prompt)


async def type_key(pilot: Pilot[Any], character: str) -> None:
    """A key as the terminal's parser makes it: its name does not matter, its character does."""
    pilot.app.query_one(Prompt).post_message(events.Key(f"u{ord(character):x}", character))
    await pilot.pause()


@pytest.mark.parametrize(("submit", "newline"), [("enter", "ctrl+j"), ("ctrl+j", "enter"), ("enter", "shift+enter")])
async def test_one_key_sends_and_the_other_starts_a_line(submit: str, newline: str) -> None:
    app = PromptApp(submit)
    async with app.run_test() as pilot:
        await pilot.press("가", newline, "나", submit)
        await pilot.pause(SUBMIT_DELAY_S * 2)
        assert app.sent == ["가\n나"]


async def test_a_syllable_that_lands_right_after_enter_is_sent_along() -> None:
    app = PromptApp("enter")
    async with app.run_test() as pilot:
        await pilot.press("안")
        for key in (events.Key("enter", "\r"), events.Key("녕", "녕")):  # as one read of the terminal brings them
            app.prompt.post_message(key)
        await pilot.pause(SUBMIT_DELAY_S * 2)
        assert app.sent == ["안녕"]


async def test_two_quick_enters_send_once() -> None:
    app = PromptApp("enter")
    async with app.run_test() as pilot:
        await pilot.press("응")
        for _ in range(2):
            app.prompt.post_message(events.Key("enter", "\r"))
        await pilot.pause(SUBMIT_DELAY_S * 2)
        assert app.sent == ["응"]


async def test_a_typed_joiner_survives_and_the_emoji_stays_one() -> None:
    app = PromptApp("enter")
    async with app.run_test() as pilot:
        for character in f"가{GIRL}나":
            await type_key(pilot, character)
        assert app.prompt.text == f"가{GIRL}나"
        await pilot.press("left", "backspace")
        assert app.prompt.text == "가나"


async def test_cursor_backspace_and_delete_go_by_whole_characters() -> None:
    app = PromptApp("enter")
    async with app.run_test() as pilot:
        app.prompt.text = f"{GIRL}🇰🇷한"
        app.prompt.move_cursor((0, 0))
        stops = []
        for _ in range(3):
            await pilot.press("right")
            stops.append(app.prompt.cursor_location[1])
        assert stops == [len(GIRL), len(GIRL) + 2, len(GIRL) + 3]
        await pilot.press("left", "left", "delete")
        assert app.prompt.text == f"{GIRL}한"
        await pilot.press("backspace")
        assert app.prompt.text == "한"


async def test_moving_between_lines_never_lands_within_an_emoji() -> None:
    app = PromptApp("enter")
    async with app.run_test() as pilot:
        app.prompt.text = f"abcd\n{GIRL}{GIRL}"
        app.prompt.move_cursor((0, 1))
        await pilot.press("down")
        assert app.prompt.cursor_location in {(1, 0), (1, len(GIRL))}


async def test_the_cursor_cell_covers_the_whole_emoji() -> None:
    app = PromptApp("enter")
    async with app.run_test() as pilot:
        app.prompt.cursor_blink = False
        app.prompt.text = f"{GIRL}가"
        app.prompt.move_cursor((0, 0))
        await pilot.pause()
        assert GIRL in [segment.text for segment in app.prompt.render_line(0)]


async def test_a_paste_of_two_thousand_characters_is_taken_whole_and_clean() -> None:
    app = PromptApp("enter")
    async with app.run_test() as pilot:
        text = ("오늘은 카페에 갔다. " * 200)[:2000]
        app.prompt.post_message(events.Paste(f"\x1b[31m{text}\x1b[0m\r\n"))
        await pilot.pause()
        await pilot.press("enter")
        await asyncio.sleep(SUBMIT_DELAY_S * 2)
        await pilot.pause()
        assert app.sent == [text.strip()]
        assert "\x1b" not in app.prompt.text


async def test_tab_completes_a_korean_command() -> None:
    app = PromptApp("enter")
    async with app.run_test() as pilot:
        await pilot.press("slash", "새", "tab")
        assert app.prompt.text == "/새대화 "
