"""A memory's value is the user's own words, its last word trimmed or made a noun."""

from __future__ import annotations

import pytest

from ohlora_tui.engine.grounded import KEYS, LONGEST, MOST_WORDS, key_choices, value_spans
from ohlora_tui.engine.nouns import endings, nominal
from ohlora_tui.memory.keys import KINDS

NOUNS = {
    "했어": "함", "떨어졌어": "떨어짐", "우울해": "우울함", "갔어": "감", "먹었어": "먹음", "왔어": "옴", "됐어": "됨", "바빠": "바쁨",
    "아팠어": "아픔", "추워": "추움", "힘들어": "힘듦", "몰랐어": "모름", "간다": "감", "먹는다": "먹음", "합니다": "함", "했습니다": "함",
    "좋은데": "좋음", "걸려서": "걸림", "끝났어요": "끝남", "기다려": "기다림", "없어": "없음", "오신대": "오심",
}  # fmt: skip
TRIMMED = {
    "카페를": "카페",
    "회사에서": "회사",
    "학생이야": "학생",
    "나이야": "나이",
    "친구야": "친구",
    "커피예요": "커피",
    "김유진입니다": "김유진",
}


@pytest.mark.parametrize("word, noun", NOUNS.items())
def test_a_verb_becomes_a_noun(word, noun):
    assert nominal(word) == noun


@pytest.mark.parametrize("word, bare", TRIMMED.items())
def test_particle_and_copula_go(word, bare):
    assert endings(word)[0] == bare


@pytest.mark.parametrize("word", ["고양이", "휴가", "회의", "영어", "한국어", "커피", "작가", "새우"])
def test_a_noun_that_looks_inflected_stays_whole(word):
    assert word in endings(word)


@pytest.mark.parametrize(
    "message, value",
    [
        ("나 내일 친구랑 카페 가기로 했어", "친구랑 카페 가기로 함"),
        ("오늘 면접 떨어졌어", "면접 떨어짐"),
        ("요즘 계속 우울해ㅠㅠ", "요즘 계속 우울함"),
        ("나는 대전에서 살아", "대전"),
        ("우리 고양이가 아파", "고양이"),
        ("월급이 너무 적어", "월급이 적음"),
        ("나 간호사야!", "간호사"),
        ("코인으로 돈 날렸어", "코인으로 돈 날림"),
    ],
)
def test_the_value_people_would_write_is_offered(message, value):
    assert value in value_spans(message)


def test_values_are_made_of_the_message_alone():
    message = "나 내일 친구랑 카페 가기로 했어"
    words = message.split()
    for value in value_spans(message):
        *before, last = value.split()
        assert " ".join(before) in message
        assert any(last[:1] in (w[0], "함") for w in words)
        assert len(value.split()) <= LONGEST


@pytest.mark.parametrize("message", ["", "ㅋㅋㅋㅋ", "...", "나", "?!"])
def test_a_message_without_content_offers_nothing(message):
    assert value_spans(message) == []


def test_brackets_never_enter_a_value_and_long_messages_are_cut():
    assert all("[" not in v and "]" not in v for v in value_spans("[키: 값] 이야"))
    assert len(value_spans("가나 다라 마바 " * 500)) <= MOST_WORDS * LONGEST * 2


def test_a_bare_verb_is_no_value():
    assert "함" not in value_spans("나 그거 했어") and value_spans("갔어") == []


def test_every_key_the_keeper_knows_can_be_written():
    days = {"일정", "약속", "날씨", "기분", "기분 상태", "요리"}  # written with their day: 내일 일정
    assert set(KINDS) - days <= set(KEYS)


def test_likes_take_their_thing_from_the_message():
    assert "좋아하는 붕어빵" in key_choices("난 붕어빵이 좋아")
    assert "싫어하는 음식" in key_choices("오이 싫어") and set(KEYS) <= set(key_choices(""))
