"""What is put into the store comes back; each call is one transaction."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from db.store import Store
from ohlora_tui.errors import StoreError
from ohlora_tui.records import Change, Expression, Memory, Recall, Timing
from tests.store_stories import NOW, VECTOR, say


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(tmp_path / "ohlora.db", tmp_path / "backups", NOW)


def test_a_turn_comes_back_as_it_was_stored(store: Store) -> None:
    known = store.add_memory(Memory("좋아하는 과일", "수박", quote="수박 좋아", valid_until=NOW + timedelta(days=1)), NOW)
    opened = store.begin_turn(store.create_session("카페", "mini", NOW).id, "나 내일 카페 가", "mini", NOW)
    full = replace(
        opened,
        clock="2026년 11월 22일 일요일 오후",
        recalls=(Recall(known, 0.9, True, known.text, ("수박", "나"), 0.5), Recall(known, 0.1, False, "[x: y]")),
        last_summary="어제 얘기",
        answer="오 좋겠다!",
        speaker="row",
        change=Change("ADD", Memory("내일 일정", "카페", "내일 카페 가", NOW, NOW, NOW), reason="처음 듣는 일정이에요."),
        summary="카페 약속",
        expression=Expression("아주 크게", "크게", "많이"),
        timing=Timing(0.02, 0.5, 12),
        state="done",
        notes=("요약이 늦었어요.",),
    )
    stored = store.finish_turn(full, VECTOR, NOW)
    assert stored.change and stored.change.memory.id and stored.answer_id
    memory = replace(full.change.memory, id=stored.change.memory.id, message_id=opened.message_id)  # type: ignore[union-attr]
    assert stored == replace(full, change=replace(full.change, memory=memory), answer_id=stored.answer_id)
    assert store.turn(stored.id or 0) == stored and store.turns(stored.session_id or 0) == [stored]
    assert store.memory(memory.id or 0) == memory


def test_the_message_is_stored_before_any_answer(store: Store) -> None:
    opened = store.begin_turn(store.create_session("", "mini", NOW).id, "안녕", "mini", NOW)
    assert store.turn(opened.id or 0) == opened and opened.state == "open"


def test_failed_parts_stay_none_and_no_answer_stores_no_message(store: Store) -> None:
    stored = say(store, "안녕", answer="", notes=("모델이 멈췄어요.",))
    assert (stored.answer, stored.answer_id, stored.summary, stored.expression, stored.change) == ("", None, None, None, None)
    assert store.answers(stored.id or 0) == []


def test_messages_follow_each_other(store: Store) -> None:
    first, second = say(store, "하나"), say(store, "둘")
    found = {m.id: m for m in store.search_messages("둘") + store.search_messages("하나")}
    assert found[second.message_id or 0].parent_id == first.answer_id
    assert found[first.message_id or 0].parent_id is None


def test_finishing_twice_is_refused_and_writes_nothing(store: Store) -> None:
    done = say(store, "안녕")
    with pytest.raises(StoreError, match="이미 끝났어요"):
        store.finish_turn(done, None, NOW)
    assert len(store.answers(done.id or 0)) == 1


def test_a_turn_is_written_whole_or_not_at_all(store: Store) -> None:
    opened = store.begin_turn(store.create_session("", "mini", NOW).id, "안녕", "mini", NOW)
    torn = replace(opened, answer="응", change=Change("ADD", Memory("비밀", "보물")), summary="s", state="done")
    with pytest.raises(StoreError, match="벡터"):
        store.finish_turn(torn, ("fp", bytes(15), 4), NOW)
    assert store.turn(opened.id or 0) == opened
    assert store.memories() == [] and store.answers(opened.id or 0) == [] and store.search_messages("응") == []


def test_regenerate_keeps_the_old_answer_as_a_sibling(store: Store) -> None:
    old = say(store, "뭐 입지?", "코트 어때?", Change("ADD", Memory("고민", "옷")), summary="코트", expression=Expression("작게"))
    store.rate(old.id or 0, -1, NOW)
    new = store.replace_answer(old.id or 0, replace(old, answer="니트 어때?", summary="니트", expression=Expression()), NOW)
    assert (new.answer, new.summary, new.expression, new.change) == ("니트 어때?", "니트", Expression(), old.change)
    answers = store.answers(old.id or 0)
    assert [(m.text, m.parent_id) for m in answers] == [("코트 어때?", old.message_id), ("니트 어때?", old.message_id)]
    assert new.answer_id == answers[-1].id and len(store.memories()) == 1 and store.rating(old.id or 0) == 0
    assert store.search_messages("코트") == []  # an answer that is not shown is not found


def test_an_empty_new_answer_replaces_nothing(store: Store) -> None:
    old = say(store, "뭐 입지?", "코트 어때?", summary="코트")
    given = store.replace_answer(old.id or 0, replace(old, answer="", summary=None, state="failed", notes=("멈췄어요.",)))
    assert given == replace(old, notes=("멈췄어요.",)) and store.turn(old.id or 0) == old


def test_sessions_come_newest_first_with_their_turns(store: Store) -> None:
    first, second = (store.create_session(t, "mini", NOW) for t in ("가", "나"))
    assert [s.id for s in store.sessions()] == [second.id, first.id]
    store.begin_turn(first.id, "안녕", "mini", NOW + timedelta(minutes=1))
    assert [(s.id, s.turns) for s in store.sessions()] == [(first.id, 1), (second.id, 0)]
    last = store.last_session()
    assert last and last.id == first.id and last.updated_at == NOW + timedelta(minutes=1)


def test_times_of_another_zone_still_sort(store: Store) -> None:
    late = store.create_session("서울", "mini", datetime.fromisoformat("2026-11-22T10:00:00+09:00"))  # 01:00 UTC
    later = store.create_session("런던", "mini", datetime.fromisoformat("2026-11-22T02:00:00+00:00"))
    assert [s.id for s in store.sessions()] == [later.id, late.id]


def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="시간대"):
        store.create_session("", "mini", datetime(2026, 11, 22))


def test_rename_and_unknown_numbers(store: Store) -> None:
    session = store.create_session("가", "mini", NOW)
    store.rename_session(session.id, "[b]나' OR 1=1")
    assert store.session(session.id).title == "[b]나' OR 1=1"
    for ask in (store.session, store.turns, store.turn, store.memory, store.history, store.delete_session):
        with pytest.raises(StoreError, match="99번"):
            ask(99)


def test_an_empty_store_has_no_last_session(store: Store) -> None:
    assert store.last_session() is None and store.sessions() == [] and store.memories() == []


def test_a_deleted_session_leaves_only_its_memories(store: Store) -> None:
    turn = say(
        store, "나 수박 좋아해", "수박 맛있지", Change("ADD", Memory("과일", "수박", "수박 좋아해")), summary="수박 이야기"
    )
    say(store, "안 좋아해", change=Change("REFUSE", Memory("과일", "없음")))
    store.rate(turn.id or 0, 1, NOW)
    store.delete_session(turn.session_id or 0, NOW)
    assert store.sessions() == [] and store.search_messages("수박") == []
    assert [(m.value, m.quote, m.message_id) for m in store.memories()] == [("수박", "수박 좋아해", None)]
    for table in ("message", "turn", "recall", "summary", "expression", "rating", "message_fts"):
        assert store.db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == 0, table
    held = b"".join(f.read_bytes() for f in store.path.parent.rglob("*") if f.is_file())
    assert "수박 이야기".encode() not in held and b"walnut" not in held
    assert store.undo(NOW) == "[과일: 수박] 기억을 없던 일로 했어요."


def test_ratings_are_changed_and_taken_back(store: Store) -> None:
    turn = say(store, "안녕").id or 0
    seen = []
    for value in (1, -1, 0):
        store.rate(turn, value, NOW)
        seen.append(store.rating(turn))
    assert seen == [1, -1, 0]


def test_eval_runs_are_kept(store: Store) -> None:
    first, second = (store.save_eval_run("0.1.0", h, '{"mse": 0.02}', NOW) for h in ("a", "b"))
    assert [(r.id, r.data_hash, r.report, r.at) for r in store.eval_runs()] == [
        (second, "b", '{"mse": 0.02}', NOW),
        (first, "a", '{"mse": 0.02}', NOW),
    ]


def test_threads_share_a_store(store: Store) -> None:
    session = store.create_session("", "mini", NOW)

    def write(name: str) -> None:
        for n in range(20):
            store.begin_turn(session.id, f"{name}{n}", "mini", NOW)

    threads = [threading.Thread(target=write, args=(name,)) for name in "가나다"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.session(session.id).turns == 60


def test_every_connection_has_the_pragmas(store: Store) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 2, "busy_timeout": 5000, "foreign_keys": 1, "secure_delete": 1}
    found: list[dict] = []

    def look() -> None:
        found.append({name: store.db.execute(f"PRAGMA {name}").fetchone()[0] for name in wanted})

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    look()
    assert found == [wanted, wanted]


def test_a_closed_store_says_so(store: Store) -> None:
    store.close()
    with pytest.raises(StoreError, match="닫혔어요"):
        store.sessions()
