"""Memory rows, their keyword rows, vectors and events: the steps that db.memories is made of. The caller holds the transaction.

A row is never removed, so that its id cannot mean another memory: undone and forgotten ones are emptied and get deleted_at.
One that was put away has a successor, or deleted_at; it keeps its words, so that it can come back or be forgotten for good.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from db import search
from db.rows import iso, memory_cells, memory_json, memory_of
from ohlora_tui.errors import StoreError
from ohlora_tui.records import Memory

if TYPE_CHECKING:
    from sqlite_utils import Database

Vector = tuple[str, bytes, int]
"""Fingerprint of the embedder, float32 bytes, dim."""

LIVE = "superseded_by IS NULL AND deleted_at IS NULL"
WORDED = "key <> ''"
"""Not undone and not forgotten: the row still says something."""


def insert(db: Database, memory: Memory) -> Memory:
    """A new live row with its keyword row; the id is the store's."""
    cells = memory_cells(replace(memory, superseded_by=None))
    names = ", ".join(cells)
    done = db.execute(f"INSERT INTO memory ({names}) VALUES ({', '.join(f':{name}' for name in cells)})", cells)
    search.index(db, "memory_fts", done.lastrowid or 0, f"{memory.key} {memory.value}")
    return replace(memory, superseded_by=None, id=done.lastrowid)


def writable(memory: Memory) -> bool:
    """Can it be written and read back as `[key: value]`?"""
    try:
        Memory.parse(memory.text)
    except ValueError:
        return False
    return True


def checked(memory: Memory) -> Memory:
    """StoreError unless it is writable."""
    if not writable(memory):
        raise StoreError(
            f"{memory.text!r}은(는) 기억으로 적을 수 없어요.", "키는 40자, 값은 200자까지, 대괄호와 줄바꿈 없이 적어 주세요."
        )
    return memory


def find(db: Database, memory_id: int) -> Memory:
    """Live, superseded or put away; StoreError for one that was undone or forgotten."""
    row = next(iter(db.query(f"SELECT * FROM memory WHERE id = ? AND {WORDED}", (memory_id,))), None)
    if row is None:
        raise StoreError(f"{memory_id}번 기억이 없어요.", "`ohlora memory list`로 번호를 확인해 주세요.")
    return memory_of(row)


def chain(db: Database, memory_id: int) -> list[int]:
    """The memory and every older one it stands for, newest first; undone and forgotten ones left out."""
    sql = """WITH RECURSIVE old(id) AS (VALUES (?) UNION SELECT m.id FROM memory m JOIN old ON m.superseded_by = old.id)
        SELECT m.id FROM old JOIN memory m ON m.id = old.id WHERE m.key <> '' ORDER BY m.id = ? DESC, m.id DESC"""
    return [row[0] for row in db.execute(sql, (memory_id, memory_id)).fetchall()]


def erase(db: Database, memory_id: int, now: datetime) -> None:
    """Empty the row and drop its vector and keywords."""
    db.execute(
        "UPDATE memory SET key = '', value = '', quote = '', said_at = NULL, valid_from = NULL, valid_until = NULL, "
        "message_id = NULL, pinned = 0, superseded_by = NULL, deleted_at = ? WHERE id = ?",
        (iso(now), memory_id),
    )
    db.execute("DELETE FROM embedding WHERE memory_id = ?", (memory_id,))
    search.unindex(db, "memory_fts", memory_id)


def forget(db: Database, memory_id: int, now: datetime) -> tuple[list[str], int | None]:
    """Empty a memory and what it superseded, with every record that repeats their words; leaves a wordless FORGET event.

    Gives the texts that were taken away, and the id of the message the memory came from.
    """
    gone = chain(db, memory_id) or undone_id(db, memory_id)
    if not gone:
        find(db, memory_id)  # says that there is none
    records = [record for one in gone for record in _records(db, one)]
    for one in gone:
        erase(db, one, now)
        db.execute("DELETE FROM recall WHERE memory_id = ?", (one,))
        db.execute("UPDATE memory_event SET reason = '' WHERE replaces = ? AND op = 'SUPERSEDE'", (one,))
        db.execute("DELETE FROM memory_event WHERE memory_id = ? OR (replaces = ? AND op <> 'SUPERSEDE')", (one, one))
    db.execute("INSERT INTO memory_event (op, at) VALUES ('FORGET', ?)", (iso(now),))
    search.rebuild(db, "memory_fts")
    db.execute("PRAGMA user_version = 1")  # see care.scrub
    words = {text for record in records for text in (record.value, record.quote) if text}
    return sorted(words), next((record.message_id for record in records if record.message_id), None)


