"""Is a store file whole? Header, quick_check, the mark of migrations, expected tables."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from db.connection import BUSY_S, connect
from db.migrations import TABLES, migrations, unknown
from ohlora_tui.errors import StoreError

if TYPE_CHECKING:
    from sqlite_utils import Database

HEADER = b"SQLite format 3\x00"
BROKEN = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_IOERR_SHORT_READ")
"""SQLite errors that mean the file itself is damaged; others (locked, full, read-only) are the surroundings'."""


def is_broken(wrong: sqlite3.Error) -> bool:
    return getattr(wrong, "sqlite_errorname", "").startswith(BROKEN) or "malformed" in str(wrong)


def damage(path: Path, writable: bool = True) -> str:
    """What is wrong with the file, in a few words; "" if it is whole. StoreError if a newer program wrote it."""
    with path.open("rb") as handle:
        header = handle.read(len(HEADER))
    if header != HEADER:
        return "0바이트" if not header else "머리글이 달라요"
    try:
        with closing(connect(path) if writable else connect_readonly(path)) as db:
            return _wrong_inside(db, path)
    except sqlite3.DatabaseError as wrong:
        if is_broken(wrong):
            return "내용이 깨졌어요"
        raise


def _wrong_inside(db: Database, path: Path) -> str:
    found = [line for (line,) in db.execute("PRAGMA quick_check(20)").fetchall() if line != "ok" and "FTS5" not in line]
    if found:  # a broken keyword index alone is made anew, see mend_index
        return "내용이 깨졌어요"
    if newer := unknown(db):
        raise newer_schema(path, newer)
    pending = migrations().pending(db)
    missing = sorted(set(TABLES) - set(db.table_names())) if not pending else _missing_base(db)
    return f"{', '.join(missing)} 표가 없어요" if missing else ""


def _missing_base(db: Database) -> list[str]:
    """An older store may lack newer tables, but never the mark that migrations leave."""
    return [] if migrations().applied(db) else ["_sqlite_migrations"]


def connect_readonly(path: Path) -> Database:
    from sqlite_utils import Database

    where = f"{path.absolute().as_uri()}?mode=ro"
    conn = sqlite3.connect(where, uri=True, timeout=BUSY_S, isolation_level=None)
    return Database(conn, recursive_triggers=False, execute_plugins=False)


def newer_schema(path: Path, newer: list[str]) -> StoreError:
    return StoreError(
        f"{path}은(는) 더 새로운 오로라가 쓴 저장소라서 열 수 없어요 ({newer[-1]}).",
        "오로라를 새 판으로 올려 주세요. 파일은 그대로 두었어요.",
    )
