"""Sessions, messages and turns in SQL."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from db import search
from db.connection import Connected
from db.memories import apply_change
from db.rows import change_of, iso, message_of, recall_cells, recall_of, session_of, turn_cells, turn_of
from ohlora_tui.errors import StoreError
from ohlora_tui.records import Change, Memory, Message, Recall, Session, Turn

if TYPE_CHECKING:
    from sqlite_utils import Database

    from db.facts import Vector


class Turns(Connected):
    """Every call is one transaction; what returned is on disk."""

    def create_session(self, title: str, base: str, now: datetime) -> Session:
        with self.write() as db:
            cells = {"title": title, "base": base, "created_at": iso(now), "updated_at": iso(now)}
            return _session(db, _insert(db, "session", cells))

    def sessions(self) -> list[Session]:
        """Newest first, with their turn counts."""
        with self.read() as db:
            return [session_of(row) for row in db.query(f"{_SESSIONS} ORDER BY julianday(updated_at) DESC, id DESC")]

    def session(self, session_id: int) -> Session:
        with self.read() as db:
            return _session(db, session_id)

    def last_session(self) -> Session | None:
        """The one last spoken in; None in an empty store."""
        return next(iter(self.sessions()), None)

    def rename_session(self, session_id: int, title: str) -> None:
        with self.write() as db:
            _session(db, session_id)
            db.execute("UPDATE session SET title = ? WHERE id = ?", (title, session_id))

    def _drop_session(self, session_id: int) -> None:
        """Rows only; Store.delete_session also wipes the bytes. Memories stay with their quote and lose their message."""
        with self.write() as db:
            _session(db, session_id)
            db.execute(
                "DELETE FROM memory_event WHERE op IN ('NOOP', 'REFUSE') "
                "AND turn_id IN (SELECT id FROM turn WHERE session_id = ?)",
                (session_id,),
            )
            db.execute("DELETE FROM session WHERE id = ?", (session_id,))
            search.rebuild(db, "message_fts")
            db.execute("PRAGMA user_version = 1")  # see care.scrub

    def _drop_turn_of(self, db: Database, message_id: int) -> None:
        """The turn of a user message goes: its messages, and its summary where the next turn carried it on."""
        where = "(SELECT id FROM turn WHERE message_id = :id)"
        answers = "(SELECT id FROM message WHERE parent_id = :id AND role = 'assistant')"
        for sql in (
            f"UPDATE turn SET last_summary = '' WHERE last_summary IN (SELECT text FROM summary WHERE turn_id IN {where})",
            f"DELETE FROM memory_event WHERE op IN ('NOOP', 'REFUSE') AND turn_id IN {where}",
            f"UPDATE message SET parent_id = (SELECT parent_id FROM message WHERE id = :id) WHERE role = 'user' AND parent_id IN {answers}",
            "DELETE FROM message WHERE id = :id OR (parent_id = :id AND role = 'assistant')",
        ):
            db.execute(sql, {"id": message_id})
        search.rebuild(db, "message_fts")

    def begin_turn(self, session_id: int, message: str, base: str, now: datetime, parent_id: int | None = None) -> Turn:
        """Store the user's message and an open turn. `parent_id`: the message it follows; None: the last one shown in the session."""
        with self.write() as db:
            _session(db, session_id)
            parent = parent_id if parent_id is not None else _last_message(db, session_id)
            message_id = _message(db, session_id, parent, "user", message, now)
            cells = {"session_id": session_id, "message_id": message_id, "state": "open", "base": base, "at": iso(now)}
            turn_id = _insert(db, "turn", cells)
            _touch(db, session_id, now)
        return Turn(message, base=base, at=now, session_id=session_id, id=turn_id, message_id=message_id)

    def finish_turn(self, turn: Turn, vector: Vector | None, now: datetime) -> Turn:
        """Her message, recalls, memory change, vector, keyword rows, summary, expression: all in one transaction.

        `vector`: (fingerprint, float32 bytes, dim) of the new memory. Gives the turn as stored, ids filled.
        """
        with self.write() as db:
            turn_id = _id(turn)
            before = _turn(db, turn_id)
            if before.state != "open" and before.answer_id is not None:
                raise StoreError(f"{turn_id}번 차례는 이미 끝났어요.", "답을 바꾸려면 다시 쓰기를 해 주세요.")
            _write_answer(db, turn_id, before, turn, now)
            if turn.change:
                apply_change(db, replace(turn, message_id=before.message_id, at=before.at), turn.change, vector, now)
            return _turn(db, turn_id)

    def replace_answer(self, turn_id: int, turn: Turn, now: datetime | None = None) -> Turn:
        """Regenerated: the turn shows the new answer; the old one stays as a sibling (`answers`). The memory change is left as it was.

        An empty new answer (stopped at once, failed) replaces nothing; its notes come back with the old turn.
        `now`: None takes the moment the answer was done, counted from the turn's own time.
        """
        with self.write() as db:
            before = _turn(db, turn_id)
            if not turn.answer:
                return replace(before, notes=turn.notes)
            at = now or (turn.at or before.at or _never()) + timedelta(seconds=turn.timing.total_s)
            for table in ("recall", "summary", "expression", "rating"):
                db.execute(f"DELETE FROM {table} WHERE turn_id = ?", (turn_id,))
            _write_answer(db, turn_id, before, turn, at)
            return _turn(db, turn_id)

    def answers(self, turn_id: int) -> list[Message]:
        """All answers ever written to a turn's message, oldest first; `turn.answer_id` says which one stands."""
        with self.read() as db:
            asked = "SELECT * FROM message WHERE parent_id = ? AND role = 'assistant' ORDER BY id"
            return [message_of(row) for row in db.query(asked, (_turn(db, turn_id).message_id,))]

    def spoken_of(self, since: datetime) -> frozenset[int]:
        """Ids of the memories that an answer to a message sent since then was given with, in any session."""
        with self.read() as db:
            used = "SELECT DISTINCT r.memory_id FROM recall r JOIN turn t ON t.id = r.turn_id WHERE r.used = 1 AND r.memory_id NOT NULL"
            found = db.execute(f"{used} AND julianday(t.at) >= julianday(?)", (iso(since),))  # of any zone: the text of two zones does not compare
            return frozenset(memory_id for (memory_id,) in found.fetchall())

    def turns(self, session_id: int) -> list[Turn]:
        """In the order they were said."""
        with self.read() as db:
            _session(db, session_id)
            return _load(db, "t.session_id = ?", session_id)

    def turn(self, turn_id: int) -> Turn:
        with self.read() as db:
            return _turn(db, turn_id)

    def rate(self, turn_id: int, value: int, now: datetime) -> None:
        """The user's verdict on an answer, -1 or 1; 0 takes it back."""
        with self.write() as db:
            _turn(db, turn_id)
            db.execute("DELETE FROM rating WHERE turn_id = ?", (turn_id,))
            if value:
                _insert(db, "rating", {"turn_id": turn_id, "value": value, "at": iso(now)})

    def rating(self, turn_id: int) -> int:
        with self.read() as db:
            found = db.execute("SELECT value FROM rating WHERE turn_id = ?", (turn_id,)).fetchone()
            return found[0] if found else 0

    def search_messages(self, text: str, limit: int = 50) -> list[Message]:
        """Messages with every word of `text` (else any of it), best first; answers that were replaced are left out."""
        with self.read() as db:
            return [message_of(row) for row in search.messages(db, text, limit)]