def _records(db: Database, memory_id: int) -> list[Memory]:
    """Every version of a memory's words that is written anywhere: the row, before edits, as it was read."""
    sql = "SELECT memory FROM memory_event WHERE memory_id = :id AND memory NOT NULL UNION SELECT memory FROM recall WHERE memory_id = :id"
    kept = [memory_of(json.loads(row[0])) for row in db.execute(sql, {"id": memory_id}).fetchall()]
    return [*(memory_of(row) for row in db.query("SELECT * FROM memory WHERE id = ?", (memory_id,))), *kept]


def undone_id(db: Database, memory_id: int) -> list[int]:
    """An undone memory can still be forgotten: its turn shows what it had been."""
    sql = "SELECT DISTINCT memory_id FROM memory_event WHERE memory_id = ? AND undone_at NOT NULL"
    return [row[0] for row in db.execute(sql, (memory_id,)).fetchall()]


def live(db: Database, memory_id: int) -> Memory:
    memory = find(db, memory_id)
    if memory.superseded_by is not None:
        raise StoreError(f"{memory_id}번 기억은 {memory.superseded_by}번으로 바뀌었어요.", "바뀐 기억을 골라 주세요.")
    if not db.execute(f"SELECT 1 FROM memory WHERE id = ? AND {LIVE}", (memory_id,)).fetchone():
        raise StoreError(f"{memory_id}번 기억은 치워 두었어요.", "`ohlora memory undo`로 되돌린 뒤에 다시 해 주세요.")
    return memory


def newest(db: Database, memory_id: int) -> int:
    """The live end of a chain: two apps may supersede the same memory at once."""
    while (row := db.execute("SELECT superseded_by FROM memory WHERE id = ?", (memory_id,)).fetchone()) and row[0]:
        memory_id = row[0]
    return memory_id


def rewrite(db: Database, memory: Memory) -> None:
    """Words, span and pin of a row, which is live from then on; the vector of the old words goes."""
    names = ("key", "value", "pinned", "valid_from", "valid_until", "superseded_by")  # never message_id: it may be gone by now
    cells = {name: cell for name, cell in memory_cells(memory).items() if name in names} | {"id": memory.id}
    db.execute(f"UPDATE memory SET deleted_at = NULL, {', '.join(f'{n} = :{n}' for n in names)} WHERE id = :id", cells)
    db.execute("DELETE FROM embedding WHERE memory_id = ?", (memory.id,))
    search.index(db, "memory_fts", memory.id or 0, f"{memory.key} {memory.value}")


def put_away(db: Database, memory: Memory, now: datetime, into: int | None) -> None:
    """A live row is no longer recalled; `into` stands for it from now on. rewrite() brings it back."""
    if into is None:
        db.execute("UPDATE memory SET deleted_at = ? WHERE id = ?", (iso(now), memory.id))
        search.unindex(db, "memory_fts", memory.id or 0)
    else:
        db.execute("UPDATE memory SET superseded_by = ? WHERE id = ?", (into, memory.id))


def embed(db: Database, memory_id: int | None, vector: Vector) -> None:
    fingerprint, blob, dim = vector
    if len(blob) != 4 * dim:
        raise StoreError(f"{memory_id}번 기억의 벡터가 {len(blob)}바이트예요. {dim}차원 float32라면 {4 * dim}바이트여야 해요.")
    db.execute(
        "INSERT OR REPLACE INTO embedding (memory_id, fingerprint, dim, vector) "
        "SELECT id, ?, ?, ? FROM memory WHERE id = ? AND deleted_at IS NULL",
        (fingerprint, dim, blob, memory_id),
    )


def log(
    db: Database,
    op: str,
    memory: Memory,
    now: datetime,
    replaces: int | None = None,
    turn_id: int | None = None,
    reason: str = "",
) -> None:
    """`memory`: as it is after ADD and SUPERSEDE, as it was before EDIT and PIN."""
    db.execute(
        "INSERT INTO memory_event (op, memory_id, replaces, turn_id, at, reason, memory) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (op, memory.id, replaces, turn_id, iso(now), reason, memory_json(memory)),
    )
