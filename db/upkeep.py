"""Many memories at once: what is taken in from a file, put away, dated anew, and what hangs loose in the tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from db.connection import Connected
from db.facts import LIVE, WORDED, checked, insert, live, log, put_away, rewrite
from db.rows import memory_of
from ohlora_tui.records import Change, Memory

if TYPE_CHECKING:
    from sqlite_utils import Database

Decide = Callable[[list[Memory]], Sequence[Change]]
"""The live memories -> what becomes of new ones. Pure: it runs inside the transaction, so that no other app comes between."""


@dataclass(frozen=True, slots=True)
class Strays:
    """Rows that point at nothing. `sources`: ids of live memories whose message is gone; `vectors`: how many have no memory."""

    sources: tuple[int, ...] = ()
    vectors: int = 0


class Upkeep(Connected):
    """Every call is one transaction. What changes a memory leaves an event, and `undo` takes the events back one by one."""

    def past_memories(self) -> list[Memory]:
        """Superseded ones and those put away, oldest first; one that was put away for no other has no `superseded_by`."""
        with self.read() as db:
            return [memory_of(row) for row in db.query(f"SELECT * FROM memory WHERE {WORDED} AND NOT ({LIVE}) ORDER BY id")]

    def change_memories(self, decide: Decide, now: datetime) -> list[Change]:
        """Do every ADD and SUPERSEDE that `decide` asks for, or none; NOOP and REFUSE are not even written down.

        A new memory may come with an id below 0, so that a later change can name it in `replaces`. Gives the changes with
        the store's ids. StoreError for a memory that cannot be written.
        """
        ids: dict[int | None, int | None] = {}
        with self.write() as db:
            known = [memory_of(row) for row in db.query(f"SELECT * FROM memory WHERE {LIVE} ORDER BY id")]
            return [_done(db, change, ids, now) for change in decide(known)]

    def retire_memories(self, memory_ids: Sequence[int], now: datetime, into: int | None = None) -> list[Memory]:
        """Put live memories away, words kept; `into`: the live memory whose history they become. One event each."""
        with self.write() as db:
            gone = [live(db, one) for one in memory_ids]
            if into is not None:
                live(db, into)
            for memory in gone:
                log(db, "EDIT", memory, now)
                put_away(db, memory, now, into)
            return gone

    def date_memory(self, memory_id: int, start: datetime | None, end: datetime | None, now: datetime) -> Memory:
        """A new span for a live memory; None: it speaks of no certain days."""
        with self.write() as db:
            old = live(db, memory_id)
            new = replace(old, valid_from=start, valid_until=end)
            log(db, "EDIT", old, now)
            rewrite(db, new)
            return new

    def strays(self) -> Strays:
        """What another program left behind; this one's foreign keys leave none."""
        with self.read() as db:
            sources = db.execute(f"SELECT id FROM memory WHERE {LIVE} AND {_SOURCELESS} ORDER BY id").fetchall()
            (vectors,) = db.execute(f"SELECT count(*) FROM embedding WHERE {_MEMORYLESS}").fetchone()
            return Strays(tuple(row[0] for row in sources), vectors)

    def unlink_memory(self, memory_id: int) -> None:
        """Its link to a message that is gone goes; a good link stays. No event: a link to nothing cannot be missed."""
        with self.write() as db:
            db.execute(f"UPDATE memory SET message_id = NULL WHERE id = ? AND {_SOURCELESS}", (memory_id,))

    def drop_stray_vectors(self) -> None:
        """Vectors of no memory. No event: nothing can be read from them."""
        with self.write() as db:
            db.execute(f"DELETE FROM embedding WHERE {_MEMORYLESS}")


_SOURCELESS = "message_id IS NOT NULL AND message_id NOT IN (SELECT id FROM message)"
_MEMORYLESS = f"memory_id NOT IN (SELECT id FROM memory WHERE {WORDED})"


def _done(db: Database, change: Change, ids: dict[int | None, int | None], now: datetime) -> Change:
    """One change with the store's ids; `ids`: provisional id -> the store's, of those before it."""
    replaces = ids.get(change.replaces, change.replaces)
    if change.op not in ("ADD", "SUPERSEDE"):
        return replace(change, replaces=replaces)
    memory = insert(db, replace(checked(change.memory), said_at=change.memory.said_at or now, message_id=None))
    ids[change.memory.id] = memory.id
    if change.op == "SUPERSEDE":
        db.execute(f"UPDATE memory SET superseded_by = ? WHERE id = ? AND {LIVE}", (memory.id, replaces))
    log(db, change.op, memory, now, replaces, reason=change.reason)
    return replace(change, memory=memory, replaces=replaces)