_SESSIONS = "SELECT s.*, (SELECT count(*) FROM turn t WHERE t.session_id = s.id) AS turns FROM session s"

_TURNS = """SELECT t.*, m.text AS message, a.text AS answer, s.text AS summary, e.eyes, e.mouth, e.pose
    FROM turn t JOIN message m ON m.id = t.message_id
    LEFT JOIN message a ON a.id = t.answer_id LEFT JOIN summary s ON s.turn_id = t.id LEFT JOIN expression e ON e.turn_id = t.id"""

_CHANGES = "SELECT v.* FROM memory_event v JOIN turn t ON t.id = v.turn_id WHERE v.op IN ('ADD', 'SUPERSEDE', 'NOOP', 'REFUSE')"


def _load(db: Database, where: str, value: int) -> list[Turn]:
    """Turns with their parts in three queries, whatever their number."""
    recalls: dict[int, list[Recall]] = {}
    for row in db.query(
        f"SELECT r.* FROM recall r JOIN turn t ON t.id = r.turn_id WHERE {where} ORDER BY r.turn_id, r.rank", (value,)
    ):
        recalls.setdefault(row["turn_id"], []).append(recall_of(row))
    changes: dict[int, Change] = {row["turn_id"]: change_of(row) for row in db.query(f"{_CHANGES} AND {where}", (value,))}
    rows = db.query(f"{_TURNS} WHERE {where} ORDER BY t.id", (value,))
    return [turn_of(row, recalls.get(row["id"], ()), changes.get(row["id"])) for row in rows]


