"""What a user pastes cannot drive the terminal; what they wrote stays."""

from __future__ import annotations

import unicodedata

import pytest

from ohlora_tui.cleaning import clean


@pytest.mark.parametrize(
    ("dirty", "neat"),
    [
        ("\x1b[31m빨강\x1b[0m", "빨강"),
        ("\x1b]0;제목\x07안녕", "안녕"),
        ("\x1b]52;c;aGVsbG8=\x1b\\안녕", "안녕"),
        ("가\x00나\x07다\x7f", "가나다"),
        ("\u202e거꾸로", "거꾸로"),
        ("한\r\n줄\t끝", "한\n줄    끝"),
        ("👱‍♀️ 안녕 [/ㅋ]", "👱‍♀️ 안녕 [/ㅋ]"),
    ],
)
def test_escapes_go_and_text_stays(dirty: str, neat: str) -> None:
    assert clean(dirty) == neat


def test_decomposed_korean_is_composed() -> None:
    assert clean(unicodedata.normalize("NFD", "카페")) == "카페"
