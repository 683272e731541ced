"""Memories: what the keeper decides is done, seen, undone and, if asked, forgotten to the last byte."""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path

import pytest

from db.care import doctor
from db.store import Store
from ohlora_tui.errors import StoreError
from ohlora_tui.records import Change, Memory, Recall
from tests.store_stories import NOW, VECTOR, say


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(tmp_path / "ohlora.db", tmp_path / "backups", NOW)


def texts(store: Store) -> list[str]:
    return [m.text for m in store.memories()]


def move(store: Store) -> tuple[int, int]:
    """Seoul, then Busan: ids of the old and the new memory."""
    old = say(store, "나 서울 살아", change=Change("ADD", Memory("사는 곳", "서울"))).memory
    assert old and old.id
    new = say(store, "부산으로 이사했어", change=Change("SUPERSEDE", Memory("사는 곳", "부산"), old.id, "이사했대요.")).memory
    assert new and new.id
    return old.id, new.id


def test_supersede_keeps_the_old_as_history(store: Store) -> None:
    old, new = move(store)
    assert texts(store) == ["[사는 곳: 부산]"]
    assert [m.id for m in store.history(new)] == [old] and store.memory(old).superseded_by == new


def test_noop_and_refuse_are_only_written_down(store: Store) -> None:
    old, _ = move(store)
    for change in (
        Change("NOOP", Memory("사는 곳", "서울"), old, "이미 알아요."),
        Change("REFUSE", Memory("꿈", "우주"), reason="근거가 없어요."),
    ):
        stored = say(store, "그래", change=change)
        assert stored.change == change and store.turn(stored.id or 0).change == change
    assert texts(store) == ["[사는 곳: 부산]"]


def test_two_apps_superseding_one_memory_leave_one_live(store: Store) -> None:
    old, new = move(store)
    third = say(store, "대구야", change=Change("SUPERSEDE", Memory("사는 곳", "대구"), old)).change
    assert texts(store) == ["[사는 곳: 대구]"] and third and third.replaces == new
    assert [m.value for m in store.history(third.memory.id or 0)] == ["부산", "서울"]


def test_a_memory_that_cannot_be_written_does_not_cost_the_answer(store: Store) -> None:
    stored = say(store, "메모", "알았어", Change("ADD", Memory("메모", "a]b")))
    assert stored.answer == "알았어" and stored.change and stored.change.op == "REFUSE" and texts(store) == []


@pytest.mark.parametrize("key,value", [("", "x"), ("k", ""), ("k", "a]b"), ("k", "a\nb"), ("k", "v" * 201), ("k:", "v")])
def test_by_hand_it_is_a_sentence(store: Store, key: str, value: str) -> None:
    with pytest.raises(StoreError, match="기억으로 적을 수 없어요"):
        store.add_memory(Memory(key, value), NOW)


def test_undo_add(store: Store) -> None:
    turn = say(store, "나 수박 좋아", change=Change("ADD", Memory("과일", "수박")))
    assert store.undo(NOW) == "[과일: 수박] 기억을 없던 일로 했어요."
    seen = store.turn(turn.id or 0).change
    assert texts(store) == [] and store.search_memories("수박") == [] and store.vectors("fp-1") == ([], b"", 0)
    assert seen and (seen.op, seen.reason) == ("REFUSE", "되돌린 기억이에요.")
    with pytest.raises(StoreError, match="되돌릴 일이 없어요"):
        store.undo(NOW)


def test_undo_supersede_brings_the_old_back(store: Store) -> None:
    move(store)
    assert store.undo(NOW) == "[사는 곳: 부산] 기억을 없던 일로 했어요. [사는 곳: 서울] 기억이 돌아왔어요."
    assert texts(store) == ["[사는 곳: 서울]"]


def test_undo_edit_and_pin_in_turn(store: Store) -> None:
    memory = store.add_memory(Memory("과일", "수박"), NOW).id or 0
    store.edit_memory(memory, "과일", "참외", NOW)
    store.pin_memory(memory, True, NOW)
    store.pin_memory(memory, True, NOW)  # no change, nothing to undo
    assert store.undo(NOW) == "[과일: 참외] 기억을 고정하지 않은 것으로 되돌렸어요."
    assert store.undo(NOW) == "[과일: 수박] 기억을 고치기 전으로 되돌렸어요."
    assert store.memory(memory) == Memory("과일", "수박", said_at=NOW, id=memory)
    assert [m.value for m, _ in store.search_memories("수박")] == ["수박"] and store.search_memories("참외") == []
    assert "없던 일로" in store.undo(NOW)


