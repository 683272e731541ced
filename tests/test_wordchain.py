"""끝말잇기 for real: she follows the rules, sees what breaks them, and owns up when she has no word left."""

from __future__ import annotations

import time

import pytest

from ohlora_tui.records import Turn
from ohlora_tui.written import wordchain
from ohlora_tui.written.voice import Voice
from ohlora_tui.written.wordchain import by_start, move

NOUNS = by_start("기차 차표 표범 범인 인사 사과 과일 일기 역사 여행 사자 자전거".split())
HERS = "‘기차’! 이제 ‘차’ 차례야."


def answer(message: str, last: str = "", spoken: tuple[str, ...] = ()) -> str:
    found = move(message, last, spoken, NOUNS)
    return found.answer if found else ""


def test_she_opens_with_a_word_that_can_be_followed() -> None:
    said = answer("로라야 끝말잇기 하자!")
    word, start = wordchain._SAID.findall(said)[0], said.split("‘")[2][0]
    assert word[-1] == start and start in NOUNS


def test_she_follows_the_users_word_with_its_last_letter() -> None:
    assert "‘표범’" in answer("차표!", HERS, ("끝말잇기 하자", HERS))
    assert "‘과일’" in answer("끝말잇기 나부터 사과")
    assert "‘과일’" in answer("끝말잇기 좋지. 내가 먼저 하지, 사과")
    assert "‘표범’" in answer("허허 알았네. 차라면, 차표", HERS)


@pytest.mark.parametrize("offer", ["좋아, 끝말잇기로 붙자! 내가 먼저 '기차'. 봐주는 건 없다 😏", "끝말잇기 하자! 내가 먼저 기차. 차로 시작하는 말 던져 봐! ✨"])
def test_a_game_that_a_written_row_opens_is_played_on(offer: str) -> None:
    assert "‘표범’" in answer("차표", offer, (offer,))


@pytest.mark.parametrize("message", ["ㅋㅋㅋ 좋아 너부터 해", "그래!", "ㄱㄱ"])
def test_who_takes_up_her_offer_gets_a_first_word(message: str) -> None:
    assert wordchain._SAID.search(answer(message, "조용한 가게에서 받는 시급이 제일 달지 ㅋㅋ 손님 올 때까지 나랑 끝말잇기 한 판?"))


def test_a_word_counts_beside_what_else_is_said() -> None:
    assert "‘표범’" in answer("차표! 아 잠깐 손님 왔다", HERS)
    assert "‘표범’" in answer("기차가 뭐야? 음 차표!", HERS)
    assert answer("잠깐! 손님 왔다", HERS) == ""


def test_who_has_won_or_wants_a_riddle_starts_no_new_game() -> None:
    assert answer("그럼 끝말잇기 내가 이긴 거다ㅋㅋ 수수께끼 내줘") == ""
    assert answer("엥 끝말잇기?ㅋㅋㅋ 급한게 좋아하는 사람이랑 같이 탔다고") == "" and answer("끝말잇기가 아니라 설렜다고") == ""
    assert answer("심심해 아니 끝말잇기 하자") and answer("갑자기 끝말잇기 하고 싶다")


def test_a_word_that_softens_its_first_letter_counts() -> None:
    assert "‘사자’" in answer("역사", "‘노력’! 이제 ‘력’ 차례야.", ("‘노력’", "사과"))


def test_a_word_that_breaks_the_rules_is_told_why() -> None:
    assert "‘차’부터" in answer("사과", HERS)
    assert "아까 나왔어" in answer("차표", HERS, ("차표",))


def test_she_owns_up_without_a_word_and_the_game_is_over() -> None:
    lost = answer("차돌", HERS)
    assert "내가 졌어" in lost and answer("돌멩이", lost) == ""


def test_giving_up_ends_the_game() -> None:
    won = answer("모르겠어 졌다", HERS)
    assert "내가 이겼어" in won and answer("차표", won) == ""


@pytest.mark.parametrize("message", ["오늘 회사에서 진짜 힘들었어", "차가 너무 막혀서 늦었어", "배고파", "그만", "끝말잇기 재미없어 그만하자", "고마워"])
def test_a_message_that_is_no_word_of_the_game_is_answered_as_ever(message: str) -> None:
    assert answer(message, HERS) == ""


def test_a_word_alone_is_no_game_without_one() -> None:
    assert answer("기차", "안녕! 오늘 어땠어?") == ""


def test_she_plays_in_the_chat_from_her_shipped_words(voice: Voice) -> None:
    first = voice.answer(Turn("끝말잇기 하자"), frozenset())
    assert first
    start = wordchain._turn(first.turn.answer)["start"]
    word = next(w for w in voice._nouns[start] if w not in first.turn.answer)
    second = voice.answer(Turn(word), frozenset({first.turn.answer}), ("끝말잇기 하자",), first.turn.answer)
    assert second and word not in wordchain._SAID.findall(second.turn.answer) and second.turn.expression and second.turn.expression.eyes == "크게"


def test_the_particle_behind_a_letter_is_the_letters_own() -> None:
    assert wordchain._by("장") == "으로" and wordchain._by("차") == "로" and wordchain._by("말") == "로"


def test_no_game_opens_with_an_illness() -> None:
    from finetune.rowbank import nouns

    assert nouns(["낱말", "탈장\t아픔", "위암\t병", "장례식\t슬픔", "암벽\t등산", "나무\t숲"]) == ["나무", "낱말", "암벽"]


@pytest.mark.parametrize("again", ["ㅋ", "너부터", "ㅎㅋ", "좋아 ", "차표! "])
def test_an_endless_answer_to_her_offer_is_read_at_once(again: str) -> None:
    start = time.process_time()
    for last in ("끝말잇기 한 판?", HERS):
        answer(again * 400 + "안 한다", last)
    assert time.process_time() - start < 0.5
