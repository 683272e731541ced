"""Day words in Korean text: where they stand and which dates they mean, and the words for dates again. Pure."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Day:
    """A day or run of days named in a text: dates (both inclusive) and its place, text[at:to]."""

    start: date
    end: date
    at: int
    to: int
    relative: bool = True  # False: a calendar date (3월 2일), which reads the same on any day


@dataclass(frozen=True, slots=True)
class _Where:
    said: date
    past: bool
    week: date | None  # Monday of the week a bare weekday belongs to


_WORDS = {"그저께": -2, "그제": -2, "엊그제": -2, "어제": -1, "어젯밤": -1, "간밤": -1, "오늘": 0, "이따": 0,
          "내일": 1, "낼": 1, "모레": 2, "내일모레": 2, "낼모레": 2, "글피": 3}  # fmt: skip
_COUNTS = {"하루": 1, "이틀": 2, "사흘": 3, "나흘": 4, "닷새": 5, "엿새": 6, "일주일": 7, "열흘": 10, "보름": 15}
_NUMBERS = {"한": 1, "두": 2, "세": 3, "석": 3, "네": 4, "넉": 4, "다섯": 5, "여섯": 6, "일": 1, "이": 2, "삼": 3}
_SHIFT = {"지지난": -2, "지난": -1, "저번": -1, "이번": 0, "다음": 1, "담": 1, "다다음": 2}
YEARS = {"재작년": -2, "작년": -1, "올해": 0, "내년": 1}
_HOLIDAYS = {"크리스마스이브": (12, 24), "크리스마스": (12, 25), "성탄절": (12, 25), "삼일절": (3, 1), "어린이날": (5, 5),
             "어버이날": (5, 8), "스승의날": (5, 15), "현충일": (6, 6), "광복절": (8, 15), "개천절": (10, 3), "한글날": (10, 9),
             "밸런타인데이": (2, 14), "발렌타인데이": (2, 14), "화이트데이": (3, 14), "빼빼로데이": (11, 11), "할로윈": (10, 31),
             "핼러윈": (10, 31), "만우절": (4, 1)}  # fmt: skip
"""Holidays of one fixed date; 설날 and 추석 follow the moon and give no span."""

WEEKDAYS = "월화수목금토일"
Dates = tuple[date, date] | None


def week_of(day: date) -> date:
    """Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def _month(day: date, months: int) -> tuple[date, date]:
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def _part(first: date, last: date, part: str) -> tuple[date, date]:
    """초 1-10, 중순 11-20, 말 21-, 첫째 주 1-7 of a month."""
    ends = {"초": (1, 10), "중순": (11, 20), "말": (21, last.day)}
    low, high = ends.get(part, (1, 7))
    return first.replace(day=low), first.replace(day=high)


def _word(m: re.Match[str], w: _Where) -> Dates:
    day = w.said + timedelta(days=_WORDS[m[0]])
    return day, day


def _ahead(m: re.Match[str], w: _Where) -> Dates:
    """N일 뒤, 두 달 전, 사흘 남음; a month or year counts as the whole of it."""
    sign = -1 if m["dir"] == "전" else 1
    if m["word"]:
        day = w.said + timedelta(days=sign * _COUNTS[m["word"]])
        return day, day
    count = sign * (int(m["n"]) if m["n"].isdigit() else _NUMBERS[m["n"]])
    if m["unit"] in ("달", "개월"):
        return _month(w.said, count)
    if m["unit"] == "년":
        return date(w.said.year + count, 1, 1), date(w.said.year + count, 12, 31)
    day = w.said + timedelta(days=count * (1 if m["unit"] == "일" else 7))
    return day, day


def _week(m: re.Match[str], w: _Where) -> Dates:
    monday = week_of(w.said) + timedelta(weeks=_SHIFT[m["shift"]])
    return _in_week(monday, m["day"] or "")


def _in_week(monday: date, day: str) -> tuple[date, date]:
    if day == "주말":
        return monday + timedelta(days=5), monday + timedelta(days=6)
    if day:
        found = monday + timedelta(days=WEEKDAYS.index(day[0]))
        return found, found
    return monday, monday + timedelta(days=6)