def test_undo_turn_reaches_past_later_changes(store: Store) -> None:
    first = say(store, "나 서울 살아", change=Change("ADD", Memory("사는 곳", "서울")))
    old = first.memory.id if first.memory else None
    middle = say(store, "부산이야", change=Change("SUPERSEDE", Memory("사는 곳", "부산"), old))
    say(store, "대구야", change=Change("SUPERSEDE", Memory("사는 곳", "대구"), middle.memory.id if middle.memory else None))
    store.undo_turn(middle.id or 0, NOW)
    assert texts(store) == ["[사는 곳: 대구]"]  # Busan never was, Seoul stays history of Daegu
    store.undo(NOW)
    assert texts(store) == ["[사는 곳: 서울]"]
    with pytest.raises(StoreError, match="되돌릴 기억이 없어요"):
        store.undo_turn(middle.id or 0, NOW)


def test_one_put_away_for_another_is_its_history_and_comes_back(store: Store) -> None:
    kept, gone = (store.add_memory(Memory(key, "부산"), NOW).id or 0 for key in ("사는 곳", "거주지"))
    store.save_vectors("fp", 1, [(gone, bytes(4))])
    store.retire_memories([gone], NOW, into=kept)
    assert texts(store) == ["[사는 곳: 부산]"] and [m.id for m in store.history(kept)] == [gone] and store.vectors("fp")[0] == []
    with pytest.raises(StoreError, match=f"{kept}번으로 바뀌었어요"):
        store.retire_memories([gone], NOW)
    assert store.undo(NOW) == "[거주지: 부산] 기억이 돌아왔어요." and texts(store) == ["[사는 곳: 부산]", "[거주지: 부산]"]


def test_one_put_away_for_nothing_is_not_found_until_it_comes_back(store: Store) -> None:
    gone = store.add_memory(Memory("날씨", "우박"), NOW).id or 0
    store.retire_memories([gone], NOW)
    assert store.find_memories("우박") == [] and [m.id for m in store.past_memories()] == [gone] and doctor(store) == []
    with pytest.raises(StoreError, match="치워 두었어요"):
        store.edit_memory(gone, "날씨", "눈", NOW)
    store.undo(NOW)
    assert store.find_memories("우박") == store.memories() != [] and store.past_memories() == []


def test_undoing_a_turn_takes_a_memory_that_was_put_away_since(store: Store) -> None:
    turn = say(store, "우박 왔어", change=Change("ADD", Memory("날씨", "우박")))
    store.retire_memories([turn.memory.id if turn.memory and turn.memory.id else 0], NOW)
    store.undo_turn(turn.id or 0, NOW)
    assert store.memories() == store.past_memories() == []
    with pytest.raises(StoreError, match="되돌릴 일이 없어요"):
        store.undo(NOW)


def test_a_new_span_is_taken_back_to_the_old(store: Store) -> None:
    memory = store.add_memory(Memory("내일 일정", "카페"), NOW)
    assert store.date_memory(memory.id or 0, NOW, NOW, NOW) == replace(memory, valid_from=NOW, valid_until=NOW)
    assert "고치기 전" in store.undo(NOW) and store.memories() == [memory]


def test_many_changes_are_one_transaction(store: Store) -> None:
    good, bad = Change("ADD", Memory("취미", "등산", id=-1)), Change("ADD", Memory("취미", "[요가]", id=-2))
    with pytest.raises(StoreError, match="기억으로 적을 수 없어요"):
        store.change_memories(lambda live: [good, bad], NOW)
    assert store.memories() == []
    later = Change("SUPERSEDE", Memory("취미", "수영", id=-2), -1)
    done = store.change_memories(lambda live: [good, later], NOW)
    assert texts(store) == ["[취미: 수영]"] and [m.value for m in store.history(done[1].memory.id or 0)] == ["등산"]
    assert "등산] 기억이 돌아왔어요" in store.undo(NOW) and "없던 일" in store.undo(NOW)


def test_forgetting_cannot_be_undone_nor_undo_something_older(store: Store) -> None:
    store.add_memory(Memory("과일", "참외"), NOW)
    store.forget_memory(store.add_memory(Memory("과일", "수박"), NOW).id or 0, NOW)
    with pytest.raises(StoreError, match="잊기라서"):
        store.undo(NOW)
    assert texts(store) == ["[과일: 참외]"]


def bytes_of(folder: Path) -> bytes:
    return b"".join(f.read_bytes() for f in folder.rglob("*") if f.is_file())


