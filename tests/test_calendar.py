"""Relative days become dates when written and words again when read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from ohlora_tui.memory.calendar import clock_text, faded, render, span_of, speaks_of_time
from ohlora_tui.memory.keys import KINDS, SLOTS, canonical, kind
from ohlora_tui.records import Memory

SEOUL = timezone(timedelta(hours=9))
SATURDAY = datetime(2026, 11, 21, 15, tzinfo=SEOUL)


def at(year: int, month: int, day: int, hour: int = 12) -> datetime:
    return datetime(year, month, day, hour, tzinfo=SEOUL)


def days(key: str, value: str = "x", quote: str = "", said: datetime = SATURDAY) -> str:
    start, end = span_of(key, value, quote, said)
    return "" if start is None or end is None else f"{start:%Y-%m-%d}..{end:%m-%d}"


def kept(text: str, quote: str = "", said: datetime = SATURDAY) -> Memory:
    memory = replace(Memory.parse(text), quote=quote, said_at=said)
    start, end = span_of(memory.key, memory.value, quote, said)
    return replace(memory, valid_from=start, valid_until=end)


def read(text: str, later: int, quote: str = "", said: datetime = SATURDAY) -> str:
    return render(kept(text, quote, said), said + timedelta(days=later))


@pytest.mark.parametrize(
    "hour, part",
    [
        (0, "새벽"),
        (4, "새벽"),
        (5, "아침"),
        (8, "아침"),
        (9, "오전"),
        (12, "점심"),
        (14, "오후"),
        (18, "저녁"),
        (20, "저녁"),
        (21, "밤"),
        (23, "밤"),
    ],
)
def test_the_clock_names_the_part_of_the_day(hour, part):
    assert clock_text(at(2026, 11, 22, hour)) == f"2026년 11월 22일 일요일 {part}"


@pytest.mark.parametrize(
    "text",
    ["지금 몇 시야?", "오늘 뭐 했어?", "내일 뭐 해?", "무슨 요일이야", "주말에 뭐 하지", "오늘 며칠이야", "아침 먹었어?", "금욜에 봐", "3시에 만나",
     "세 시에 보자", "크리스마스까지 얼마나 남았어", "다음 주에 이사해", "밤에 잠이 안 와", "몇시간 뒤면 새해다", "[내일 일정: 카페]"],
)  # fmt: skip
def test_it_hears_that_a_text_speaks_of_time(text):
    assert speaks_of_time(text)


@pytest.mark.parametrize(
    "text",
    ["시간 있어?", "뭐 해?", "나 왔어", "다시 해 봐", "보낼게", "밤하늘 좋아해", "군밤 먹고 싶다", "금주 중이야", "그제야 알았어", "3시간 걸렸어",
     "로라야 심심해", "[좋아하는 음식: 떡볶이]", "반시계 방향", "시원하다"],
)  # fmt: skip
def test_it_hears_that_a_text_does_not(text):
    assert not speaks_of_time(text)


@pytest.mark.parametrize(
    "key, value, quote, expected",
    [
        ("오늘 일정", "면접", "", "2026-11-21..11-21"),
        ("내일 일정", "카페", "", "2026-11-22..11-22"),
        ("모레 일정", "이사", "", "2026-11-23..11-23"),
        ("글피 일정", "여행", "", "2026-11-24..11-24"),
        ("어제 일정", "영화", "", "2026-11-20..11-20"),
        ("그저께 일정", "영화", "", "2026-11-19..11-19"),
        ("이번 주 일정", "출장", "", "2026-11-16..11-22"),
        ("다음 주 일정", "출장", "", "2026-11-23..11-29"),
        ("지난주 일정", "출장", "", "2026-11-09..11-15"),
        ("다음 주 일정", "금요일에 시험", "", "2026-11-27..11-27"),
        ("다음 주 일정", "수욜에 연봉협상", "", "2026-11-25..11-25"),
        ("이번 주 일정", "일요일에 결혼식", "", "2026-11-22..11-22"),
        ("이번 주 일정", "대청소", "주말에 대청소할 거야", "2026-11-21..11-22"),
        ("향후 일정", "시험", "3월 2일에 시험이야", "2027-03-02..03-02"),
        ("향후 일정", "콘서트", "12월 25일에 콘서트 가", "2026-12-25..12-25"),
        ("향후 일정", "콘서트", "크리스마스에 콘서트 가", "2026-12-25..12-25"),
        ("향후 일정", "휴가", "다음 달 3일에 휴가야", "2026-12-03..12-03"),
        ("향후 일정", "휴가", "다음 달에 휴가야", "2026-12-01..12-31"),
        ("향후 일정", "정산", "월말에 정산해", "2026-11-21..11-30"),
        ("향후 일정", "시험", "3일 뒤에 시험이야", "2026-11-24..11-24"),
        ("향후 일정", "시험", "2주 뒤에 시험이야", "2026-12-05..12-05"),
        ("향후 일정", "시험", "사흘 뒤 시험이야", "2026-11-24..11-24"),
        ("향후 일정", "소개팅", "토요일에 소개팅 잡혔어", "2026-11-28..11-28"),
        ("향후 일정", "생일파티", "토요일에 생일파티 가는데 선물 아직도 못샀어", "2026-11-28..11-28"),
        ("향후 일정", "여행", "12월 3일부터 5일까지 여행이야", "2026-12-03..12-05"),
        ("향후 일정", "시험", "25일에 시험이야", "2026-11-25..11-25"),
        ("향후 일정", "결혼", "내년 5월 3일에 결혼해", "2027-05-03..05-03"),
        ("여행 계획", "다음주 제주도", "", "2026-11-23..11-29"),
        ("엄마", "수술이 다음주", "", "2026-11-23..11-29"),
    ],
)
def test_the_days_a_memory_speaks_of(key, value, quote, expected):
    assert days(key, value, quote) == expected


@pytest.mark.parametrize(
    "key, value, quote",
    [
        ("향후 일정", "시험", "2월 30일에 시험이야"),
        ("향후 일정", "시험", "13월 2일에 시험이야"),
        ("향후 일정", "시험", "시험 언젠가 있어"),
        ("향후 일정", "차례", "설날에 차례 지내"),
        ("생일", "3월 2일", "내 생일은 3월 2일이야"),
        ("직업", "간호사", "나 내일부터 간호사야"),
        ("좋아하는 음식", "떡볶이", "오늘도 떡볶이 먹었어 좋아해"),
        ("기념일", "부모님 결혼기념일 5월 3일", ""),
        ("향후 일정", "시험", "내일이나 모레 시험이야"),
    ],
)
def test_no_span_without_one_day_that_exists(key, value, quote):
    assert days(key, value, quote) == ""


def test_borders_of_month_year_and_leap_year():
    assert days("내일 일정", said=at(2026, 12, 31)) == "2027-01-01..01-01"
    assert days("다음 주 일정", said=at(2026, 12, 31)) == "2027-01-04..01-10"
    assert days("내일 일정", said=at(2028, 2, 28)) == "2028-02-29..02-29"
    assert days("내일 일정", said=at(2027, 2, 28)) == "2027-03-01..03-01"
    assert days("향후 일정", "x", "2월 29일에 봐", at(2026, 11, 21)) == "2028-02-29..02-29"
    assert days("향후 일정", "x", "다음 달 31일에 봐", at(2026, 10, 5)) == ""
    assert days("다음 달 일정", said=at(2026, 12, 15)) == "2027-01-01..01-31"


def test_past_tense_looks_back():
    assert days("지난 일정", "결혼식", "토요일에 결혼식 갔다 왔어", at(2026, 11, 25)) == "2026-11-21..11-21"
    assert days("지난 일정", "여행", "3월 2일에 여행 갔어") == "2026-03-02..03-02"


def test_a_bare_weekday_is_the_next_one_even_on_that_day():
    assert days("향후 일정", "시험", "토요일에 시험이야") == "2026-11-28..11-28"


def test_the_span_is_whole_days_in_the_users_zone():
    start, end = span_of("내일 일정", "카페", "", SATURDAY)
    assert (start, end) == (at(2026, 11, 22, 0), datetime(2026, 11, 22, 23, 59, 59, tzinfo=SEOUL))


@pytest.mark.parametrize(
    "later, text",
    [(0, "[내일 일정: 카페]"), (1, "[오늘 일정: 카페]"), (2, "[어제 일정: 카페]"), (3, "[그저께 일정: 카페]"),
     (4, "[지난 일정: 카페 (11월 22일)]"), (60, "[지난 일정: 카페 (2026년 11월 22일)]")],
)  # fmt: skip
def test_a_plan_for_tomorrow_moves_with_the_days(later, text):
    assert read("[내일 일정: 카페]", later) == text


@pytest.mark.parametrize(
    "text, quote, later, expected",
    [
        ("[이번 주 일정: 출장]", "", 0, "[이번 주 일정: 출장]"),
        ("[이번 주 일정: 출장]", "", 3, "[지난주 일정: 출장]"),
        ("[이번 주 일정: 출장]", "", 10, "[지난 일정: 출장 (11월 16일~22일)]"),
        ("[다음 주 일정: 금요일에 시험]", "", 0, "[다음 주 일정: 시험 (금요일)]"),
        ("[다음 주 일정: 금요일에 시험]", "", 2, "[이번 주 일정: 시험 (금요일)]"),
        ("[다음 주 일정: 금요일에 시험]", "", 5, "[내일 일정: 시험]"),
        ("[다음 주 일정: 금요일에 시험]", "", 6, "[오늘 일정: 시험]"),
        ("[향후 일정: 시험]", "3월 2일에 시험이야", 0, "[향후 일정: 시험 (2027년 3월 2일)]"),
        ("[향후 일정: 토요일 소개팅]", "", 7, "[오늘 일정: 소개팅]"),
        ("[엄마: 수술이 다음주]", "", 3, "[엄마: 수술이 이번 주]"),
        ("[엄마: 수술이 다음주]", "", 10, "[엄마: 수술이 지난주]"),
        ("[형: 내일 군대]", "", 1, "[형: 오늘 군대]"),
        ("[내일 일정: 내일까지 과제]", "", 1, "[오늘 일정: 오늘까지 과제]"),
        ("[내일 일정: 내일 병원]", "", 2, "[어제 일정: 병원]"),
        ("[여행 계획: 제주도]", "다음 달에 제주도 가", 0, "[여행 계획: 제주도 (다음 달)]"),
        ("[여행 계획: 제주도]", "다음 달에 제주도 가", 50, "[지난 여행 계획: 제주도 (지난달)]"),
        ("[오늘 날씨: 흐림]", "", 1, "[어제 날씨: 흐림]"),
        ("[직업: 간호사]", "나 오늘부터 간호사야", 9, "[직업: 간호사]"),
        ("[생일: 3월 2일]", "", 9, "[생일: 3월 2일]"),
        ("[상태: 면접 떨어짐]", "오늘 면접 떨어졌어", 9, "[상태: 면접 떨어짐]"),
    ],
)
def test_it_reads_relative_to_now(text, quote, later, expected):
    assert read(text, later, quote) == expected


def test_a_memory_without_a_time_is_read_as_it_stands():
    assert render(Memory("내일 일정", "카페"), SATURDAY) == "[내일 일정: 카페]"


def test_a_store_that_keeps_utc_reads_the_same_days():
    memory = kept("[내일 일정: 카페]")
    moved = replace(memory, **{f: getattr(memory, f).astimezone(UTC) for f in ("said_at", "valid_from", "valid_until")})
    assert render(moved, SATURDAY + timedelta(days=1)) == "[오늘 일정: 카페]"


@pytest.mark.parametrize("text", ["[내일 일정: 카페]", "[이번 주 일정: 출장]", "[오늘 날씨: 비]"])
def test_every_reading_is_again_a_memory(text):
    for later in range(0, 400, 3):
        assert Memory.parse(read(text, later)).value


@pytest.mark.parametrize(
    "text, last_day",
    [("[오늘 날씨: 비]", 0), ("[내일 날씨: 비]", 1), ("[오늘 기분: 우울함]", 1), ("[오늘 요리: 카레]", 3), ("[내일 일정: 카페]", 31),
     ("[상태: 면접 떨어짐]", 60), ("[건강: 감기]", 30), ("[먹고 싶은 음식: 마라탕]", 3), ("[향후 일정: 시험]", 180)],
)  # fmt: skip
def test_states_fade_after_their_span_and_plans_a_month_later(text, last_day):
    assert not faded(kept(text), SATURDAY + timedelta(days=last_day))
    assert faded(kept(text), SATURDAY + timedelta(days=last_day + 1, hours=1))


@pytest.mark.parametrize("text", ["[직업: 간호사]", "[좋아하는 음식: 떡볶이]", "[생일: 3월 2일]", "[알레르기: 새우]"])
def test_what_lasts_never_fades(text):
    assert not faded(kept(text), SATURDAY + timedelta(days=3000))


def test_a_pinned_memory_never_fades():
    assert not faded(replace(kept("[오늘 날씨: 비]"), pinned=True), SATURDAY + timedelta(days=99))


def test_every_fading_kind_says_why():
    assert all(k.why for k in KINDS.values() if k.fades is not None)


@pytest.mark.parametrize("word", SLOTS)
def test_every_day_word_of_a_key_is_understood(word):
    assert kind(f"{word} 일정").family == "plan"
    assert bool(days(f"{word} 일정")) == (word not in ("향후", "지난"))


@pytest.mark.parametrize(
    "spelt, key",
    [("다음주일정", "다음 주 일정"), ("mbti", "MBTI"), ("사는곳", "사는 곳"), ("남친", "연인"), ("롤 티어", "롤 티어")],
)
def test_keys_have_one_spelling(spelt, key):
    assert canonical(spelt) == key
