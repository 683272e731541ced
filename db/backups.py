"""Verified copies of the store, and the way back from one."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from db.check import damage
from db.connection import connect, guard
from ohlora_tui.errors import StoreError

KEEP = 5
"""Backups kept. Count."""
BACKUP_EVERY = timedelta(days=1)


def backup(path: Path, backups: Path, now: datetime, keep: int = KEEP) -> Path:
    """A verified copy `ohlora-<stamp>-NN.db`, mode 0600, safe while others write; the oldest beyond `keep` go."""
    with guard(backups):
        backups.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = backups / f".{path.stem}-{os.getpid()}.part"
        private(part)
        try:
            _copy(path, part)
            if broken := damage(part, writable=False):
                raise StoreError(
                    f"{path}의 백업을 확인하니 온전하지 않아요 ({broken}).", "`ohlora doctor`로 상태를 확인해 주세요."
                )
            done = _free_name(backups, path.stem, now)
            settle(part, done)
        finally:
            part.unlink(missing_ok=True)
        for old in list_backups(path, backups)[keep:]:
            old.unlink()
        return done


def _copy(path: Path, part: Path) -> None:
    """SQLite's own backup; the copy leaves WAL mode so that it is one file that can be read anywhere."""
    with closing(connect(path)) as source, closing(sqlite3.connect(part, isolation_level=None)) as copy:
        source.conn.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")


def _free_name(backups: Path, stem: str, now: datetime) -> Path:
    names = (backups / f"{stem}-{stamp(now)}-{n:02d}.db" for n in range(100))
    return next(name for name in names if not name.exists())


def list_backups(path: Path, backups: Path) -> list[Path]:
    """Newest first; files of other names are not ours."""
    digits = "[0-9]"
    ours = f"{path.stem}-{digits * 8}T{digits * 6}Z-{digits * 2}.db"
    return sorted(backups.glob(ours), key=lambda p: p.name, reverse=True)


def restore(path: Path, backups: Path) -> Path | None:
    """Put the newest backup that passes every check in place of `path`; which one, or None if there is none."""
    for found in list_backups(path, backups):
        try:
            broken = damage(found, writable=False)
        except StoreError:  # written by a newer program: of no use here
            continue
        if not broken:
            young = path.with_name(f".{path.name}.new")
            private(young)
            shutil.copyfile(found, young)
            settle(young, path)
            return found
    return None


def backup_if_old(path: Path, backups: Path, now: datetime) -> None:
    """A backup a day, made at opening. An empty store is not worth one: it would stand before the first words.

    Only for who has the store alone: what a killed backup left half-written goes.
    """
    for part in backups.glob(f".{path.stem}-*.part*"):
        part.unlink()
    newest = list_backups(path, backups)[:1]
    if (not newest or now - stamp_of(newest[0]) > BACKUP_EVERY) and not _is_empty(path):
        backup(path, backups, now)


def _is_empty(path: Path) -> bool:
    with closing(connect(path)) as db:
        return not db.execute("SELECT EXISTS (SELECT 1 FROM message) OR EXISTS (SELECT 1 FROM memory)").fetchone()[0]


def stamp(now: datetime) -> str:
    return now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def stamp_of(saved: Path) -> datetime:
    """When a backup was made (UTC), from its name."""
    return datetime.strptime(saved.stem.rsplit("-", 2)[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def private(path: Path) -> None:
    """A new empty file that only its owner may read; an older one of that name goes."""
    path.unlink(missing_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def settle(young: Path, path: Path) -> None:
    """Flush a finished file to disk and move it into place at once."""
    with young.open("rb+") as handle:
        os.fsync(handle.fileno())
    young.replace(path)
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