def test_forget_leaves_no_byte_anywhere(store: Store, tmp_path: Path) -> None:
    from db.care import backup

    (tmp_path / "ohlora.db.damaged-20260101T000000Z").write_bytes("부서진 곶감 조각".encode())
    (tmp_path / "ohlora.db.damaged-20260202T000000Z").write_bytes("다른 조각".encode())
    memory = store.add_memory(Memory("비밀번호", "호두나무 walnut", quote="암호는 호두나무"), NOW)
    memory = store.edit_memory(memory.id or 0, "비밀번호", "곶감", NOW)
    used = Recall(memory, 0.9, True, memory.text, ("곶감",))
    turn = say(store, "그거 뭐였지", change=Change("NOOP", Memory("비밀번호", "곶감"), memory.id), recalls=(used,))
    store.save_vectors("fp", 2, [(memory.id or 0, struct.pack("2f", 0.123, 0.456))])
    backup(store.path, store.backups, NOW)
    wanted = ["곶감".encode(), "호두나무".encode(), b"walnut", struct.pack("2f", 0.123, 0.456)]
    assert all(word in bytes_of(tmp_path) for word in wanted)
    store.forget_memory(memory.id or 0, NOW)
    assert [word for word in wanted if word in bytes_of(tmp_path)] == []
    assert [p.name for p in tmp_path.glob("*damaged*")] == ["ohlora.db.damaged-20260202T000000Z"]
    assert len(list(store.backups.iterdir())) == 1
    after = store.turn(turn.id or 0)
    assert (after.message, after.recalls, after.change) == ("그거 뭐였지", (), None)


def test_forget_takes_the_versions_it_stood_for(store: Store, tmp_path: Path) -> None:
    old, new = move(store)
    store.forget_memory(new, NOW)
    assert texts(store) == []
    with pytest.raises(StoreError, match=f"{old}번 기억이 없어요"):
        store.memory(old)
    assert [t.message for t in store.turns(1)] == ["나 서울 살아", "부산으로 이사했어"]  # what was said stays said


def test_forget_with_the_message_takes_the_turn(store: Store, tmp_path: Path) -> None:
    say(store, "안녕")
    told = say(
        store, "암호는 곶감이야 walnut", "곶감 좋지", Change("ADD", Memory("암호", "곶감", "암호는 곶감")), summary="곶감 이야기"
    )
    after = say(store, "그래", last_summary="곶감 이야기")
    assert told.memory and told.memory.id
    store.forget_memory(told.memory.id, NOW, with_message=True)
    assert [t.message for t in store.turns(1)] == ["안녕", "그래"] and store.turn(after.id or 0).last_summary == ""
    assert "곶감".encode() not in bytes_of(tmp_path) and b"walnut" not in bytes_of(tmp_path)


def test_an_undone_memory_can_be_forgotten(store: Store, tmp_path: Path) -> None:
    turn = say(store, "음", change=Change("ADD", Memory("암호", "곶감")))
    store.undo(NOW)
    assert turn.memory and "곶감".encode() in bytes_of(tmp_path)  # the turn shows what was undone
    store.forget_memory(turn.memory.id or 0, NOW)
    assert "곶감".encode() not in bytes_of(tmp_path)


def test_a_memory_forgotten_while_she_answers_does_not_come_back(store: Store, tmp_path: Path) -> None:
    memory = store.add_memory(Memory("암호", "곶감"), NOW)
    opened = store.begin_turn(store.create_session("", "mini", NOW).id, "뭐였지", "mini", NOW)
    store.forget_memory(memory.id or 0, NOW)
    done = store.finish_turn(replace(opened, answer="글쎄", recalls=(Recall(memory, 0.9, True, memory.text),)), None, NOW)
    assert done.recalls == () and "곶감".encode() not in bytes_of(tmp_path)


def test_vectors_follow_live_memories(store: Store) -> None:
    _, new = move(store)
    by_hand = store.add_memory(Memory("과일", "수박"), NOW)
    assert store.vectors("fp-1") == ([new], VECTOR[1], 4)
    assert store.missing_vectors("fp-1") == [by_hand] and len(store.missing_vectors("another")) == 2
    store.save_vectors("fp-1", 4, [(by_hand.id or 0, b"\1" * 16), (999, bytes(16))])
    assert store.vectors("fp-1") == ([new, by_hand.id], bytes(16) + b"\1" * 16, 4)
    store.edit_memory(new, "사는 곳", "대전", NOW)
    assert [m.value for m in store.missing_vectors("fp-1")] == ["대전"]