def _turn(db: Database, turn_id: int) -> Turn:
    found = _load(db, "t.id = ?", turn_id)
    if not found:
        raise StoreError(f"{turn_id}번 차례가 없어요.", "대화가 지워지지 않았는지 확인해 주세요.")
    return found[0]


def _session(db: Database, session_id: int) -> Session:
    found = list(db.query(f"{_SESSIONS} WHERE s.id = ?", (session_id,)))
    if not found:
        raise StoreError(f"{session_id}번 대화가 없어요.", "`ohlora session list`로 번호를 확인해 주세요.")
    return session_of(found[0])


def _write_answer(db: Database, turn_id: int, before: Turn, turn: Turn, now: datetime) -> None:
    """Everything of a turn but its memory change."""
    assert before.session_id is not None
    answer_id = _message(db, before.session_id, before.message_id, "assistant", turn.answer, now) if turn.answer else None
    cells = turn_cells(turn) | {"answer_id": answer_id}
    db.execute(f"UPDATE turn SET {', '.join(f'{name} = :{name}' for name in cells)} WHERE id = :id", cells | {"id": turn_id})
    for rank, recall in enumerate(turn.recalls):
        _write_recall(db, turn_id, rank, recall)
    if turn.summary is not None:
        _insert(db, "summary", {"turn_id": turn_id, "text": turn.summary})
    if face := turn.expression:
        _insert(db, "expression", {"turn_id": turn_id, "eyes": face.eyes, "mouth": face.mouth, "pose": face.pose})
    _touch(db, before.session_id, now)


def _write_recall(db: Database, turn_id: int, rank: int, recall: Recall) -> None:
    """A memory that was forgotten while she was answering must not come back through the record of it."""
    row = db.execute("SELECT id, deleted_at FROM memory WHERE id = ?", (recall.memory.id,)).fetchone()
    if row is None or row[1] is None or _taken_back(db, recall.memory):
        _insert(db, "recall", recall_cells(recall, turn_id, rank, row[0] if row else None))


def _taken_back(db: Database, memory: Memory) -> bool:
    """Taken back, not forgotten: its text may stay in the record of what was read."""
    sql = "SELECT 1 FROM memory_event WHERE memory_id = ? AND undone_at IS NOT NULL"
    return db.execute(sql, (memory.id,)).fetchone() is not None


def _message(db: Database, session_id: int, parent_id: int | None, role: str, text: str, now: datetime) -> int:
    cells = {"session_id": session_id, "parent_id": parent_id, "role": role, "text": text, "at": iso(now)}
    row = _insert(db, "message", cells)
    search.index(db, "message_fts", row, text)
    return row


def _last_message(db: Database, session_id: int) -> int | None:
    sql = "SELECT coalesce(answer_id, message_id) FROM turn WHERE session_id = ? ORDER BY id DESC LIMIT 1"
    found = db.execute(sql, (session_id,)).fetchone()
    return found[0] if found else None


def _touch(db: Database, session_id: int, now: datetime) -> None:
    db.execute("UPDATE session SET updated_at = ? WHERE id = ?", (iso(now), session_id))


def _insert(db: Database, table: str, cells: dict[str, Any]) -> int:
    names = ", ".join(cells)
    done: sqlite3.Cursor = db.execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join(f':{name}' for name in cells)})", cells)
    assert done.lastrowid is not None
    return done.lastrowid


def _id(turn: Turn) -> int:
    if turn.id is None:
        raise StoreError("시작하지 않은 차례는 끝낼 수 없어요.", "먼저 메시지를 저장해 주세요.")
    return turn.id


def _never() -> datetime:
    raise StoreError("시각이 없는 차례예요.", "앱을 다시 열어 주세요.")
