"""One turn: what is said is kept, what fails is told, nothing is said twice."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from ohlora_tui.errors import OhLoraError
from ohlora_tui.events import AnswerChunk, Event, FaceChanged, Recalled, Remembered, TurnDone
from ohlora_tui.records import Expression, Memory, Turn
from tests.fakes import NOON, FakeEngine, FakeRows, make_chat


def talk(chat, session, message: str, stop: threading.Event | None = None) -> list[Event]:
    return list(chat.reply(session, message, "fake", stop or threading.Event()))


def done(events: list[Event]) -> Turn:
    assert isinstance(events[-1], TurnDone)
    return events[-1].turn


def test_a_turn_streams_shows_remembers_and_is_stored(tmp_path: Path) -> None:
    engine = FakeEngine(new_memory=Memory("내일 일정", "친구랑 카페 가기로 함"))
    chat, store = make_chat(tmp_path, engine)
    session = store.create_session("카페", "fake", NOON)
    events = talk(chat, session, "나 내일 친구랑 카페 가기로 했어")
    assert [type(e) for e in events if not isinstance(e, AnswerChunk)] == [Recalled, FaceChanged, Remembered, TurnDone]
    assert "".join(e.text for e in events if isinstance(e, AnswerChunk)) == engine.answer
    turn = done(events)
    assert (turn.answer, turn.state, turn.speaker, turn.summary) == (engine.answer, "done", "model", "카페 약속")
    assert turn.change and turn.change.op == "ADD" and turn.change.memory.key == "내일 일정"
    assert store.turns(session.id) == [turn]


def test_what_was_told_is_recalled_in_the_next_turn_with_its_day_and_summary(tmp_path: Path) -> None:
    engine = FakeEngine(new_memory=None)
    chat, store = make_chat(tmp_path, engine)
    session = store.create_session("카페", "fake", NOON)
    talk(chat, session, "나 내일 친구랑 카페 가기로 했어")
    turn = done(talk(chat, session, "내일 카페 뭐 입고 가지?"))
    assert [r.memory.key for r in turn.recalled] == ["내일 일정"]
    assert engine.seen[-1].clock.startswith("2026년 11월 21일 토요일") and engine.seen[-1].last_summary == "카페 약속"


def test_the_users_message_is_stored_before_any_model_runs(tmp_path: Path) -> None:
    chat, store = make_chat(tmp_path)
    session = store.create_session("첫 말", "fake", NOON)
    events = chat.reply(session, "안녕\x1b[31m", "fake", threading.Event())
    next(events)
    assert [m.text for m in store.search_messages("안녕")] == ["안녕"]
    events.close()
    assert store.turns(session.id)[0].state == "stopped"


def test_stop_keeps_what_was_said(tmp_path: Path) -> None:
    chat, store = make_chat(tmp_path)
    session = store.create_session("멈춤", "fake", NOON)
    stop = threading.Event()
    events = []
    for event in chat.reply(session, "안녕", "fake", stop):
        events.append(event)
        if isinstance(event, AnswerChunk):
            stop.set()
    turn = done(events)
    assert (turn.answer, turn.state, turn.expression, turn.change) == ("카페", "stopped", None, None)


def test_a_failing_side_head_never_loses_the_answer(tmp_path: Path) -> None:
    chat, store = make_chat(tmp_path, FakeEngine(fail=frozenset({"after", "memory"})))
    session = store.create_session("실패", "fake", NOON)
    turn = done(talk(chat, session, "심심해"))
    assert turn.state == "done" and turn.answer and turn.expression is None and turn.summary is None
    assert len(turn.notes) == 3 and any("표정" in n for n in turn.notes)


def test_an_unreadable_expression_is_noted_not_guessed(tmp_path: Path) -> None:
    chat, store = make_chat(tmp_path, FakeEngine(texts={"summary": "요약", "eyes_mouth_pose": "(눈 세모)"}))
    turn = done(talk(chat, store.create_session("표정", "fake", NOON), "심심해"))
    assert turn.expression is None and any("표정" in n for n in turn.notes)


def test_a_failure_in_mid_answer_keeps_the_half_and_says_so(tmp_path: Path) -> None:
    chat, store = make_chat(tmp_path, FakeEngine(fail=frozenset({"stream"})))
    turn = done(talk(chat, store.create_session("중간", "fake", NOON), "안녕"))
    assert (turn.state, turn.answer) == ("failed", "카페 좋겠다!") and "모델이 멈췄어요" in turn.notes[-1]


def test_a_written_row_speaks_first_and_never_twice(tmp_path: Path) -> None:
    row = Turn("안녕", answer="안녕! 반가워.", summary="인사", expression=Expression("크게", "크게", "없음"))
    chat, store = make_chat(tmp_path, FakeEngine(), FakeRows({"안녕": row}))
    session = store.create_session("인사", "fake", NOON)
    first, second = done(talk(chat, session, "안녕")), done(talk(chat, session, "안녕"))
    assert (first.speaker, first.answer, first.expression) == ("row", row.answer, row.expression)
    assert second.state == "done" and second.answer != first.answer


def test_regenerating_gives_another_answer_and_remembers_nothing_twice(tmp_path: Path) -> None:
    chat, store = make_chat(tmp_path, FakeEngine(new_memory=Memory("취미", "등산")))
    session = store.create_session("다시", "fake", NOON)
    first = done(talk(chat, session, "내 취미는 등산이야"))
    again = done(list(chat.regenerate(session, threading.Event())))
    assert again.id == first.id and again.answer != first.answer
    assert len(store.turns(session.id)) == 1 and len(store.memories()) == 1


def test_a_memory_is_written_beside_the_answer_only_where_the_head_will_be_asked(tmp_path: Path) -> None:
    """Not where a rule reads it from the message, not when the answer is made again."""
    engine = FakeEngine()
    chat, store = make_chat(tmp_path, engine)
    session = store.create_session("카페", "fake", NOON)
    talk(chat, session, "팀장이 또 내 기획을 자기 이름으로 냈더라")
    talk(chat, session, "나 내일 친구랑 카페 가기로 했어")
    list(chat.regenerate(session, threading.Event()))
    assert engine.remembering == [True, False, False]


def test_an_ungrounded_memory_is_refused_and_not_kept(tmp_path: Path) -> None:
    chat, store = make_chat(tmp_path, FakeEngine(new_memory=Memory("직업", "우주 비행사")))
    turn = done(talk(chat, store.create_session("근거", "fake", NOON), "오늘 점심은 김밥이었어"))
    assert turn.change and turn.change.op == "REFUSE" and turn.change.reason and not store.memories()


def test_an_empty_message_is_refused_with_a_sentence(tmp_path: Path) -> None:
    chat, store = make_chat(tmp_path)
    with pytest.raises(OhLoraError, match="비어"):
        talk(chat, store.create_session("빈 말", "fake", NOON), " \x1b[0m ")


def test_a_row_labelled_with_nothing_to_remember_asks_no_model(tmp_path: Path) -> None:
    row = Turn("안녕", answer="안녕! 반가워.", summary="인사", expression=Expression("크게", "크게", "없음"))
    chat, store = make_chat(
        tmp_path, FakeEngine(new_memory=Memory("이름", "안녕"), fail=frozenset({"memory", "after"})), FakeRows({"안녕": row})
    )
    turn = done(talk(chat, store.create_session("인사", "fake", NOON), "안녕"))
    assert (turn.state, turn.notes, turn.change) == ("done", (), None)


@pytest.mark.parametrize(("sureness", "speaker"), [(-0.1, "model"), (-3.0, "row")])
def test_a_small_model_that_is_not_sure_asks_back(tmp_path: Path, sureness: float, speaker: str) -> None:
    engine = FakeEngine(answer="나 내일 카페 가", sureness=sureness)
    chat, store = make_chat(tmp_path, engine, FakeRows({}))
    turn = done(talk(chat, store.create_session("되묻기", "fake", NOON), "나 내일 카페 가"))
    assert (turn.speaker, turn.state) == (speaker, "done")
    assert turn.answer == (engine.answer if speaker == "model" else "조금 더 들려줄래?") and turn.expression
