"""Dates as Korean words again, and the particles fitted behind them. Pure."""

from __future__ import annotations

import re
from datetime import date, timedelta

from ohlora_tui.memory.days import WEEKDAYS, YEARS, Day, week_of

NEAR = {-2: "그저께", -1: "어제", 0: "오늘", 1: "내일", 2: "모레"}


def label(start: date, end: date, today: date, plain: bool = False) -> str:
    """The words for a run of days as seen today: `내일`, `다음 주 금요일`, `지난 주말`, `12월`, `11월 23일~29일`.

    `plain`: a calendar date, never a word relative to today.
    """
    year = "" if start.year == today.year else f"{start.year}년 "
    weeks = (week_of(start) - week_of(today)).days // 7
    shift = {-1: "지난", 0: "이번", 1: "다음"}.get(weeks) if not plain else None
    if start == end:
        if not plain and (near := NEAR.get((start - today).days)):
            return near
        if shift:
            return f"{'지난주' if weeks < 0 else f'{shift} 주'} {WEEKDAYS[start.weekday()]}요일"
        return f"{year}{start.month}월 {start.day}일"
    if shift and start.weekday() == 5 and (end - start).days == 1:
        return f"{shift} 주말"
    if shift and start.weekday() == 0 and (end - start).days == 6:
        return "지난주" if weeks < 0 else f"{shift} 주"
    if (whole := _whole(start, end, today, plain)) is not None:
        return whole
    last = f"{end.day}일" if end.month == start.month else f"{end.month}월 {end.day}일"
    return f"{year}{start.month}월 {start.day}일~{last}"


def _whole(start: date, end: date, today: date, plain: bool) -> str | None:
    """The word for a whole month or year, None for any other run."""
    if (start.month, start.day, end.month, end.day) == (1, 1, 12, 31):
        words = {v: k for k, v in YEARS.items()}
        return f"{start.year}년" if plain else words.get(start.year - today.year, f"{start.year}년")
    if start.day != 1 or start.month != end.month or (end + timedelta(days=1)).day != 1:
        return None
    months = (start.year - today.year) * 12 + start.month - today.month
    near = {-1: "지난달", 0: "이번 달", 1: "다음 달"}.get(months) if not plain else None
    return near or f"{'' if start.year == today.year else f'{start.year}년 '}{start.month}월"


_JOSA = (("은", "는"), ("이", "가"), ("을", "를"), ("과", "와"), ("이랑", "랑"), ("이야", "야"), ("이라", "라"), ("으로", "로"))


def closed(word: str) -> bool:
    """Whether a word's last syllable ends in a consonant (받침)."""
    return bool(word) and "가" <= word[-1] <= "힣" and (ord(word[-1]) - 0xAC00) % 28 > 0


def replaced(text: str, day: Day, word: str) -> str:
    """The text with the day's words exchanged, the particle behind them fitted: `금요일은` -> `모레는`, `금요일에` -> `모레`."""
    tail = text[day.to :]
    if word in NEAR.values():
        tail = re.sub(r"^에(?=\s|$)", "", tail)
    for after, open_ in _JOSA:
        one = re.match(rf"(?:{after}|{open_})(?=\s|$|[,.!?])", tail)
        if one:
            fitted = after if closed(word) and not (after == "으로" and word.endswith("일")) else open_
            tail = fitted + tail[one.end() :]
            break
    return f"{text[: day.at]}{word}{tail}"
