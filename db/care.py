"""Keeping the file whole: opening checks, backup, restore, wiping what was forgotten, doctor."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from db import search
from db.backups import backup, backup_if_old, list_backups, private, restore, settle, stamp, stamp_of
from db.check import damage, is_broken
from db.connection import connect, guard, transaction
from db.migrations import FTS, migrations
from ohlora_tui.errors import StoreError

if TYPE_CHECKING:
    from sqlite_utils import Database

    from db.store import Store

__all__ = ["backup", "backup_if_old", "close_open_turns", "doctor", "make_ready", "mend_index", "migrate", "restore", "scrub"]

SIDES = ("", "-wal", "-shm", "-journal")
STALE = "앱이 갑자기 꺼져서 여기서 멈췄어요."


def make_ready(path: Path, backups: Path, now: datetime, alone: bool) -> list[str]:
    """A whole store file at `path`, whatever was there before; notices for the user. StoreError if it is newer or not ours to mend."""
    if not alone:  # whoever has it open has checked it
        return ["다른 오로라가 같은 대화를 열고 있어요. 함께 써도 괜찮아요."]
    if not path.exists():
        return _revive(path, backups, now, was="없어서")
    broken = damage(path)
    if not broken:
        return []
    aside = set_aside(path, now)
    return [f"대화 저장소가 망가져서({broken}) {aside.name}(으)로 옮겨 두었어요.", *_revive(path, backups, now, was="망가져서")]


def _revive(path: Path, backups: Path, now: datetime, was: str) -> list[str]:
    """The newest good backup in place of the file, else a new empty store."""
    for side in SIDES[1:]:
        if path.with_name(path.name + side).exists():  # a left-over journal would be played into the new file
            set_aside(path, now)
            break
    found = restore(path, backups)
    if found:
        return [
            f"저장소 파일이 {was} {_spoken(stamp_of(found).astimezone(now.tzinfo))} 백업에서 되살렸어요. 그 뒤의 대화는 없을 수 있어요."
        ]
    create(path)
    return [] if was == "없어서" else ["쓸 수 있는 백업이 없어서 새 저장소로 시작해요."]


def create(path: Path) -> None:
    """A new store, built beside and moved into place: an existing file of 0 bytes is therefore never a young one."""
    young = path.with_name(f".{path.name}.new")
    for side in SIDES[1:]:
        young.with_name(young.name + side).unlink(missing_ok=True)
    private(young)
    with closing(connect(young)) as db:
        with transaction(db, "BEGIN IMMEDIATE"):
            migrations().apply(db)
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    settle(young, path)


def set_aside(path: Path, now: datetime) -> Path:
    """Move the file and its journals to `ohlora.db.damaged-<stamp>`; nothing is deleted."""
    name = f"{path.name}.damaged-{stamp(now)}"
    while any(path.with_name(name + side).exists() for side in SIDES):
        name += "+"
    for side in SIDES:
        if (old := path.with_name(path.name + side)).exists():
            old.rename(path.with_name(name + side))
    return path.with_name(name)


def migrate(db: Database, path: Path, backups: Path, now: datetime, alone: bool) -> None:
    """Bring an existing file to the newest schema, with a backup of the older one first."""
    if not migrations().pending(db):
        return
    if not alone:
        raise StoreError(
            f"{path}을(를) 새 판에 맞게 바꿔야 하는데 다른 오로라가 열고 있어요.", "다른 창을 닫고 다시 열어 주세요."
        )
    backup(path, backups, now)
    with transaction(db, "BEGIN IMMEDIATE"):
        migrations().apply(db)


def mend_index(db: Database) -> list[str]:
    """FTS integrity check; a broken keyword index is made anew from the texts."""
    try:
        with transaction(db, "BEGIN IMMEDIATE"):
            for table in FTS:
                db.execute(f"INSERT INTO {table}({table}) VALUES ('integrity-check')")
        return []
    except sqlite3.DatabaseError as wrong:
        if not is_broken(wrong):
            raise
    with transaction(db, "BEGIN IMMEDIATE"):
        search.reindex(db)
    return ["찾기 색인이 깨져서 다시 만들었어요. 대화와 기억은 그대로예요."]


def close_open_turns(db: Database, now: datetime, sure: bool) -> None:
    """Turns that a killed app left open become stopped. Not `sure` that it is dead: only those older than 10 minutes."""
    with transaction(db, "BEGIN IMMEDIATE"):
        db.execute(
            "UPDATE turn SET state = 'stopped', notes = json_insert(notes, '$[#]', ?) "
            "WHERE state = 'open' AND julianday(at) <= julianday(?) - ?",
            (STALE, now.isoformat(), -1 if sure else 10 / 1440),
        )


def wipe_set_aside(path: Path, needles: Iterable[str]) -> None:
    """Remove damaged files that hold one of the texts: they cannot be rewritten."""
    wanted = [needle.encode() for needle in needles if needle]
    for old in path.parent.glob(f"{path.name}.damaged-*"):
        held = old.read_bytes()
        if any(needle in held for needle in wanted):
            old.unlink()


def scrub(db: Database, path: Path, backups: Path, now: datetime) -> None:
    """Let no byte of a deleted row remain: VACUUM, an empty WAL, one fresh backup in place of the older ones.

    `user_version` = 1 stands from the deletion until here, so that a kill in between is made good at the next opening.
    """
    with guard(path):
        db.execute("VACUUM")
        busy, *_ = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise StoreError(
                "지웠지만, 다른 오로라가 읽고 있어서 파일에 남은 흔적을 아직 다 닦지 못했어요.",
                "다른 창을 닫고 오로라를 다시 열면 마저 닦아요.",
            )
        fresh = backup(path, backups, now)
        for old in {*list_backups(path, backups), *backups.glob(f".{path.stem}-*.part*")} - {fresh}:
            old.unlink(missing_ok=True)
        db.execute("PRAGMA user_version = 0")


def must_scrub(db: Database) -> bool:
    return bool(db.execute("PRAGMA user_version").fetchone()[0])


def doctor(store: Store) -> list[str]:
    """What is not as it should be, a sentence each; empty: all is well."""
    found = []
    with guard(store.path):
        for (line,) in store.db.execute("PRAGMA quick_check(5)").fetchall():
            found += [f"저장소 내용이 깨졌어요: {line}."] if line != "ok" else []
        if rows := store.db.execute("PRAGMA foreign_key_check").fetchall():
            found.append(f"이어지지 않는 줄이 {len(rows)}개 있어요.")
        for table, wanted in _INDEXED.items():
            if store.db.execute(wanted).fetchone()[0]:
                found.append(f"{table} 찾기 색인이 글과 달라요.")
        if must_scrub(store.db):
            found.append("잊은 기억의 흔적을 아직 다 닦지 못했어요. 오로라를 모두 닫고 다시 열어 주세요.")
    return found + _files_wrong(store.path, store.backups)


_INDEXED = {
    "대화": "SELECT count(*) FROM (SELECT id FROM message EXCEPT SELECT rowid FROM message_fts)",
    "기억": "SELECT count(*) FROM (SELECT id FROM memory WHERE deleted_at IS NULL EXCEPT SELECT rowid FROM memory_fts)",
}


def _files_wrong(path: Path, backups: Path) -> list[str]:
    saved = list_backups(path, backups)
    files = [path, *saved]
    found = [
        f"{f}을(를) 다른 사람도 읽을 수 있어요. `chmod 600`으로 바꿔 주세요."
        for f in files
        if os.name == "posix" and f.stat().st_mode & 0o077
    ]
    found += [f"{f.name} 백업을 쓸 수 없어요 ({why})." for f in saved if (why := _unusable(f))]
    aside = sorted(f.name for f in path.parent.glob(f"{path.name}.damaged-*") if not f.name.endswith(SIDES[1:]))
    return found + [f"망가진 저장소를 {name}(으)로 옮겨 둔 적이 있어요." for name in aside]


def _unusable(saved: Path) -> str:
    try:
        return damage(saved, writable=False)
    except StoreError:
        return "더 새로운 오로라가 쓴 것"


def _spoken(at: datetime) -> str:
    return f"{at.month}월 {at.day}일 {at.hour}시 {at.minute}분"
