"""Korean relative time <-> dates. Pure: `now` and `said_at` are aware datetimes in the user's local zone; weeks start on Monday.

A span is (first second of its first day, last second of its last day), or (None, None).
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from ohlora_tui.memory import days as _days
from ohlora_tui.memory.days import WEEKDAYS, Day, week_of
from ohlora_tui.memory.keys import SLOT, kind
from ohlora_tui.memory.wording import NEAR, label, replaced
from ohlora_tui.records import Memory

Span = tuple[datetime | None, datetime | None]

PARTS = ((5, "새벽"), (9, "아침"), (12, "오전"), (14, "점심"), (18, "오후"), (21, "저녁"), (24, "밤"))
"""(first hour after it, part of the day), as the persona rows use them."""


def clock_text(now: datetime) -> str:
    """`2026년 11월 22일 일요일 저녁`, as the prompt reads it."""
    part = next(name for until, name in PARTS if now.hour < until)
    return f"{now.year}년 {now.month}월 {now.day}일 {WEEKDAYS[now.weekday()]}요일 {part}"


_TIME = re.compile(
    r"몇\s?시|몇\s?(월|일|분|살)|며칠|무슨\s?요일|요일|[월화수목금토일]욜|\d{1,2}시(?!간)|(?<!\d)\d{1,2}월(?!드)"
    r"|(?<![가-힣])(한|두|세|네|다섯|여섯|일곱|여덟|아홉|열|열한|열두)\s?시(?![간가-힣])"
    r"|(?<![가-힣])(한|두|세|네|다섯|여섯|일곱|여덟|아홉|열|열한|열두)\s?시(에|쯤|반|까지|부터|야|인데|임|면)"
    r"|아침|점심|저녁|새벽|오전|오후|(?<![가-힣])(밤|한밤|밤중|밤새)(?!하늘|송이|양갱|빵|톨|고구마|식빵|라떼)|어젯밤|오늘밤"
    r"|주말|평일|월말|연말|연초|월초|새해|올해|내년|작년|재작년|날짜|얼마나 남|[Dd]-\d|디데이"
    r"|몇\s?시간|시간 (뒤|후|전|남)|크리스마스|성탄절|공휴일|이번\s?달|다음\s?달|지난\s?달|(다음|이번|지난|저번)\s?주"
)
_NOT_TIME = re.compile(r"오늘도 고마|오늘의 |그제야|그제서야|한시름|한시도")


def speaks_of_time(text: str) -> bool:
    """Whether a message or memory speaks of a day or hour, so that the prompt needs the clock. "시간 있어?" does not."""
    text = _NOT_TIME.sub("", text)
    return bool(_TIME.search(text) or _days.find(text, date(2000, 1, 3)))


def span_of(key: str, value: str, quote: str, said_at: datetime) -> Span:
    """The days a memory speaks of: its key's day word, narrowed by its value, else the one day its quote names.

    A plan, weather, mood or dish may take its day from the quote; any other memory only from a relative word in its value
    (`[엄마: 수술이 다음주]`), so that a birthday stays without a span. A date that does not exist gives none.
    """
    said = said_at.date()
    if kind(key).single and kind(key).family == "identity":
        return None, None
    slot = SLOT.match(key)
    past = bool(slot and slot[1] in ("어제", "그저께", "지난주", "지난달", "지난"))
    scope = next(iter(_days.find(slot[1], said)), None) if slot else None
    found = _inner(key, value, quote, said, scope, past)
    if scope and (not found or not (scope.start <= found.start <= found.end <= scope.end)):
        found = scope
    return _bounds(found, said_at) if found else (None, None)


def _inner(key: str, value: str, quote: str, said: date, scope: Day | None, past: bool) -> Day | None:
    week = scope.start if scope and (scope.end - scope.start).days == 6 else None
    dated = kind(key).dated
    named = _days.find(value, said, past=past or _days.past(value), week=week)
    if not dated:
        named = [d for d in named if d.relative]
    elif not named and quote and not _days.broken(value, said):
        named = _days.find(quote, said, past=past or _days.past(quote), week=week)
        if len({(d.start, d.end) for d in named}) > 1:
            named = []
    if any(_days.broken(text, said) for text in (value, *((quote,) if dated else ()))):
        return None
    return named[0] if named else None


def _bounds(day: Day, said_at: datetime) -> tuple[datetime, datetime]:
    zone = said_at.tzinfo
    return datetime.combine(day.start, time.min, zone), datetime.combine(day.end, time(23, 59, 59), zone)


def dates_of(memory: Memory, now: datetime) -> tuple[date, date] | None:
    """First and last day of a memory's span in `now`'s zone; worked out anew if it was stored without one.

    Read 12 hours inside the bounds: a span written before a clock change must not slip into the day beside it.
    """
    start, end = memory.valid_from, memory.valid_until
    if (start is None or end is None) and memory.said_at:
        start, end = span_of(memory.key, memory.value, memory.quote, memory.said_at)
    if start is None or end is None:
        return None
    half = timedelta(hours=12)
    try:
        first, last = (start + half).astimezone(now.tzinfo).date(), (end - half).astimezone(now.tzinfo).date()
    except OverflowError:  # the last day of the calendar, in another zone
        first, last = start.date(), end.date()
    return first, max(first, last)


def render(memory: Memory, now: datetime) -> str:
    """The text the prompt reads, relative to now: `[내일 일정: 카페]` reads `[어제 일정: 카페]` two days later."""
    days = dates_of(memory, now)
    if days is None:
        return memory.text
    slot = SLOT.match(memory.key)
    if slot:
        word, place = _slot(*days, now.date())
        value = _without_days(memory, now) or memory.value
        if place and not _days.find(value, now.date()):
            value = f"{value} ({place})"
        return f"[{word} {memory.key[slot.end() :]}: {value}]"
    past = "지난 " if kind(memory.key).family == "plan" and days[1] < now.date() else ""
    value = _with_days(memory, now)
    if value == memory.value and not _value_days(memory, now):
        value = f"{value} ({label(*days, now.date())})"
    return f"[{past}{memory.key}: {value}]"


_WEEK = {-1: "지난주", 0: "이번 주", 1: "다음 주"}
_MONTH = {-1: "지난달", 0: "이번 달", 1: "다음 달"}


def _slot(start: date, end: date, today: date) -> tuple[str, str]:
    """(day word of the key, place in brackets): (`내일`, ""), (`다음 주`, `금요일`), (`지난`, `11월 22일`)."""
    delta, weeks = (start - today).days, (week_of(start) - week_of(today)).days // 7
    if start == end:
        if delta in NEAR:
            return NEAR[delta], ""
        if delta > 0 and weeks in _WEEK:
            return _WEEK[weeks], f"{WEEKDAYS[start.weekday()]}요일"
    elif week_of(start) == week_of(end) and weeks in _WEEK:
        whole = (end - start).days == 6
        return _WEEK[weeks], "" if whole else "주말" if start.weekday() == 5 else label(start, end, today)
    elif start.day == 1 and (end + timedelta(1)).day == 1 and start.month == end.month:
        months = (start.year - today.year) * 12 + start.month - today.month
        if months in _MONTH:
            return _MONTH[months], ""
    return "지난" if end < today else "향후", label(start, end, today, plain=True)


def _value_days(memory: Memory, now: datetime) -> list[Day]:
    said = memory.said_at.astimezone(now.tzinfo).date() if memory.said_at else None
    if said is None:
        return []
    slot = SLOT.match(memory.key)
    scope = next(iter(_days.find(slot[1], said)), None) if slot else None
    week = scope.start if scope and (scope.end - scope.start).days == 6 else None
    return _days.find(memory.value, said, past=_days.past(memory.value), week=week)


def _without_days(memory: Memory, now: datetime) -> str:
    """The value without the day the key now names; a deadline (`내일까지`) keeps its word, turned to now."""
    text = memory.value
    for day in reversed(_value_days(memory, now)):
        tail = text[day.to :]
        loose = re.match(r"(에는|에|은|는|날)?(?=\s|$)", tail)
        if loose:
            text = f"{text[: day.at].rstrip()} {tail[loose.end() :].lstrip()}".strip()
        elif day.relative:
            text = replaced(text, day, label(day.start, day.end, now.date()))
    return text


def _with_days(memory: Memory, now: datetime) -> str:
    """The value with each relative day turned to now: `수술이 다음주` -> `수술이 이번 주`."""
    text = memory.value
    for day in reversed(_value_days(memory, now)):
        if day.relative:
            text = replaced(text, day, label(day.start, day.end, now.date()))
    return text


def faded(memory: Memory, now: datetime) -> bool:
    """Whether a memory no longer matters: its kind's days after its span (or after it was said) have passed. Pinned never."""
    days = kind(memory.key).fades
    if days is None or memory.pinned:
        return False
    span = dates_of(memory, now)
    if span:
        return now.date() - span[1] > timedelta(days=days)  # this way round no year can overflow
    if memory.said_at is None:
        return False
    spare = UNDATED_PLAN if kind(memory.key).family == "plan" else days
    return now - memory.said_at > timedelta(days=max(spare, 1))


UNDATED_PLAN = 180
"""Days a plan without a date is kept: it may still lie ahead (half a year)."""
