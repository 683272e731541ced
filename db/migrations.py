"""The schema, append-only: a migration that shipped is never edited, the next one gets the next number.

Times are ISO-8601 text with an offset. Ids are never used twice (AUTOINCREMENT): an event or an old answer cannot come to mean another row.
`user_version` is 1 while bytes of something forgotten still have to be wiped (care.scrub), else 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database, Migrations

TABLES = (
    "session",
    "message",
    "turn",
    "memory",
    "memory_event",
    "embedding",
    "recall",
    "summary",
    "expression",
    "rating",
    "eval_run",
    "message_fts",
    "memory_fts",
)
"""What a store of the newest schema must hold."""

FTS = {
    name: f"CREATE VIRTUAL TABLE {name} USING fts5(tokens, tokenize = 'unicode61 remove_diacritics 0')" for name in TABLES[-2:]
}
"""Keyword rows, rowid = message id / memory id; the content is written by search.tokens."""

FIRST = (
    """CREATE TABLE session (
        id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT NOT NULL, base TEXT NOT NULL,
        created_at TEXT NOT NULL, updated_at TEXT NOT NULL)""",
    """CREATE TABLE message (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        session_id INTEGER NOT NULL REFERENCES session(id) ON DELETE CASCADE,
        parent_id INTEGER REFERENCES message(id) ON DELETE SET NULL,
        role TEXT NOT NULL CHECK (role IN ('user', 'assistant')), text TEXT NOT NULL, at TEXT NOT NULL)""",
    """CREATE TABLE turn (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        session_id INTEGER NOT NULL REFERENCES session(id) ON DELETE CASCADE,
        message_id INTEGER NOT NULL REFERENCES message(id) ON DELETE CASCADE,
        answer_id INTEGER REFERENCES message(id) ON DELETE SET NULL,
        state TEXT NOT NULL CHECK (state IN ('open', 'done', 'stopped', 'failed')),
        speaker TEXT NOT NULL DEFAULT 'model', base TEXT NOT NULL, at TEXT NOT NULL,
        clock TEXT NOT NULL DEFAULT '', last_summary TEXT NOT NULL DEFAULT '', notes TEXT NOT NULL DEFAULT '[]',
        first_token_s REAL NOT NULL DEFAULT 0, total_s REAL NOT NULL DEFAULT 0, tokens INTEGER NOT NULL DEFAULT 0)""",
    """CREATE TABLE memory (
        id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL, value TEXT NOT NULL, quote TEXT NOT NULL DEFAULT '',
        said_at TEXT, valid_from TEXT, valid_until TEXT,
        message_id INTEGER REFERENCES message(id) ON DELETE SET NULL,
        pinned INTEGER NOT NULL DEFAULT 0, superseded_by INTEGER REFERENCES memory(id), deleted_at TEXT)""",
    """CREATE TABLE memory_event (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        op TEXT NOT NULL CHECK (op IN ('ADD', 'SUPERSEDE', 'NOOP', 'REFUSE', 'EDIT', 'PIN', 'FORGET')),
        memory_id INTEGER REFERENCES memory(id), replaces INTEGER,
        turn_id INTEGER REFERENCES turn(id) ON DELETE SET NULL,
        at TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '', memory TEXT, undone_at TEXT)""",
    """CREATE TABLE embedding (
        memory_id INTEGER NOT NULL REFERENCES memory(id) ON DELETE CASCADE,
        fingerprint TEXT NOT NULL, dim INTEGER NOT NULL, vector BLOB NOT NULL,
        PRIMARY KEY (memory_id, fingerprint), CHECK (length(vector) = 4 * dim))""",
    """CREATE TABLE recall (
        turn_id INTEGER NOT NULL REFERENCES turn(id) ON DELETE CASCADE, rank INTEGER NOT NULL,
        memory_id INTEGER REFERENCES memory(id), memory TEXT NOT NULL, text TEXT NOT NULL,
        score REAL NOT NULL, cosine REAL NOT NULL, words TEXT NOT NULL, used INTEGER NOT NULL,
        PRIMARY KEY (turn_id, rank))""",
    "CREATE TABLE summary (turn_id INTEGER PRIMARY KEY REFERENCES turn(id) ON DELETE CASCADE, text TEXT NOT NULL)",
    """CREATE TABLE expression (
        turn_id INTEGER PRIMARY KEY REFERENCES turn(id) ON DELETE CASCADE,
        eyes TEXT NOT NULL, mouth TEXT NOT NULL, pose TEXT NOT NULL)""",
    """CREATE TABLE rating (
        turn_id INTEGER PRIMARY KEY REFERENCES turn(id) ON DELETE CASCADE, value INTEGER NOT NULL, at TEXT NOT NULL)""",
    """CREATE TABLE eval_run (
        id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, version TEXT NOT NULL, data_hash TEXT NOT NULL, report TEXT NOT NULL)""",
    *FTS.values(),
    "CREATE TRIGGER message_gone AFTER DELETE ON message BEGIN DELETE FROM message_fts WHERE rowid = old.id; END",
    "CREATE INDEX message_session ON message(session_id)",
    "CREATE INDEX message_parent ON message(parent_id)",
    "CREATE INDEX turn_session ON turn(session_id)",
    "CREATE INDEX turn_message ON turn(message_id)",
    "CREATE INDEX turn_answer ON turn(answer_id)",
    "CREATE INDEX memory_message ON memory(message_id)",
    "CREATE INDEX memory_superseded ON memory(superseded_by)",
    "CREATE INDEX event_memory ON memory_event(memory_id)",
    "CREATE INDEX event_turn ON memory_event(turn_id)",
    "CREATE INDEX recall_memory ON recall(memory_id)",
)


def m001_first(db: Database) -> None:
    for statement in FIRST:
        db.execute(statement)


MIGRATIONS = (m001_first,)
"""Oldest first."""


def migrations() -> Migrations:
    """The set "ohlora" for sqlite-utils; applied inside the caller's transaction, all or nothing."""
    from sqlite_utils import Migrations

    found = Migrations("ohlora")
    for step in MIGRATIONS:
        found()(step)
    return found


def unknown(db: Database) -> list[str]:
    """Applied migrations this program does not know: the file was written by a newer one."""
    known = {step.__name__ for step in MIGRATIONS}
    return [m.name for m in migrations().applied(db) if m.name not in known]
