"""After the first turn she leans on what was told: she quotes it when asked, owns up when she missed it, and answers the clause that asks."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from ohlora_tui.bases import BUNDLED
from ohlora_tui.embedder import Vectors
from ohlora_tui.records import Memory, Recall, Turn
from ohlora_tui.written import told
from ohlora_tui.written.clauses import clauses
from ohlora_tui.written.crisis import in_danger
from ohlora_tui.written.remarks import Remarks
from ohlora_tui.written.voice import Voice

BANK = BUNDLED / "mini" / "rows"
TALK = ("하이 뭐해?", "그냥 핸드폰ㅋㅋ 나 중2야", "체육! 나 축구부거든", "다음 주에 지은이랑 제주도 가", "오늘 골 넣었어 ㅋㅋㅋ")


def no_meaning(texts: Sequence[str]) -> Vectors:
    """An embedder that finds nothing near: only the words decide."""
    return np.eye(len(texts), dtype=np.float32)


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        ("고마워 ㅋㅋ 근데 배고파서 잠이 안 와", ("고마워 ㅋㅋ", "배고파서 잠이 안 와")),
        ("쌀떡파지! 근데 주말엔 뭐 하지", ("쌀떡파지!", "주말엔 뭐 하지")),
        ("지금은 괜찮아! 저녁 뭐 먹을까", ("지금은 괜찮아!", "저녁 뭐 먹을까")),
        ("시험 망했어ㅠㅠ", ("시험 망했어ㅠㅠ",)),
        ("3.5키로 뛰었어", ("3.5키로 뛰었어",)),
        ("ㅋㅋㅋ", ("ㅋㅋㅋ",)),
    ],
)
def test_a_message_falls_into_the_parts_that_mean_something(message: str, parts: tuple[str, ...]) -> None:
    assert clauses(message) == parts


@pytest.mark.parametrize(
    ("asked", "quote"),
    [
        ("나 무슨 부인지 알지?", "체육! 나 축구부거든"),
        ("나 누구랑 간다고 했지?", "다음 주에 지은이랑 제주도 가"),
        ("아까 말했는데 내가 오늘 뭐 넣었다고 했지", "오늘 골 넣었어 ㅋㅋㅋ"),
    ],
)
def test_what_was_told_is_quoted_when_it_is_asked_for(asked: str, quote: str) -> None:
    assert told.heard(told.question(asked), TALK, no_meaning) == quote


@pytest.mark.parametrize("message", ["나 언제 결혼할 수 있을까?", "나 기억해?", "뭐 먹지", "너 몇 살이야?", "우리 언제 만나", "이름은 뭐야? 몇 살이야?"])
def test_a_question_about_the_future_or_about_her_asks_for_nothing_told(message: str) -> None:
    assert told.question(message) == ""


def test_nothing_told_is_nothing_quoted() -> None:
    assert told.heard("나 무슨 과인지 알지", ("배고파", "오늘 춥다"), no_meaning) == ""


def test_a_memory_is_asked_for_by_its_key_and_the_newest_one_answers() -> None:
    def recall(number: int, key: str, value: str) -> Recall:
        memory = Memory(key, value, id=number)
        return Recall(memory, 0.9, True, memory.text)

    pets = (recall(1, "반려동물", "강아지"), recall(2, "반려동물", "콩"))
    assert told.known("우리 강아지 이름 기억해", pets) == "콩"
    assert told.known("저 무슨 일 하는지 기억해요", (recall(3, "직업", "간호사"),)) == "간호사"
    assert told.known("내 생일 언제게", pets) == ""
    assert told.recalled("내가 내일 뭐 있다고 했는지 기억하지", (recall(4, "내일 일정", "면접"),)) == "면접"
    assert told.recalled("내가 내일 면접 있다고 했는지 기억하지", (recall(4, "내일 일정", "면접"),)) == ""


@pytest.mark.parametrize(
    ("message", "said", "rest"),
    [
        ("수육이라니까", "수육이라", ""),
        ("아들이 군대 간다고 했잖아", "아들이 군대 간다", ""),
        ("그게 아니라 시험이 끝났다고ㅋㅋ", "시험이 끝났다", ""),
        ("내 생일이라니까ㅋㅋㅋ", "네 생일이라", ""),
        ("간호사라고 했잖아요ㅎㅎ 이제 자러 갈게요", "간호사라", "이제 자러 갈게요"),
        ("아까 말했잖아", "", ""),
        ("저는 한복 색깔을 여쭤본 거예요", "", ""),
    ],
)
def test_what_she_missed_is_heard_from_how_it_is_said_again(message: str, said: str, rest: str) -> None:
    missed = told.missed(message)
    assert missed and (missed.said, missed.rest) == (said, rest)


@pytest.mark.parametrize("message", ["맛있다고?", "엄마가 괜찮다고 했어", "나는 좋다고 생각해", "고마워", "배고파"])
def test_other_messages_complain_of_nothing(message: str) -> None:
    assert told.missed(message) is None


@pytest.mark.parametrize(
    ("message", "plain", "rest"),
    [
        ("나 pdf 물어본 적 없는데 ㅋㅋㅋ 추가 비용 달라는 말을 어떻게 꺼내냐고", "", "추가 비용 달라는 말을 어떻게 꺼내냐고"),
        ("아니 시험 문제 물어본 게 아니고 ㅋㅋㅋ 도서관 갈까 말까 물어본 거야", "", "도서관 갈까 말까?"),
        ("아니 담임이 싫은 게 아니라 미대 가고 싶다 했더니 늦었대", "미대 가고 싶다 했더니 늦었대", ""),
        ("옷 얘기 아니고 폰 얘기였어 ㅎㅎ 애가 귤을 좋아하거든", "폰 얘기였어 ㅎㅎ", "애가 귤을 좋아하거든"),
    ],
)
def test_what_was_not_meant_is_told_from_what_was(message: str, plain: str, rest: str) -> None:
    missed = told.missed(message)
    assert missed and (missed.said, missed.plain, missed.rest) == ("", plain, rest)


def test_an_ending_that_tells_what_was_seen_is_no_correction() -> None:
    assert told.missed("네 1학년인데 발표도 손들고 하더라고요 ㅎㅎ") is None
    again = told.missed("걔가 우리 팀 리더라니까")
    assert again and again.plain == "걔가 우리 팀 리더"


def test_one_who_wonders_at_her_words_is_heard_by_the_words_they_repeat() -> None:
    found = told.puzzled("1번이 뭐여ㅋㅋ 파스 붙일까", "답은 네가 반쯤 알고 있는 것 같은데? 마음속 1번부터 말해 봐.")
    assert found and found.rest == "파스 붙일까"
    assert told.puzzled("신난다니 ㅋㅋ 청소 중이야", "네 덕분에 나도 신난다.") and not told.puzzled("신난다니 ㅋㅋ 청소 중이야", "그랬구나.")


def test_she_answers_what_was_meant_behind_her_apology(voice: Voice) -> None:
    said = "시험 질문은 어렵다! 틀린 말을 하느니 모른다고 할게."
    found = voice.answer(Turn("아니 시험 물어본 게 아니고 ㅋㅋㅋ 도서관 갈까 말까 물어본 거야", last_summary="시험"), frozenset({said}), ("도서관 갈까?",), said)
    assert found and found.turn.answer.startswith("미안, 내가 딴소리했네. ") and not found.turn.answer.endswith("이어서 해 줘.")


def test_what_is_asked_for_again_and_she_cannot_give_is_answered_as_a_question(voice: Voice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voice, "_remarks", Remarks([]))
    said = "응, 그랬구나. 이어서 말해 줘."
    found = voice.answer(Turn("아니 동굴 박쥐 회칙 몇 조인지 알려달라고ㅋㅋ", last_summary="박쥐"), frozenset({said}), ("우리 동굴 박쥐 학회 회칙이 몇 조까지 있지",), said)
    asked = [line for kind in ("asked0", "ask_rec", "ask_her") for line, _ in voice._asks[kind]]
    assert found and any(line in found.turn.answer for line in asked)


def test_she_owns_up_with_the_users_own_words(voice: Voice) -> None:
    found = voice.answer(Turn("이순신 도서관이라니까", last_summary="사용자는 어디 감"), frozenset(), ("나 도서관 왔어",))
    assert found and "이순신 도서관이라고 했" in found.turn.answer
    found = voice.answer(Turn("아까 말했잖아"), frozenset(), ("우리 집에 양파가 떨어졌어",))
    assert found and "우리 집에 양파가 떨어졌어" in found.turn.answer


def test_a_first_message_is_never_taken_for_a_complaint(voice: Voice) -> None:
    found = voice.answer(Turn("배고프다고!!"), frozenset())
    assert found is None or "했지" not in found.turn.answer


def test_what_was_never_told_is_not_made_up(voice: Voice) -> None:
    found = voice.answer(Turn("내 생일 언제게?"), frozenset(), ("안녕", "오늘 춥다"))
    assert found and "\u201c" not in found.turn.answer and ("못 들" in found.turn.answer or "없네" in found.turn.answer)


def test_after_the_first_turn_an_unsure_row_stays_silent(voice: Voice) -> None:
    message = "그 동굴 박쥐 학회 총무가 또 바뀌었대"
    found = voice.answer(Turn(message, last_summary="사용자는 동굴 학회 이야기"), frozenset(), ("나 동굴 학회 다녀",))
    assert found is None or found.score >= 0.6
    asked = voice.ask_back(Turn(message, last_summary="사용자는 동굴 학회 이야기"), frozenset())
    assert asked.turn.answer and (asked.turn.summary or "").startswith("사용자는 동굴 학회 이야기")


def test_every_kind_of_line_is_in_the_bundled_table() -> None:
    from ohlora_tui.written import askback

    assert Path(BANK / "asks.tsv").read_bytes() == Path("finetune/data/ask_back/asks.tsv").read_bytes()
    assert set(askback.load(BANK / "asks.tsv")) >= askback.KINDS


@pytest.mark.parametrize(
    ("message", "halves"),
    [
        ("다이어트 시작했는데 벌써 포기하고 싶어", ("다이어트 시작했는데", "벌써 포기하고 싶어")),
        ("공포영화 혼자 봤는데 무서워서 못 자겠어", ("공포영화 혼자 봤는데", "무서워서 못 자겠어")),
        ("배고파", ()),
        ("근데 뭐해", ()),
    ],
)
def test_joined_clauses_fall_into_two_halves(message: str, halves: tuple[str, ...]) -> None:
    from ohlora_tui.written.clauses import links

    assert links(message) == halves


@pytest.mark.parametrize(("typed", "same"), [("hi", "안녕"), ("Hello!", "안녕"), ("머행", "뭐해"), ("모함?", "뭐해"), ("hit 쳤어", "hit 쳤어")])
def test_greetings_and_chat_spellings_are_one(typed: str, same: str) -> None:
    from ohlora_tui.words import bare

    assert bare(typed) == same


def test_what_was_only_believed_is_no_such_event() -> None:
    from ohlora_tui.written.agree import conflicts

    assert "event" in conflicts("지갑 잃어버린 줄 알았는데 가방에 있었어", "지갑 잃어버렸어", "카드 정지부터 하자.", lambda a, b: 0.0)


CRISES = ["죽고 싶다고", "나 진짜 죽고 싶다고 했잖아", "더 이상 살고 싶지 않아", "고마워 근데 나 죽고 싶어", "오늘 시험 망쳤는데 그냥 죽고 싶어", "자해했어", "동반자살하자는 사람 만나기로 함",
          "나 자살할까 생각 중이야", "손목 그었어", "약 모아 뒀어 한번에 먹으려고", "사라지고 싶다고ㅠㅠ"]  # fmt: skip


@pytest.mark.parametrize("message", CRISES)
@pytest.mark.parametrize("past", [(), ("시험 망쳤어", "너무 힘들어")], ids=["first", "later"])
def test_a_crisis_is_answered_with_help_in_any_turn_and_never_as_a_slip(voice: Voice, message: str, past: tuple[str, ...]) -> None:
    turn, said = Turn(message, last_summary="사용자는 시험을 망침" if past else ""), set()
    for _ in range(3):  # again and again, and still help
        found = voice.answer(turn, frozenset(said), past)
        assert found and "109" in found.turn.answer and "했지" not in found.turn.answer, message
        if message != "약 모아 뒀어 한번에 먹으려고":  # known by its rows alone
            said.add(found.turn.answer)


@pytest.mark.parametrize("message", ["이 과제 빨리 끝내고 싶어", "기숙사에서 살고 싶지 않아", "자살골 넣었어", "손목 그냥 좀 아파", "배고파 죽겠다", "혼자 살까", "결혼할까 혼자 살까", "숙제 혼자 해야 돼", "만나자해서 나왔어"])
def test_a_task_a_room_or_a_goal_is_no_crisis(voice: Voice, message: str) -> None:
    found = voice.answer(Turn(message), frozenset())
    assert found is None or "109" not in found.turn.answer


@pytest.mark.parametrize("message", ["가나다 " * 700, "팀장님이 오늘 또 회의에서 내 의견을 무시했어. " * 80, "죽고 싶어 " * 400])
def test_a_message_of_two_thousand_letters_is_answered_at_once(voice: Voice, message: str) -> None:
    began = time.process_time()
    assert voice.answer(Turn(message), frozenset()) or voice.ask_back(Turn(message), frozenset())
    assert time.process_time() - began < 3  # 0.3 s; it was 18 s when each of eighty sentences was weighed


def test_a_life_that_one_wants_to_end_is_never_taken_for_a_task() -> None:
    from ohlora_tui.written.crisis import harmless

    assert harmless("이 과제 빨리 끝내고 싶어")
    assert not any(harmless(m) for m in ("과제도 인생도 끝내고 싶어", "숙제고 뭐고 그냥 다 끝내고 싶어", "끝내고 싶어", "공부도 삶도 끝내고 싶어"))


def test_what_stood_behind_an_apology_is_not_said_again() -> None:
    from ohlora_tui.written.apology import after_apology

    assert after_apology("미안, 내가 딴소리했네. 첫 조각은 눈 감고 먹어. 🍗") == "첫 조각은 눈 감고 먹어. 🍗"
    assert after_apology("아 맞다, 나간다고 했지. 신발은 편한 걸로.") == "신발은 편한 걸로."
    assert after_apology("신발은 편한 걸로.") == ""


def test_nobody_is_thanked_for_a_call_that_was_none(voice: Voice) -> None:
    for message, thanked in (("우울해", False), ("우울해 로라야", True)):
        found = voice.answer(Turn(message), frozenset())
        assert found and ("이름 불러" in found.turn.answer) == thanked


def test_a_good_morning_is_no_good_night(voice: Voice) -> None:
    found = voice.answer(Turn("안녕히 주무셨어요"), frozenset())
    assert found and "푹 자" not in found.turn.answer


@pytest.mark.parametrize("past", [(), ("배고프다",)])
def test_one_who_is_ill_gets_no_yes_by_chance(voice: Voice, past: tuple[str, ...]) -> None:
    ill = Recall(Memory("건강", "당뇨"), 1.0, True, "[건강: 당뇨]")
    yes = [line for line, _ in voice._asks["shall"]]
    for message in ("케이크 한 입만 먹을까?", "아니 그게 아니라 케이크 한 입만 먹을까?"):
        found = voice.answer(Turn(message, recalls=(ill,)), frozenset(), past) or voice.ask_back(Turn(message, recalls=(ill,)), frozenset())
        assert not any(line in found.turn.answer for line in yes), found.turn.answer


def test_a_way_to_say_it_that_is_taken_back_with_a_laugh_is_no_danger() -> None:
    assert not in_danger("아니 진짜 죽고싶단게 아니라 쪽팔려서 한 말이야ㅋㅋㅋ")
    assert in_danger("죽고 싶다는 게 아니라 그냥 사라지고 싶어 ㅎㅎ") and in_danger("죽고 싶은 건 아니야") and in_danger("죽고싶다 ㅋㅋ")
