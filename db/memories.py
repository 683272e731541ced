"""What she knows, what became of it, and the way back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from db import search
from db.connection import Connected
from db.facts import LIVE, Vector, chain, checked, embed, erase, find, insert, live, log, newest, rewrite, writable
from db.rows import iso, memory_of
from ohlora_tui.errors import StoreError
from ohlora_tui.records import Change, Memory, Turn

if TYPE_CHECKING:
    from sqlite_utils import Database


class Memories(Connected):
    """Every call is one transaction. Changes leave an event, so that they can be undone; forgetting cannot."""

    def memories(self) -> list[Memory]:
        """The live ones, oldest first."""
        with self.read() as db:
            return [memory_of(row) for row in db.query(f"SELECT * FROM memory WHERE {LIVE} ORDER BY id")]

    def memory(self, memory_id: int) -> Memory:
        """Live, superseded or put away. StoreError if there is none, or it was undone or forgotten."""
        with self.read() as db:
            return find(db, memory_id)

    def history(self, memory_id: int) -> list[Memory]:
        """What it superseded, newest first."""
        with self.read() as db:
            find(db, memory_id)
            return [find(db, one) for one in chain(db, memory_id)[1:]]

    def add_memory(self, memory: Memory, now: datetime) -> Memory:
        """A memory typed in by hand or imported."""
        with self.write() as db:
            stored = insert(db, replace(checked(memory), said_at=memory.said_at or now))
            log(db, "ADD", stored, now)
            return stored

    def edit_memory(self, memory_id: int, key: str, value: str, now: datetime) -> Memory:
        """New words for a live memory; its vector is dropped and shows up in missing_vectors."""
        with self.write() as db:
            old = live(db, memory_id)
            new = checked(replace(old, key=key.strip(), value=value.strip()))
            if new != old:
                log(db, "EDIT", old, now)
                rewrite(db, new)
            return new

    def pin_memory(self, memory_id: int, pinned: bool, now: datetime) -> Memory:
        with self.write() as db:
            old = live(db, memory_id)
            if old.pinned != pinned:
                log(db, "PIN", old, now)
                db.execute("UPDATE memory SET pinned = ? WHERE id = ?", (int(pinned), memory_id))
            return replace(old, pinned=pinned)

    def undo(self, now: datetime) -> str:
        """Take the last change of a memory back; says what, in Korean. StoreError if there is none or it was forgetting."""
        with self.write() as db:
            asked = "SELECT * FROM memory_event WHERE op NOT IN ('NOOP', 'REFUSE') AND undone_at IS NULL ORDER BY id DESC LIMIT 1"
            event = next(iter(db.query(asked)), None)
            if event is None:
                raise StoreError("되돌릴 일이 없어요.", "기억이 바뀐 뒤에 다시 해 주세요.")
            return _undo(db, event, now)

    def undo_turn(self, turn_id: int, now: datetime) -> str:
        """Take back what that turn remembered."""
        with self.write() as db:
            asked = "SELECT * FROM memory_event WHERE turn_id = ? AND op IN ('ADD', 'SUPERSEDE') AND undone_at IS NULL"
            event = next(iter(db.query(asked, (turn_id,))), None)
            if event is None:
                raise StoreError(f"{turn_id}번 차례에는 되돌릴 기억이 없어요.", "다른 답을 골라 주세요.")
            return _undo(db, event, now)

    def search_memories(self, text: str, limit: int = 20) -> list[tuple[Memory, float]]:
        """Live memories that share a word with a whole sentence, best first; score: bm25, > 0, higher is better, no upper bound."""
        with self.read() as db:
            return [(memory_of(row), row["rank"]) for row in search.memories(db, text, limit)]

    def find_memories(self, text: str, limit: int = 50) -> list[Memory]:
        """Live memories with every word of `text` (else without its particles, else any of it), best first: for a search box."""
        with self.read() as db:
            return [memory_of(row) for row in search.found_memories(db, text, limit)]

    def vectors(self, fingerprint: str) -> tuple[list[int], bytes, int]:
        """Live memories' ids, their vectors end to end (float32, N x dim) and dim; ([], b"", 0) if there are none."""
        sql = f"""SELECT memory_id, vector, dim FROM embedding JOIN memory ON memory.id = memory_id
            WHERE fingerprint = ? AND {LIVE} ORDER BY memory_id"""
        with self.read() as db:
            rows = db.execute(sql, (fingerprint,)).fetchall()
        return [row[0] for row in rows], b"".join(row[1] for row in rows), rows[0][2] if rows else 0

    def missing_vectors(self, fingerprint: str) -> list[Memory]:
        """Live memories that this embedder has not seen."""
        sql = f"""SELECT * FROM memory WHERE {LIVE}
            AND id NOT IN (SELECT memory_id FROM embedding WHERE fingerprint = ?) ORDER BY id"""
        with self.read() as db:
            return [memory_of(row) for row in db.query(sql, (fingerprint,))]

    def save_vectors(self, fingerprint: str, dim: int, items: list[tuple[int, bytes]]) -> None:
        """Store vectors of `dim` float32 each; those of memories gone meanwhile are dropped."""
        with self.write() as db:
            for memory_id, vector in items:
                embed(db, memory_id, (fingerprint, vector, dim))


