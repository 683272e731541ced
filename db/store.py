"""The store: one SQLite file with every session, turn and memory. Knows records and SQL only; the caller brings the time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from db import care
from db.check import newer_schema
from db.connection import guard
from db.facts import forget
from db.lease import OPENING, Lease
from db.memories import Memories
from db.migrations import unknown
from db.rows import iso
from db.turns import Turns
from db.upkeep import Upkeep


@dataclass(frozen=True, slots=True)
class EvalRun:
    """One stored evaluation; `report` is its JSON text."""

    id: int
    at: datetime
    version: str
    data_hash: str
    report: str


class Store(Turns, Memories, Upkeep):
    """Use from any thread; close once. `notices`: Korean sentences the user must be told. `shared`: another app has it open."""

    notices: tuple[str, ...] = ()
    shared = False

    def __init__(self, path: Path, backups: Path, lease: Lease) -> None:
        super().__init__(path)
        self.backups = backups
        self._lease = lease

    @classmethod
    def open(cls, path: Path, backups: Path, now: datetime) -> Store:
        """The store at `path`, made (folder 0700, file 0600) or mended if need be.

        A damaged file is set aside and the newest good backup put in its place. StoreError: a newer program wrote it, the disk is
        full, the folder is read-only, or the file is damaged while another app has it open.
        """
        iso(now)
        with guard(path), OPENING:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            store = cls(path, backups, Lease(path))
            try:
                store._prepare(now)
            except BaseException:
                store.close()
                raise
            return store

    def _prepare(self, now: datetime) -> None:
        """The opening checks. Alone, what a killed app left behind is put in order; the doors open at the end."""
        alone = self._lease.alone
        self.shared = not alone
        notices = care.make_ready(self.path, self.backups, now, alone)
        if self.path.stat().st_mode & 0o077:
            self.path.chmod(0o600)
        if newer := unknown(self.db):
            raise newer_schema(self.path, newer)
        care.migrate(self.db, self.path, self.backups, now, alone)
        if alone:
            notices += care.mend_index(self.db)
            care.close_open_turns(self.db, now, self._lease.sure)
            if care.must_scrub(self.db):
                care.scrub(self.db, self.path, self.backups, now)
            care.backup_if_old(self.path, self.backups, now)
            self._lease.share()
        self.notices = tuple(notices)

    def delete_session(self, session_id: int, now: datetime | None = None) -> None:
        """Its messages, turns, recalls, summaries, expressions, ratings and keyword rows, bytes and backups included.

        Memories from it stay, with the quote, without the message.
        """
        at = now or self.session(session_id).updated_at  # only names the fresh backup
        self._drop_session(session_id)
        care.scrub(self.db, self.path, self.backups, at)

    def forget_memory(self, memory_id: int, now: datetime, with_message: bool = False) -> None:
        """Remove a memory and what it superseded for good: db, WAL, keyword index, vectors, records of use, backups.

        The user's message stays in the conversation unless `with_message`: then its whole turn goes. Cannot be undone.
        """
        with self.write() as db:
            words, source = forget(db, memory_id, now)
            if with_message and source is not None:
                self._drop_turn_of(db, source)
            care.wipe_set_aside(self.path, words)  # before the commit: afterwards nobody knows the words
        care.scrub(self.db, self.path, self.backups, now)

    def save_eval_run(self, version: str, data_hash: str, report_json: str, now: datetime) -> int:
        with self.write() as db:
            cells = (iso(now), version, data_hash, report_json)
            return db.execute("INSERT INTO eval_run (at, version, data_hash, report) VALUES (?, ?, ?, ?)", cells).lastrowid or 0

    def eval_runs(self) -> list[EvalRun]:
        """Newest first."""
        with self.read() as db:
            rows = db.execute("SELECT id, at, version, data_hash, report FROM eval_run ORDER BY id DESC").fetchall()
        return [EvalRun(row[0], datetime.fromisoformat(row[1]), *row[2:]) for row in rows]

    def close(self) -> None:
        super().close()
        self._lease.close()
