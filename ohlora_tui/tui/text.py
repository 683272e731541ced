"""Text between people and a terminal: what may be printed, what the eye takes for one letter, how Koreans say the time."""

from __future__ import annotations

from datetime import date, datetime

from rich.cells import cell_len, split_graphemes

from ohlora_tui.cleaning import clean

JOINERS = frozenset("\u200c\u200d") | {chr(code) for code in range(0xE0020, 0xE0080)}
"""Format characters that emoji are made of; `str.isprintable` denies them, so TextArea would drop them."""


def one_line(text: str, cells: int = 0) -> str:
    """Cleaned, white space folded; cut to `cells` columns with an ellipsis (0: never cut)."""
    text = " ".join(clean(text).split())
    if not cells or cell_len(text) <= cells:
        return text
    kept, room = "", cells - 1
    for start, end in graphemes(text):
        room -= cell_len(text[start:end])
        if room < 0:
            break
        kept += text[start:end]
    return kept + "…"


def graphemes(text: str) -> list[tuple[int, int]]:
    """(start, end) of what a reader takes for one character. Rich leaves the two halves of a flag apart; here they are one."""
    spans: list[tuple[int, int]] = []
    open_flag = False
    for start, end, _cells in split_graphemes(text)[0]:
        half = "\U0001f1e6" <= text[start] <= "\U0001f1ff"
        if half and open_flag:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
        open_flag = half and not open_flag
    return spans


def left_of(text: str, column: int) -> int:
    """Where the cursor stands after one step left from `column`."""
    return max((start for start, _end in graphemes(text) if start < column), default=0)


def right_of(text: str, column: int) -> int:
    """Where the cursor stands after one step right from `column`."""
    return min((end for _start, end in graphemes(text) if end > column), default=len(text))


def snap(text: str, column: int) -> int:
    """`column`, or the start of the character it would cut in two."""
    return next((start for start, end in graphemes(text) if start < column < end), column)


WEEKDAYS = {"ko": "월화수목금토일", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def clock_text(at: datetime, lang: str = "ko") -> str:
    """오후 3:12 — noon is 오후 12, midnight 오전 12."""
    hour = at.hour % 12 or 12
    if lang == "en":
        return f"{hour}:{at.minute:02} {'AM' if at.hour < 12 else 'PM'}"
    return f"{'오전' if at.hour < 12 else '오후'} {hour}:{at.minute:02}"


def day_text(day: date, today: date, lang: str = "ko") -> str:
    """11월 22일 일요일; the year only where it is not this one."""
    name = WEEKDAYS[lang][day.weekday()]
    if lang == "en":
        year = "" if day.year == today.year else f" {day.year}"
        return f"{name} {day.day} {MONTHS[day.month - 1]}{year}"
    year = "" if day.year == today.year else f"{day.year}년 "
    return f"{year}{day.month}월 {day.day}일 {name}요일"


def age_group(day: date, today: date) -> str:
    """Key of the heading a session stands under: today, yesterday, week, older."""
    days = (today - day).days
    return "today" if days <= 0 else "yesterday" if days == 1 else "week" if days < 7 else "older"