def _weekend(m: re.Match[str], w: _Where) -> Dates:
    shift = _SHIFT[m["shift"]] if m["shift"] else -1 if w.past and w.said.weekday() < 5 else 0
    monday = w.week if w.week and not m["shift"] else week_of(w.said) + timedelta(weeks=shift)
    return _in_week(monday, "주말")


def _weekday(m: re.Match[str], w: _Where) -> Dates:
    """A bare weekday: within the key's week if it has one, else the next such day, in past tense the last one."""
    index = WEEKDAYS.index(m["day"])
    if w.week:
        return _in_week(w.week, m["day"])
    ahead = (index - w.said.weekday()) % 7 or 7
    day = w.said + timedelta(days=ahead - 7 if w.past and ahead != 7 else -7 if w.past else ahead)
    return day, day


def _month_word(m: re.Match[str], w: _Where) -> Dates:
    first, last = _month(w.said, _SHIFT[m["shift"]])
    if m["d"]:
        return _exact(first.year, first.month, int(m["d"]))
    return _part(first, last, m["part"]) if m["part"] else (first, last)


def _exact(year: int, month: int, day: int) -> Dates:
    try:
        return (found := date(year, month, day)), found
    except ValueError:
        return None


def _nearest(month: int, day: int, w: _Where) -> Dates:
    """The next such date (today counts), in past tense the last; 2월 29일 waits for its leap year, 2월 30일 never comes."""
    for step in range(9):
        found = _exact(w.said.year + (-step if w.past else step), month, day)
        if found and (found[0] <= w.said if w.past else found[0] >= w.said):
            return found
    return None


def _date(m: re.Match[str], w: _Where) -> Dates:
    month = int(m["m"])
    if not 1 <= month <= 12:
        return None
    year = int(m["y"]) if m["y"] else w.said.year + YEARS[m["yw"]] if m["yw"] else 0
    if m["d"]:
        return _exact(year, month, int(m["d"])) if year else _nearest(month, int(m["d"]), w)
    year = year or w.said.year + (month < w.said.month and not w.past) - (month > w.said.month and w.past)
    first, last = _month(date(year, month, 1), 0)
    return _part(first, last, m["part"]) if m["part"] else (first, last)


def _of_month(m: re.Match[str], w: _Where) -> Dates:
    """`18일에`: the next 18th, in past tense the last."""
    for step in range(13):
        first, _ = _month(w.said, -step if w.past else step)
        found = _exact(first.year, first.month, int(m["d"]))
        if found and (found[0] <= w.said if w.past else found[0] >= w.said):
            return found
    return None


def _year(m: re.Match[str], w: _Where) -> Dates:
    year = w.said.year + YEARS[m[0]]
    return date(year, 1, 1), date(year, 12, 31)


def _end(m: re.Match[str], w: _Where) -> Dates:
    if m[0].startswith("월"):
        return _part(*_month(w.said, 0), m[0][1])
    return date(w.said.year, 12, 11), date(w.said.year, 12, 31)


def _holiday(m: re.Match[str], w: _Where) -> Dates:
    return _nearest(*_HOLIDAYS[re.sub(r"\s", "", m[0])], w)


