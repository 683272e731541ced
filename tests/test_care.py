"""Whatever is found at the store's place, the user gets a sentence and loses nothing that could be kept."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from db import care, migrations
from db.backups import list_backups
from db.store import Store
from ohlora_tui.errors import StoreError
from ohlora_tui.records import Memory
from tests.store_stories import NOW, say

ROOT = Path(__file__).parent.parent
TOMORROW = NOW + timedelta(days=1, minutes=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "ohlora.db"


def open_store(path: Path, now=NOW) -> Store:  # type: ignore[no-untyped-def]
    return Store.open(path, path.parent / "backups", now)


def filled(path: Path, backup: bool = True) -> None:
    """A closed store with one turn, and a backup of it."""
    store = open_store(path)
    say(store, "나 수박 좋아해")
    if backup:
        care.backup(path, store.backups, NOW)
    store.close()


def empty_it(path: Path) -> None:
    path.write_bytes(b"")


def truncate_it(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:20_000])


def truncate_to_header(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:60])


def break_header(path: Path) -> None:
    path.write_bytes(b"garbage!" * 4 + path.read_bytes()[32:])


def break_pages(path: Path) -> None:
    held = bytearray(path.read_bytes())
    for page in range(2, len(held) // 4096):
        held[page * 4096 : page * 4096 + 400] = b"\xff" * 400
    path.write_bytes(held)


def another_database(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as conn:
        conn.execute("CREATE TABLE contacts (name TEXT)")
    conn.close()


def drop_a_table(path: Path) -> None:
    with sqlite3.connect(path) as conn:
        conn.execute("DROP TABLE recall")
    conn.close()


DAMAGE: dict[Callable[[Path], None], str] = {
    empty_it: "0바이트",
    truncate_it: "깨졌어요",
    truncate_to_header: "표가 없어요|깨졌어요",
    break_header: "머리글",
    break_pages: "깨졌어요",
    another_database: "표가 없어요",
    drop_a_table: "recall 표가 없어요",
}


@pytest.mark.parametrize("harm", DAMAGE, ids=lambda f: f.__name__)
def test_a_damaged_file_is_set_aside_and_the_backup_restored(path: Path, harm: Callable[[Path], None]) -> None:
    filled(path)
    harm(path)
    store = open_store(path)
    aside, restored = store.notices
    assert any(word in aside for word in DAMAGE[harm].split("|")) and "ohlora.db.damaged-20261122T061200Z" in aside
    assert "11월 22일 15시 12분 백업" in restored and "되살렸어요" in restored
    assert [t.message for t in store.turns(1)] == ["나 수박 좋아해"]
    say(store, "계속해도 돼?")
    assert (path.parent / "ohlora.db.damaged-20261122T061200Z").exists()
    assert ["옮겨 둔 적이" in found for found in care.doctor(store)] == [True]


def test_without_a_backup_a_new_store_begins_and_says_so(path: Path) -> None:
    filled(path, backup=False)
    break_header(path)
    held = path.read_bytes()
    store = open_store(path)
    assert "새 저장소로 시작해요" in store.notices[1] and store.sessions() == []
    assert (path.parent / "ohlora.db.damaged-20261122T061200Z").read_bytes() == held


def test_the_newest_good_backup_is_taken(path: Path) -> None:
    filled(path)
    store = open_store(path)
    say(store, "둘째 말")
    middle = care.backup(path, store.backups, NOW + timedelta(hours=1))
    newest = care.backup(path, store.backups, NOW + timedelta(hours=2))
    store.close()
    newest.write_bytes(b"broken")
    empty_it(path)
    assert [t.message for t in open_store(path).turns(1)] == ["나 수박 좋아해", "둘째 말"]
    assert middle.exists()


def test_a_missing_file_comes_back_from_its_backup(path: Path) -> None:
    filled(path)
    path.unlink()
    store = open_store(path)
    assert "없어서" in store.notices[0] and store.sessions()[0].turns == 1


def test_a_left_over_journal_is_not_played_into_a_new_file(path: Path) -> None:
    filled(path, backup=False)
    path.rename(path.with_name("ohlora.db-wal"))
    store = open_store(path)
    assert store.sessions() == [] and list(path.parent.glob("ohlora.db.damaged-*-wal"))


def test_a_newer_schema_is_refused_and_left_alone(path: Path) -> None:
    filled(path)
    with sqlite3.connect(path) as conn:
        conn.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('ohlora', 'm099_later', '')")
    conn.close()
    with pytest.raises(StoreError, match=r"더 새로운 오로라.*m099_later.*올려 주세요"):
        open_store(path)
    assert path.exists() and not list(path.parent.glob("*damaged*"))


def test_a_broken_keyword_index_is_made_anew(path: Path) -> None:
    filled(path)
    with sqlite3.connect(path) as conn:
        conn.execute("UPDATE message_fts_data SET block = x'00' WHERE id > 10")
    conn.close()
    store = open_store(path)
    assert "찾기 색인" in store.notices[0]
    assert [m.text for m in store.search_messages("수박")] == ["나 수박 좋아해"] and care.doctor(store) == []


def test_a_migration_has_a_backup_of_the_file_before_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(path, backup=False)

    def m002_mood(db) -> None:  # type: ignore[no-untyped-def]
        db.execute("CREATE TABLE mood (turn_id INTEGER)")

    monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, m002_mood))
    store = open_store(path)
    assert "mood" in store.db.table_names() and store.sessions()[0].turns == 1
    with sqlite3.connect(list_backups(path, store.backups)[-1]) as old:
        tables = {row[0] for row in old.execute("SELECT name FROM sqlite_master")}
    old.close()
    assert "turn" in tables and "mood" not in tables


def test_a_failing_migration_changes_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(path)

    def m002_torn(db) -> None:  # type: ignore[no-untyped-def]
        db.execute("CREATE TABLE half (x)")
        db.execute("CREATE TABLE session (x)")

    with monkeypatch.context() as later, pytest.raises(StoreError, match="session already exists"):
        later.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, m002_torn))
        open_store(path)
    store = open_store(path)
    assert "half" not in store.db.table_names() and store.sessions()[0].turns == 1


def test_only_the_owner_may_read(path: Path) -> None:
    before = os.umask(0o000)
    try:
        store = open_store(path)
        say(store, "비밀이야")
        care.backup(path, store.backups, NOW)
    finally:
        os.umask(before)
    modes = {p.name: p.stat().st_mode & 0o777 for p in [path.parent, *path.parent.rglob("*")]}
    assert {"ohlora.db", "ohlora.db-wal", "ohlora.db-shm", "ohlora.db.lock"} <= set(modes)
    assert {name: oct(mode) for name, mode in modes.items() if mode & 0o077} == {}


def test_a_file_others_could_read_is_closed_to_them(path: Path) -> None:
    filled(path)
    path.chmod(0o644)
    assert open_store(path) and path.stat().st_mode & 0o777 == 0o600


def test_backups_are_rotated_and_read_alone(path: Path) -> None:
    store = open_store(path)
    say(store, "안녕")
    made = [care.backup(path, store.backups, NOW + timedelta(hours=n // 2)) for n in range(8)]
    assert list_backups(path, store.backups) == made[:2:-1]  # the newest five of eight, two in the same second each
    with sqlite3.connect(made[-1]) as copy:
        assert copy.execute("SELECT text FROM message").fetchone() == ("안녕",)
    copy.close()
    assert sorted(p.name for p in store.backups.iterdir()) == sorted(p.name for p in made[3:])  # no -wal, no part


def test_other_files_among_the_backups_are_left_alone(path: Path) -> None:
    filled(path)
    mine = path.parent / "backups" / "ohlora-내 사본Z-1.db"
    mine.write_bytes(b"x")
    store = open_store(path, TOMORROW)
    store.forget_memory(store.add_memory(Memory("과일", "수박"), NOW).id or 0, NOW)
    assert mine.exists() and care.doctor(store) == []


def test_an_empty_store_makes_no_backup(path: Path) -> None:
    for _ in range(2):
        open_store(path).close()
    assert list_backups(path, path.parent / "backups") == []


def test_a_day_later_opening_makes_a_backup(path: Path) -> None:
    filled(path)
    for now, count in ((NOW, 1), (TOMORROW, 2), (TOMORROW, 2)):
        store = open_store(path, now)
        assert len(list_backups(path, store.backups)) == count
        store.close()


def test_turns_a_killed_app_left_open_are_marked_stopped(path: Path) -> None:
    store = open_store(path)
    opened = store.begin_turn(store.create_session("", "mini", NOW).id, "안녕", "mini", NOW)
    second = open_store(path)  # another app, while the first one lives
    assert second.shared and "함께 써도 괜찮아요" in second.notices[0]
    assert second.turn(opened.id or 0).state == "open"
    second.close()
    store.close()
    third = open_store(path)
    found = third.turn(opened.id or 0)
    assert (found.state, found.notes, third.shared, third.notices) == ("stopped", (care.STALE,), False, ())


def test_two_apps_see_each_other_write(path: Path) -> None:
    one, two = open_store(path), open_store(path)
    say(one, "하나")
    say(two, "둘")
    assert [t.message for t in one.turns(1)] == [t.message for t in two.turns(1)] == ["하나", "둘"]


def test_a_writer_that_holds_on_gets_a_sentence(path: Path) -> None:
    store = open_store(path)
    store.db.execute("PRAGMA busy_timeout = 10")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="다른 오로라가"):
        store.create_session("", "mini", NOW)
    other.close()
    assert store.create_session("", "mini", NOW).id


def test_a_full_disk_is_a_sentence_and_loses_nothing(path: Path) -> None:
    store = open_store(path)
    turn = say(store, "안녕")
    pages = store.db.execute("PRAGMA page_count").fetchone()[0]
    store.db.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreError, match="디스크가 가득"):
        store.begin_turn(turn.session_id or 0, "긴 말 " * 5000, "mini", NOW)
    store.db.execute("PRAGMA max_page_count = 100000")
    assert store.turns(1) == [turn] and say(store, "이제 돼?").state == "done"


def test_a_store_that_may_only_be_read_is_a_sentence(path: Path) -> None:
    store = open_store(path)
    store.db.execute("PRAGMA query_only = ON")
    with pytest.raises(StoreError, match=r"읽기 전용.*OHLORA_HOME"):
        store.create_session("", "mini", NOW)


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("나는 파일")
    with pytest.raises(StoreError, match="file"):
        open_store(tmp_path / "file" / "ohlora.db")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_a_sentence(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StoreError, match="권한"):
        open_store(tmp_path / "ohlora.db")
    tmp_path.chmod(0o700)


def test_a_kill_between_forgetting_and_wiping_is_made_good(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(path)
    memory = store.add_memory(Memory("암호", "곶감"), NOW)
    care.backup(path, store.backups, NOW)
    monkeypatch.setattr(care, "scrub", lambda *_: None)  # as if killed right after the commit
    store.forget_memory(memory.id or 0, NOW)
    assert any("다 닦지 못했어요" in found for found in care.doctor(store))
    store.close()
    monkeypatch.undo()
    store = open_store(path)
    assert care.doctor(store) == []
    assert "곶감".encode() not in b"".join(f.read_bytes() for f in path.parent.rglob("*") if f.is_file())


def test_doctor_names_what_is_wrong(path: Path) -> None:
    store = open_store(path)
    say(store, "안녕")
    assert care.doctor(store) == []
    saved = care.backup(path, store.backups, NOW)
    saved.write_bytes(b"x")
    path.chmod(0o644)
    store.db.execute("DELETE FROM message_fts")
    assert [any(word in f for f in care.doctor(store)) for word in ("색인이 글과", "chmod 600", "백업을 쓸 수 없어요")] == [
        True
    ] * 3


def test_importing_the_room_loads_no_library() -> None:
    code = "import sys, db.store, db.care, db.search; assert 'sqlite_utils' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
