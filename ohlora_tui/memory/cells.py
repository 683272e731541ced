"""One field of a memory from a cell of a file: checked, made clean, of the type the record wants. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, time
from typing import Any

from ohlora_tui.cleaning import clean
from ohlora_tui.records import Memory

QUOTE_MAX = 1000
"""Longest quote taken in, syllables: five times what the keeper itself keeps."""
YEARS = range(1, 10_000)
"""Years a span may have: any of the calendar."""
SAID_YEARS = range(1900, 3000)
"""Years something may have been said in: `내년` and `백 년 뒤` are still years of the calendar."""
FLAGS = dict.fromkeys(("true", "1", "yes", "예", "●"), True) | dict.fromkeys(("false", "0", "no", "아니요", ""), False)


def _worded(frame: str, why: str) -> Callable[[Any, datetime], str]:
    """A key or a value: what stands in its place in `[key: value]`."""

    def reader(raw: Any, now: datetime) -> str:
        text = clean(_text(raw)).strip()
        try:
            Memory.parse(frame.format(text))
        except ValueError as wrong:
            raise ValueError(why) from wrong
        return text

    return reader


def _text(raw: Any) -> str:
    if raw is None:
        raise ValueError("비어 있으면 안 돼요")
    if not isinstance(raw, str):
        raise ValueError("글이어야 해요")
    return raw


def _quote(raw: Any, now: datetime) -> str:
    text = clean(_text("" if raw is None else raw)).strip()
    if len(text) > QUOTE_MAX:
        raise ValueError(f"{QUOTE_MAX}자까지 적을 수 있어요")
    return text


def _moment(raw: Any, now: datetime, of_day: time = time.min, years: range = YEARS) -> datetime | None:
    """ISO-8601; without an offset it is the user's own time, a date alone is that day at `of_day`."""
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None
    text = _text(raw).strip()
    try:
        at = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise ValueError("2026-11-22T15:12:00+09:00 같은 시각이 아니에요") from wrong
    if at.year not in years:
        raise ValueError("있을 수 없는 해예요")
    at = datetime.combine(at, of_day) if re.fullmatch(r"\d{4}-?\d{2}-?\d{2}", text) else at
    return at if at.tzinfo else at.replace(tzinfo=now.tzinfo)


def _last_moment(raw: Any, now: datetime) -> datetime | None:
    return _moment(raw, now, time(23, 59, 59))


def _said_at(raw: Any, now: datetime) -> datetime | None:
    return _moment(raw, now, years=SAID_YEARS)


def _flag(raw: Any, now: datetime) -> bool:
    """JSON true and false, or a word for them."""
    if isinstance(raw, bool):
        return raw
    word = _text("" if raw is None else raw).strip().casefold()
    if word not in FLAGS:
        raise ValueError("true나 false여야 해요")
    return FLAGS[word]


def _number(raw: Any, now: datetime) -> int | None:
    if raw is None or raw == "" or type(raw) is int:
        return raw or None
    if isinstance(raw, str) and re.fullmatch(r"[0-9]{1,18}", raw.strip()):
        return int(raw)
    raise ValueError("번호가 아니에요")


READERS: dict[str, Callable[[Any, datetime], Any]] = {
    "key": _worded("[{}: 값]", "대괄호와 쌍점과 줄바꿈 없이 1~40자여야 해요"),
    "value": _worded("[키: {}]", "대괄호와 줄바꿈 없이 1~200자여야 해요"),
    "quote": _quote,
    "said_at": _said_at,
    "valid_from": _moment,
    "valid_until": _last_moment,
    "pinned": _flag,
    "id": _number,
    "superseded_by": _number,
}
"""Field -> its value from a cell, ValueError with the reason if it is none; other fields are not looked at."""
