"""Text on its way to a terminal, and the tables of commands and lines."""

from __future__ import annotations

import string
from datetime import date, datetime

import pytest

from ohlora_tui.tui import commands, strings
from ohlora_tui.tui.screens.chat import ChatScreen
from ohlora_tui.tui.text import age_group, clean, clock_text, day_text, graphemes, left_of, one_line, right_of, snap

GIRL = "👱‍♀️"
FAMILY = "👨‍👩‍👧‍👦"


@pytest.mark.parametrize(
    ("dirty", "left"),
    [
        ("\x1b[31m빨강\x1b[0m", "빨강"),
        ("\x1b]0;제목\x07말", "말"),
        ("\x1b]52;c;ZXZpbA==\x1b\\말", "말"),
        ("\x1bP1$r q\x1b\\말", "말"),
        ("\x9b2J지움", "지움"),
        ("\x1bc리셋", "리셋"),
        ("ㄱ\x00\x07\x08\x7f\x85ㄴ", "ㄱㄴ"),
        ("줄\r\n줄\r줄", "줄\n줄\n줄"),
        ("탭\t끝", "탭    끝"),
        ("abc\u202edcba", "abcdcba"),
        ("\ud800", "\ufffd"),
        ("가", "가"),
        (f"{GIRL} 그대로", f"{GIRL} 그대로"),
    ],
)
def test_nothing_that_commands_a_terminal_is_left(dirty: str, left: str) -> None:
    assert clean(dirty) == left


def test_every_control_character_is_gone() -> None:
    every = "".join(map(chr, [*range(0x20), *range(0x7F, 0xA0)]))
    assert clean("".join(f"가{c}" for c in every if c not in "\t\n\r\x1b\x90\x98\x9b\x9d\x9e\x9f")).strip("가") == ""


def test_a_character_is_what_a_reader_takes_for_one() -> None:
    text = f"한{GIRL}🇰🇷🇯🇵👍🏽{FAMILY}❤️"
    assert [text[a:b] for a, b in graphemes(text)] == ["한", GIRL, "🇰🇷", "🇯🇵", "👍🏽", FAMILY, "❤️"]


def test_cursor_steps_over_whole_characters() -> None:
    text = f"가{GIRL}나"
    after = 1 + len(GIRL)
    assert left_of(text, after) == 1
    assert right_of(text, 1) == after
    assert snap(text, 3) == 1
    assert snap(text, after) == after


def test_one_line_is_cut_by_columns_and_never_within_a_character() -> None:
    assert one_line("여러\n줄  글", 0) == "여러 줄 글"
    assert one_line("가나다라마", 7) == "가나다…"
    assert one_line(f"가{GIRL}나다", 5) == f"가{GIRL}…"


@pytest.mark.parametrize(
    ("hour", "said"), [(0, "오전 12:05"), (3, "오전 3:05"), (12, "오후 12:05"), (15, "오후 3:05"), (23, "오후 11:05")]
)
def test_times_are_said_as_koreans_say_them(hour: int, said: str) -> None:
    assert clock_text(datetime(2026, 11, 22, hour, 5)) == said


def test_days_carry_the_year_only_where_it_differs() -> None:
    today = date(2026, 11, 22)
    assert day_text(today, today) == "11월 22일 일요일"
    assert day_text(date(2025, 1, 3), today) == "2025년 1월 3일 금요일"
    assert [age_group(date(2026, 11, d), today) for d in (22, 21, 16, 15)] == ["today", "yesterday", "week", "older"]


def test_slash_commands_have_korean_and_english_names() -> None:
    for korean, english in [("새대화", "new"), ("기억", "memory"), ("도움말", "help"), ("종료", "quit"), ("찾기", "find")]:
        assert commands.BY_NAME[korean] is commands.BY_NAME[english]
    for command in commands.COMMANDS:
        assert any(name.isascii() for name in command.names)
        assert any(not name.isascii() for name in command.names)


def test_a_slash_line_is_a_command_and_other_lines_are_talk() -> None:
    slash = commands.parse("/이름 카페 약속")
    assert slash is not None and slash.command is not None
    assert (slash.command.action, slash.rest) == ("rename", "카페 약속")
    assert [commands.parse(t) for t in ("안녕", "//길", "/ 이건 말", "/\n/새대화", "/새대화\n둘째 줄", "")] == [None] * 6


def test_an_unknown_command_knows_its_neighbours() -> None:
    slash = commands.parse("/memori")
    assert slash is not None and slash.command is None
    assert "memory" in slash.near


def test_every_command_can_be_done_and_is_worded() -> None:
    for command in commands.COMMANDS:
        assert callable(getattr(ChatScreen, f"action_{command.action}"))
        assert strings.KO[command.title] and strings.EN[command.title]


def test_korean_and_english_say_the_same_things() -> None:
    def holes(lines: dict[str, str]) -> dict[str, set[str | None]]:
        return {key: {name for _, name, _, _ in string.Formatter().parse(line) if name} for key, line in lines.items()}

    assert holes(strings.KO) == holes(strings.EN)


def test_values_put_into_a_line_are_never_read_as_holes() -> None:
    assert strings.speaker("ko")("find_none", text="{n} {0}") == "“{n} {0}”을(를) 찾지 못했어요."
