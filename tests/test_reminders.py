"""Plans whose day has come are in mind, and asked after once."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from db.store import Store
from ohlora_tui.events import Recalled, TurnDone
from ohlora_tui.memory.keeper import judge
from ohlora_tui.memory.reminders import MOST, due, tied
from ohlora_tui.records import ASKED, DUE, Expression, Memory, Recall, Turn
from ohlora_tui.tui.strings import speaker
from ohlora_tui.tui.widgets.side import recall_parts
from ohlora_tui.written.protocol import Written
from tests.fakes import NOON, FakeRows, make_chat

MEETING = Memory("내일 일정", "동창회", said_at=NOON, id=1)


def nobody(_: datetime) -> frozenset[int]:
    return frozenset()


def test_a_plan_is_due_the_day_before_on_its_day_and_the_day_after() -> None:
    texts = [[r.text for r in due([MEETING], NOON + timedelta(days=days), nobody)] for days in range(4)]
    assert texts == [["[내일 일정: 동창회]"], ["[오늘 일정: 동창회]"], ["[어제 일정: 동창회]"], []]


def test_today_comes_first_and_no_more_than_two_are_in_mind() -> None:
    plans = [replace(MEETING, id=i, value=value, said_at=NOON + timedelta(days=days)) for i, (value, days) in enumerate((("어제 것", -2), ("내일 것", 0), ("오늘 것", -1)))]
    found = due(plans, NOON, nobody)
    assert [r.memory.value for r in found] == ["오늘 것", "어제 것"] and len(found) == MOST
    assert all(not r.used and r.due for r in found)


def test_what_is_no_plan_is_not_due_and_what_was_spoken_of_today_is_known_as_such() -> None:
    assert due([Memory("오늘 기분", "우울함", said_at=NOON, id=2), Memory("취미", "등산", said_at=NOON, id=3)], NOON, nobody) == ()
    assert [r.score for r in due([MEETING], NOON, lambda since: frozenset({1}))] == [ASKED]


def test_yesterdays_plan_is_asked_after_unless_she_spoke_of_it_in_the_evening() -> None:
    after = NOON + timedelta(days=2)
    spoken_at = after.replace(hour=9) - timedelta(days=1)  # in the morning of that day
    assert due([MEETING], after, lambda since: frozenset({1} if spoken_at >= since else ()))[0].score == DUE
    spoken_at = spoken_at.replace(hour=21)
    assert due([MEETING], after, lambda since: frozenset({1} if spoken_at >= since else ()))[0].score == ASKED


def test_an_illness_is_in_mind_where_food_drink_or_effort_is_spoken_of() -> None:
    known = [Memory("건강", "당뇨", id=1), Memory("취미", "등산", id=2), Memory("알레르기", "새우", id=3)]
    assert [r.memory.value for r in tied(known, "누가 케이크를 사 왔는데 한 입만 먹을까요?", NOON)] == ["새우", "당뇨"]
    assert tied(known, "배고파 저녁 뭐 먹지", NOON) == ()
    assert tied(known, "하늘이 예쁘다", NOON) == ()


def test_who_or_what_the_message_names_and_a_goal_it_tempts_are_in_mind() -> None:
    known = [Memory("할머니", "치매", id=1), Memory("목표", "금연", id=2), Memory("싫어하는 것", "오이", id=3), Memory("산 것", "에어프라이어", id=4)]
    assert [r.memory.value for r in tied([Memory("엄마", "허리 수술 받음", id=1)], "어머니가 이제 걸으셔", NOON)] == ["허리 수술 받음"]
    for message, value in (("할머니가 나보고 누구냐고 하시더라", "치매"), ("딱 하나만 피우고 싶다", "금연"), ("냉면에 오이가 산더미야", "오이"), ("에어프라이어로 뭐 해 먹지", "에어프라이어")):
        assert [r.memory.value for r in tied(known, message, NOON)] == [value]


class Minding(FakeRows):
    """Asks after the first plan that is due."""

    def answer(self, turn: Turn, said: frozenset[str], past: object = (), last: str = "") -> Written | None:
        plan = next((r for r in turn.recalls if r.score == DUE), None)
        if plan is None or not turn.message.startswith("안녕"):
            return None
        return Written(replace(turn, answer=f"{plan.memory.value}, 오늘이지?", summary="안부", expression=Expression(), recalls=(replace(plan, used=True),)), 1.0)


def tell_of_the_plan(store: Store) -> None:
    told = store.begin_turn(store.create_session("하나", "fake", NOON).id, "오늘 동창회 있어", "fake", NOON)
    change = judge(Memory("오늘 일정", "동창회"), told.message, [], NOON, message_id=told.message_id)
    store.finish_turn(replace(told, answer="좋겠다!", change=change, state="done"), None, NOON)


def test_a_plan_she_asked_after_is_kept_with_the_turn_and_not_asked_after_again(tmp_path: Path) -> None:
    chat, store = make_chat(tmp_path, rows=Minding({}))
    tell_of_the_plan(store)
    first, second = (store.create_session(name, "fake", NOON) for name in ("둘", "셋"))
    events = list(chat.reply(first, "안녕", "fake", threading.Event()))
    done = next(e.turn for e in events if isinstance(e, TurnDone))
    assert done.answer == "동창회, 오늘이지?" and [r.memory.value for r in done.recalled] == ["동창회"]
    assert all(not e.recalls for e in events if isinstance(e, Recalled))  # nothing is shown as recalled before it is spoken of
    assert store.spoken_of(NOON.astimezone(UTC)) and not store.spoken_of(NOON + timedelta(seconds=1))
    again = list(chat.reply(second, "안녕", "fake", threading.Event()))
    assert next(e.turn for e in again if isinstance(e, TurnDone)).answer == "조금 더 들려줄래?"


def test_a_plan_that_was_due_and_not_spoken_of_is_not_kept_with_the_turn(tmp_path: Path) -> None:
    chat, store = make_chat(tmp_path, rows=Minding({}))
    tell_of_the_plan(store)
    events = list(chat.reply(store.create_session("둘", "fake", NOON), "1 더하기 1은?", "fake", threading.Event()))
    assert not any(r.due for r in next(e.turn for e in events if isinstance(e, TurnDone)).recalls)


def test_the_pane_says_that_a_plan_is_due_instead_of_a_score() -> None:
    parts = recall_parts((Recall(MEETING, DUE, True, "[오늘 일정: 동창회]"),), speaker("ko"))
    assert parts == [("그날 ", "bold $accent"), "오늘 일정: 동창회"]
