"""Where nothing is near and the model is not sure, she asks back about what was said, and never twice the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from ohlora_tui.errors import ModelError
from ohlora_tui.records import Turn
from ohlora_tui.written.askback import ask_back, fits, kind_of, load, reply_of, sure, thing

ASKS = Path(__file__).parent.parent / "finetune" / "data" / "ask_back" / "asks.tsv"


@pytest.mark.parametrize(
    ("message", "noun"),
    [
        ("로라야 우리 강아지가 무지개다리 건넜어", "강아지"),
        ("나 진로를 못 정하겠어", "진로"),
        ("친구가 나한테 돈 빌려달래", "친구"),
        ("층간소음 때문에 미치겠어", ""),
        ("배 아파", ""),
        ("남은 육수는 얼려도 되려나", "육수"),
        ("감자도 괜찮은데 고구마가 더 좋아", "고구마"),
    ],
)
def test_the_thing_is_a_noun_that_a_particle_marks(message: str, noun: str) -> None:
    assert thing(message) == noun


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("영화 추천해 줘", "wanted"),
        ("염색하면 무슨 색이 좋을까", "asked"),
        ("나 넘어졌어", "told"),
        ("손주가 영어로 뭐라 하는데 못 알아들어서 웃기만 했네요", "told"),
        ("강아지 발바닥에서 꼬순내 나", "told"),
        ("뭐라고 해야 돼", "asked"),
    ],
)
def test_a_wish_a_question_and_news_are_told_apart(message: str, kind: str) -> None:
    assert kind_of(message) == kind


def test_particles_follow_the_noun_and_no_slot_is_left_open() -> None:
    asks = load(ASKS)
    for message in (
        "강아지가 건넜어",
        "진로를 못 정하겠어",
        "선물은 뭐가 좋을까",
        "노래를 불러 줘",
        "넘어졌어",
        "어쩌지",
        "놀아줘",
    ):
        turn = Turn(message)
        for _ in range(10):
            turn = ask_back(asks, turn, frozenset({turn.answer}))
            assert turn.answer and "{" not in turn.answer + (turn.summary or "") and not turn.answer.startswith((" ", ","))
    assert "진로은" not in ask_back(asks, Turn("진로를 못 정하겠어"), frozenset()).answer


def test_a_question_is_not_asked_twice_while_another_is_left() -> None:
    asks, said = load(ASKS), set()
    for _ in range(4):
        answer = ask_back(asks, Turn("강아지가 건넜어"), frozenset(said)).answer
        assert answer not in said
        said.add(answer)


def test_sure_needs_both_likelihood_and_nearness() -> None:
    assert sure(-0.3, 0.4) and not sure(-0.9, 0.4) and not sure(-0.3, 0.1)


def test_a_missing_or_thin_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="되묻는 말"):
        load(tmp_path / "none.tsv")
    (tmp_path / "thin.tsv").write_text("kind\tanswer\tsummary\ntold\t응?\t되물음\n")
    with pytest.raises(ModelError, match="asked"):
        load(tmp_path / "thin.tsv")


@pytest.mark.parametrize(
    ("message", "kind"),
    [("응", "yes"), ("ㅇㅇ 맞아", "yes"), ("아니 아직", "no"), ("안 했어", "no"), ("그냥 그래", "dunno"), ("왜?", "why"), ("그래?", "why")],
)
def test_a_bare_reply_is_taken_up_as_one(message: str, kind: str) -> None:
    assert reply_of(message) == kind
    told = ask_back(load(ASKS), Turn(message, last_summary="사용자는 이사함, 새집을 물음"), frozenset())
    assert told.summary and told.summary.startswith("사용자는 이사함, ")


@pytest.mark.parametrize("message", ["했어", "해", "잘", "오늘", "응 밥 먹었어"])
def test_a_part_of_a_reply_is_not_that_reply(message: str) -> None:
    assert reply_of(message) == ""


def test_a_verb_that_looks_like_a_noun_is_no_thing() -> None:
    from ohlora_tui.written.askback import thing

    assert thing("생각보다 괜찮은 것 같다가 밤만 되면 생각나서 힘들어요") == ""


@pytest.mark.parametrize(
    ("act", "message", "suits"),
    [
        ("plan", "아들이랑 낚시를 갔습니다.", False), ("plan", "토요일에 낚시 갈 거야", True), ("bad", "연습한 게 헛수고가 아니었나봐", False),
        ("bad", "쿼리만 봤더니 눈이 시원하더라", False), ("bad", "근데 먹으니까 애들이 더 신났어요", False), ("good", "전조등 퓨즈 빠진 거 못 찾아서 쌤한테 한소리 들음", False),
        ("bad", "연습이 헛수고였어", True), ("good", "놀러 갔는데 무릎이 아파", False), ("bad", "남편이 여권을 다섯 번은 꺼내 보더라고요 호호", False),
    ],
)  # fmt: skip
def test_lines_for_what_a_message_does_do_not_answer_its_opposite(act: str, message: str, suits: bool) -> None:
    assert fits(act, message) is suits


@pytest.mark.parametrize(
    ("message", "kind"),
    [("오늘 야자시간에 소설 씀 12페이지나", "told"), ("비밀 말해버렸대 내가 누구 좋아하는지", "told"), ("누가 카운터에 맡겨놨더라 현금도 그대로", "told"), ("제가 누우면 배 위로 올라와서 안 내려가요", "told"), ("병원 가시는 할머니", "told"), ("이거 괜찮은가요", "asked"), ("뭐 하니", "asked"), ("오늘 몇 명이나", "asked"), ("밖에 비 오나", "asked"), ("걔가 왜 그랬는지", "asked")],
)
def test_what_is_said_behind_what_was_told_asks_nothing(message: str, kind: str) -> None:
    assert kind_of(message) == kind
