"""A memory woven into a written answer reads as if it had been written for it."""

from __future__ import annotations

import pytest

from ohlora_tui.records import Memory, Recall, Turn
from ohlora_tui.written.weave import core, woven


def recall(text: str) -> Recall:
    return Recall(Memory.parse(text), 0.9, True, text)


@pytest.mark.parametrize(
    ("answer", "mine", "told"),
    [
        ("결혼식이니 단정한 셔츠 어때?", "[내일 일정: 파티]", "파티니 단정한 셔츠 어때?"),
        ("결혼식이니까 일찍 자.", "[내일 일정: 친구랑 카페 가기로 함]", "카페니까 일찍 자."),
        ("내일 결혼식은 몇 시야?", "[내일 일정: 시험]", "내일 시험은 몇 시야?"),
    ],
)
def test_particles_follow_the_users_own_word(answer: str, mine: str, told: str) -> None:
    row = Turn("뭐 입지?", recalls=(recall("[내일 일정: 결혼식]"),), answer=answer)
    found = woven(row, [recall(mine)])
    assert found and found.answer == told


def test_the_noun_of_a_plan_is_a_word_and_stands_alone() -> None:
    assert core("장보기") == "장보기" and core("영화 보기") == "영화"
    row = Turn("뭐 사지?", recalls=(recall("[건강: 배]"),), answer="담배는 안 돼.")
    assert woven(row, [recall("[건강: 목]")]) is None


def test_what_ends_in_a_verb_takes_the_place_of_no_noun() -> None:
    row = Turn("잠이 안 와", recalls=(recall("[고민: 시험]"),), answer="시험 때문에 머리가 안 꺼지나 보다.")
    assert woven(row, [recall("[고민: 잠이 안 옴]")]) is None and woven(row, [recall("[고민: 층간 소음]")])


def test_what_goes_on_is_nobodys_name_and_a_plan_of_the_week_is_not_todays() -> None:
    row = Turn("보고 싶어", recalls=(recall("[연인: 민수]"),), answer="민수한테 그대로 보내 봐.")
    assert woven(row, [recall("[연인: 장거리 연애 중]")]) is None
    row = Turn("뭐 있다고 했지?", recalls=(recall("[오늘 일정: 면접]"),), answer="오늘 면접 있다고 했어.")
    assert woven(row, [recall("[이번 주 일정: 환갑 식사]")]) is None and woven(row, [recall("[오늘 일정: 환갑 식사]")])


def test_two_plans_in_one_answer_are_not_woven() -> None:
    row = Turn("바쁘다", recalls=(recall("[오늘 일정: 시험]"), recall("[내일 일정: 면접]")), answer="시험 끝나면 면접이네.")
    assert woven(row, [recall("[오늘 일정: 파티]")]) is None


def test_an_answer_that_names_another_day_is_not_woven() -> None:
    row = Turn("뭐 입지?", recalls=(recall("[내일 일정: 결혼식]"),), answer="내일 결혼식이니 셔츠 어때?")
    assert woven(row, [recall("[오늘 일정: 파티]")]) is None
