"""One connection per thread, the pragmas, and the sentences for what SQLite and the disk refuse."""

from __future__ import annotations

import sqlite3
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ohlora_tui.errors import StoreError

if TYPE_CHECKING:
    from sqlite_utils import Database

BUSY_S = 5.0
"""How long a write waits for another app's write. A commit takes about 1 ms, a VACUUM of 10,000 turns well under a second."""

PRAGMAS = (
    f"busy_timeout = {int(BUSY_S * 1000)}",
    "journal_mode = WAL",
    "synchronous = FULL",  # what was acknowledged survives a power cut too
    "foreign_keys = ON",
    "secure_delete = ON",  # freed cells are zeroed
    "temp_store = MEMORY",  # a sort must not spill words into a folder that others read
)

REFUSALS = {
    "FULL": ("디스크가 가득 차서 {path}에 쓸 수 없어요.", "자리를 비우고 다시 해 주세요. 저장된 대화는 그대로예요."),
    "READONLY": (
        "{path}에 쓸 수 없어요 (읽기 전용).",
        "폴더와 파일의 쓰기 권한을 확인하거나 OHLORA_HOME을 다른 폴더로 정해 주세요.",
    ),
    "BUSY": (
        "다른 오로라가 {path}에 쓰고 있어서 5초를 기다려도 차례가 오지 않았어요.",
        "잠시 뒤에 다시 하거나 다른 창을 닫아 주세요.",
    ),
    "LOCKED": ("다른 오로라가 {path}에 쓰고 있어요.", "잠시 뒤에 다시 해 주세요."),
    "CANTOPEN": ("{path}을(를) 열 수 없어요.", "폴더가 있는지, 쓸 수 있는지 확인해 주세요."),
    "IOERR": ("{path}을(를) 읽고 쓰는 중에 디스크 오류가 났어요.", "디스크를 확인하고 다시 열어 주세요."),
    "CORRUPT": ("{path} 파일이 망가졌어요.", "앱을 닫고 다시 열면 백업에서 되살려요."),
    "NOTADB": ("{path} 파일이 대화 저장소가 아니에요.", "앱을 닫고 다시 열면 백업에서 되살려요."),
}
"""SQLite's error name -> sentence and next step."""


def refusal(path: Path, wrong: sqlite3.Error) -> StoreError:
    """An SQLite error as one sentence; an unknown one keeps SQLite's own words."""
    kind = getattr(wrong, "sqlite_errorname", "").removeprefix("SQLITE_").split("_")[0]
    sentence, hint = REFUSALS.get(kind, (f"{path} 저장소가 거절했어요: {wrong}.", "`ohlora doctor`로 상태를 확인해 주세요."))
    return StoreError(sentence.format(path=path), hint)


@contextmanager
def guard(path: Path) -> Iterator[None]:
    """SQLite and disk errors leave as StoreError."""
    try:
        yield
    except sqlite3.Error as wrong:
        raise refusal(path, wrong) from wrong
    except UnicodeEncodeError as wrong:
        raise StoreError(
            f"저장할 수 없는 글자가 있어요: {wrong.object[wrong.start : wrong.end]!a}.", "그 글자를 지워 주세요."
        ) from wrong
    except OSError as wrong:
        raise StoreError(
            f"{wrong.filename or path}에 쓸 수 없어요: {wrong.strerror}.", "권한과 남은 자리를 확인해 주세요."
        ) from wrong


def connect(path: Path) -> Database:
    """A connection to an existing file with every pragma set, in autocommit: transactions begin by hand."""
    from sqlite_utils import Database

    where = f"{path.absolute().as_uri()}?mode=rw"  # never creates: a missing file is an error, not a new store
    conn = sqlite3.connect(where, uri=True, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
    try:
        for pragma in PRAGMAS:
            conn.execute(f"PRAGMA {pragma}")
        return Database(conn, execute_plugins=False)
    except BaseException:
        conn.close()
        raise


@contextmanager
def transaction(db: Database, begin: str) -> Iterator[Database]:
    """`begin` ... COMMIT, or ROLLBACK on any exception, also one from COMMIT itself."""
    db.execute(begin)
    try:
        with db.atomic():
            yield db
        db.execute("COMMIT")
    except BaseException:
        if db.conn.in_transaction:
            with suppress(sqlite3.Error):  # the first error is the one to tell
                db.execute("ROLLBACK")
        raise


class Connected:
    """What Turns and Memories stand on: this thread's connection, reads and writes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._opened: weakref.WeakSet[Database] = weakref.WeakSet()
        self._closed = False

    @property
    def db(self) -> Database:
        """This thread's connection, opened at first use. A thread that ends lets go of its own."""
        if self._closed:
            raise StoreError(f"{self.path} 저장소가 이미 닫혔어요.", "앱을 다시 열어 주세요.")
        if not hasattr(self._local, "db"):
            with guard(self.path):
                self._local.db = connect(self.path)
            self._opened.add(self._local.db)
        return self._local.db

    @contextmanager
    def read(self) -> Iterator[Database]:
        """One moment of the store: all queries inside see the same state."""
        with guard(self.path), transaction(self.db, "BEGIN") as db:
            yield db

    @contextmanager
    def write(self) -> Iterator[Database]:
        """All or nothing. IMMEDIATE: a deferred transaction that turns into a write fails at once when another app writes."""
        with guard(self.path), transaction(self.db, "BEGIN IMMEDIATE") as db:
            yield db

    def close(self) -> None:
        """Close the connections of all threads. Further use is a StoreError."""
        self._closed = True
        for db in list(self._opened):
            db.close()