_DAY = r"(?P<day>[월화수목금토일])(?:요일|욜)"
_PATTERNS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], _Where], Dates], bool], ...] = (
    (re.compile(r"(?:(?P<y>\d{4})년\s?|(?P<yw>작년|올해|내년)\s?)?(?<!\d)(?P<m>\d{1,2})월"
                r"(?:\s?(?P<d>\d{1,2})일|\s?(?P<part>초|중순|말|첫째\s?주)(?![가-힣]))?(?!드|세)"), _date, False),
    (re.compile(r"(?P<shift>지지난|지난|저번|이번|다다음|다음|(?<![가-힣])담)\s?달(?:\s?(?P<d>\d{1,2})일|\s?(?P<part>초|중순|말)(?![가-힣]))?"),
     _month_word, True),
    (re.compile(r"(?:(?P<shift>지지난|지난|저번|이번|다다음|다음|(?<![가-힣])담)\s?)?주말"), _weekend, True),
    (re.compile(r"(?P<shift>지지난|지난|저번|이번|다다음|다음|(?<![가-힣])담)\s?주(?:에)?\s?"
                r"(?:(?P<day>[월화수목금토일])(?:요일|욜))?(?<!\s)(?![가-힣]*말고)"), _week, True),
    (re.compile(rf"(?:(?P<word>{'|'.join(_COUNTS)})|(?<!\d)(?P<n>\d{{1,3}}|한|두|세|석|네|넉|다섯|여섯|일|이|삼)\s?(?P<unit>일|주일|주|달|개월|년))"
                r"\s?(?P<dir>뒤|후(?!\s?보)|전(?![가-힣])|있다가|남았|남음)"), _ahead, True),
    (re.compile(r"내일모레|(?<![가-힣])낼모레|엊그제|그저께|그제(?!야|서)|어젯밤|간밤|어제|오늘|내일|모레|글피|(?<![가-힣])이따"
                r"|(?<![가-힣])낼(?=\s|까|은|도|부|이|$|[,.!?])"), _word, True),
    (re.compile(_DAY), _weekday, True),
    (re.compile("|".join(sorted((r"\s?".join(("크리스마스", "이브")) if k == "크리스마스이브" else k for k in _HOLIDAYS),
                                key=len, reverse=True))), _holiday, False),
    (re.compile(r"(?<![\d월.])(?P<d>[12]?\d|3[01])일(?=(에(?!\s?한)|날|까지|부터|이야|인데|이면|이래|이다|로\b))"), _of_month, True),
    (re.compile(r"재작년|작년|올해|내년"), _year, True),
    (re.compile(r"월[초말](?![가-힣]{2})|연말"), _end, True),
)  # fmt: skip
"""(words, their dates, relative?), the longer reading first: what an earlier one took a later one leaves."""

_PAST = re.compile(
    r"(?:[가-힣])(?:았|었)(?:어|다|는데|지|음|네|고|거|던|습)|(?:했|갔|왔|봤|됐|샀|났|졌|렸|쳤|셨|줬|뒀|켰)(?:어|다|는데|지|음|네|고|거|던|습|$)"
)
_ARRANGED = re.compile(
    r"아직(?:도|은)? ?(?:못|안) ?\S+|기로 했|잡혔|잡았|예약했|예약해|정했|끊었|걸렸|됐|생겼|받았|신청했|예매했|않았|남았|미뤄졌|미뤘|바뀌었|바꿨|변경|연기|옮겼|당겼|당겨졌"
)


def past(text: str) -> bool:
    """Whether a text tells of what was done; "가기로 했어", "잡혔어", "아직 못 샀어" speak of what comes."""
    return bool(_PAST.search(_ARRANGED.sub("", text)))


def find(text: str, said: date, *, past: bool = False, week: date | None = None) -> list[Day]:
    """Every day the text names that exists, in the order of the text; `A부터 B까지` is one run."""
    found, _ = _scan(text, _Where(said, past, week))
    return _runs(text, found)


def broken(text: str, said: date) -> bool:
    """Whether the text names a date that does not exist (2월 30일)."""
    return _scan(text, _Where(said, False, None))[1]


def _scan(text: str, where: _Where) -> tuple[list[Day], bool]:
    taken, found, wrong = [False] * len(text), [], False
    for pattern, dates, relative in _PATTERNS:
        for m in pattern.finditer(text):
            end = m.start() + len(m[0].rstrip())
            if any(taken[m.start() : end]):
                continue
            taken[m.start() : end] = [True] * (end - m.start())
            if got := dates(m, where):
                found.append(Day(*got, m.start(), end, relative))
            else:
                wrong = True
    return sorted(found, key=lambda d: d.at), wrong


def _runs(text: str, found: list[Day]) -> list[Day]:
    if len(found) == 2 and found[0].start <= found[1].end:
        first, last = found
        if re.fullmatch(r"부터\s?|\s?~\s?|에서\s?", text[first.to : last.at]):
            return [replace(first, end=last.end, to=last.to)]
    return found