def apply_change(db: Database, turn: Turn, change: Change, vector: Vector | None, now: datetime) -> None:
    """Do what the keeper decided in `turn` and write it down; NOOP and REFUSE are only written down.

    A memory that cannot be written is refused: the answer it came with must not be lost over it.
    """
    if change.op in ("ADD", "SUPERSEDE") and not writable(change.memory):
        change = Change("REFUSE", change.memory, reason="적을 수 없는 꼴이라 기억하지 않았어요.")
    memory, replaces = change.memory, change.replaces
    if change.op in ("ADD", "SUPERSEDE"):
        memory = replace(memory, message_id=memory.message_id or turn.message_id, said_at=memory.said_at or turn.at)
        memory = insert(db, memory)
        if vector:
            embed(db, memory.id, vector)
    if change.op == "SUPERSEDE" and replaces is not None:
        replaces = newest(db, replaces)
        db.execute("UPDATE memory SET superseded_by = ? WHERE id = ? AND deleted_at IS NULL", (memory.id, replaces))
    log(db, change.op, memory, now, replaces, turn.id, change.reason)


def _undo(db: Database, event: dict, now: datetime) -> str:
    if event["op"] == "FORGET":
        raise StoreError("마지막에 한 일은 잊기라서 되돌릴 수 없어요.", "필요하면 기억을 새로 적어 주세요.")
    memory = memory_of(json.loads(event["memory"]))
    said = _UNDO[event["op"]](db, memory, event, now)
    if event["turn_id"] is None:
        db.execute("DELETE FROM memory_event WHERE id = ?", (event["id"],))
    else:  # the turn goes on showing what it had remembered, as undone
        db.execute("UPDATE memory_event SET undone_at = ? WHERE id = ?", (iso(now), event["id"]))
    return said


def _undo_add(db: Database, memory: Memory, event: dict, now: datetime) -> str:
    """Later edits and pins of it have nothing left to stand on."""
    assert memory.id is not None
    db.execute(
        "UPDATE memory SET superseded_by = (SELECT superseded_by FROM memory WHERE id = ?) WHERE superseded_by = ?",
        (memory.id,) * 2,
    )
    erase(db, memory.id, now)
    db.execute("DELETE FROM memory_event WHERE memory_id = ? AND op IN ('EDIT', 'PIN')", (memory.id,))
    return f"{memory.text} 기억을 없던 일로 했어요."


def _undo_supersede(db: Database, memory: Memory, event: dict, now: datetime) -> str:
    said = _undo_add(db, memory, event, now)
    old = next(iter(db.query(f"SELECT * FROM memory WHERE id = ? AND {LIVE}", (event["replaces"],))), None)
    return f"{said} {memory_of(old).text} 기억이 돌아왔어요." if old else said


def _undo_edit(db: Database, memory: Memory, event: dict, now: datetime) -> str:
    """The event holds the memory as it was: live. One that was put away since comes back."""
    now_pinned = find(db, memory.id or 0).pinned
    away = not db.execute(f"SELECT 1 FROM memory WHERE id = ? AND {LIVE}", (memory.id,)).fetchone()
    rewrite(db, replace(memory, pinned=now_pinned))
    return f"{memory.text} 기억이 돌아왔어요." if away else f"{memory.text} 기억을 고치기 전으로 되돌렸어요."


def _undo_pin(db: Database, memory: Memory, event: dict, now: datetime) -> str:
    db.execute("UPDATE memory SET pinned = ? WHERE id = ?", (int(memory.pinned), memory.id))
    return f"{memory.text} 기억을 {'다시 고정했어요' if memory.pinned else '고정하지 않은 것으로 되돌렸어요'}."


_UNDO = {"ADD": _undo_add, "SUPERSEDE": _undo_supersede, "EDIT": _undo_edit, "PIN": _undo_pin}
