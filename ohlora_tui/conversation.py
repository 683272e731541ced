"""What the app and the command line hold a conversation with: store, models and the chat engine, put together once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from ohlora_tui import bases
from ohlora_tui.chat import ChatEngine, Parts
from ohlora_tui.errors import OhLoraError
from ohlora_tui.events import Event
from ohlora_tui.records import Memory, Message, Session, Turn
from ohlora_tui.settings import Settings

if TYPE_CHECKING:
    from db.store import Store
    from ohlora_tui.engine.protocol import Engine
    from ohlora_tui.written.protocol import Rows

TITLE_LENGTH = 18
"""Syllables of the first message that name a session: what the 16-column list shows with its mark."""

SENT = "나눈 말과 떠올린 기억을 {} 서버로 보내요. 그 서버가 무엇을 남기는지는 이 앱이 알 수 없어요."
"""Said once where a server writes: in the app's first notice, while loading, and by `ohlora doctor`."""


def local_now() -> datetime:
    """Now, with the machine's own offset."""
    return datetime.now().astimezone()


class Conversation:
    """Opens the store at once (milliseconds); `load` brings in the models. Every method blocks; call it from a worker."""

    def __init__(self, settings: Settings, now: Callable[[], datetime] = local_now) -> None:
        from db.store import Store

        self.settings = settings
        self.now = now
        self._base = bases.Base(settings.server, settings.server) if settings.server else bases.find(settings.base)
        self._store: Store = Store.open(settings.store_path, settings.backups, now())
        self._engine: Engine | None = None
        self._engine_lock = threading.Lock()
        self._chat: Future[ChatEngine] = Future()
        self._session: Session | None = None

    # -- models

    @property
    def base(self) -> str:
        return self._base.name

    @property
    def ready(self) -> bool:
        """Whether a message would be answered without waiting for a model to load."""
        return self._chat.done() and self._chat.exception() is None

    @property
    def notices(self) -> tuple[str, ...]:
        return (*self._store.notices, *([SENT.format(self._base.source)] if self.settings.server else []))

    def load(self, progress: Callable[[str], None] = lambda _: None, lazy: bool = False) -> None:
        """Retriever and written rows first (they answer at once), then the base with its adapters. ModelError if one is missing.

        `lazy`: the base is loaded only when a turn needs it. A written row and a plain fact need none: torch's 3-6 s are saved.
        """
        self._progress = progress
        try:
            if self.settings.server:
                self._meet_server(progress)
            rows = self._light_parts(progress)
            if not self._base.rows:
                self._loaded_engine()  # nothing can be answered before it
            self._chat.set_result(ChatEngine(self._parts(rows)))
        except OhLoraError as wrong:
            self._chat.set_exception(wrong)
            raise
        if not lazy:
            self._loaded_engine()

    def _meet_server(self, progress: Callable[[str], None]) -> None:
        """Ask the server what it serves. Where that is mini, written rows answer first as they do with mini here."""
        from ohlora_tui.engine.remote import RemoteEngine

        engine = RemoteEngine.connect(self.settings)
        progress(SENT.format(engine.url))
        self._base = bases.Base(f"{engine.name} @ {engine.place}", engine.url, rows=engine.name == bases.MINI.name)
        self._engine = engine

    def _light_parts(self, progress: Callable[[str], None]) -> Rows:
        from ohlora_tui import embedder
        from ohlora_tui.index import MemoryIndex
        from ohlora_tui.memory.retriever import Retriever
        from ohlora_tui.written.voice import Voice

        progress("기억 검색기를 읽는 중")
        folder = bases.retriever_folder(self.settings.pulled_models)
        self._retriever = Retriever.load(folder)
        self._retriever.threshold = self.settings.recall_threshold or self._retriever.threshold
        if self._store.memories():  # else nothing is recalled
            self._retriever.warm_up()
        self._index = MemoryIndex(self._store, self._retriever)
        progress("써 둔 말을 읽는 중")
        shipped = bases.BUNDLED / "retriever"  # the rows are found by the embedder they were written with
        known = self._retriever if folder == shipped else embedder.load(shipped)
        rows = Voice.load(bases.BUNDLED / "mini" / "rows", known, self.settings.home)
        rows.threshold = self.settings.row_threshold or rows.threshold
        rows.warm_up()
        return rows

    def _parts(self, rows: Rows) -> Parts:
        return Parts(
            store=self._store,
            index=self._index,
            retriever=self._retriever,
            engine=self._loaded_engine,
            rows=rows,
            rows_speak=self._base.rows,
            settings=self.settings,
            now=self.now,
        )

    def _loaded_engine(self) -> Engine:
        """The engine, loaded by whoever needs it first; the others wait."""
        with self._engine_lock:
            if self._engine is None:
                from ohlora_tui.engine.local import LocalEngine

                self._progress(f"{self.base} 모델을 읽는 중")
                adapters = bases.adapter_folders(self._base, self.settings.pulled_models)
                self._engine = LocalEngine.load(self._base, adapters, self.settings, self._progress)
            return self._engine

    # -- turns

    def reply(self, message: str, stop: threading.Event) -> Iterator[Event]:
        """One turn in the open session; the session is made by its first message."""
        chat = self._chat.result()
        if self._session is None:
            self._session = self._store.create_session(title_of(message), self.base, self.now())
        return chat.reply(self._session, message, self.base, stop)

    def regenerate(self, stop: threading.Event) -> Iterator[Event]:
        """The last answer of the open session once more."""
        if self._session is None:
            raise OhLoraError("다시 만들 대답이 없어요.", "먼저 한마디 건네 주세요.")
        return self._chat.result().regenerate(self._session, stop)

    def turns(self, session_id: int) -> list[Turn]:
        return self._store.turns(session_id)

    def rate(self, turn_id: int, value: int) -> None:
        self._store.rate(turn_id, value, self.now())

    # -- sessions

    @property
    def session(self) -> Session | None:
        return self._session

    def sessions(self) -> list[Session]:
        return self._store.sessions()

    def open_session(self, session_id: int | None) -> Session | None:
        """That session becomes the open one; None: a new one begins with the next message."""
        self._session = None if session_id is None else self._store.session(session_id)
        return self._session

    def open_last(self) -> Session | None:
        self._session = self._store.last_session()
        return self._session

    def rename_session(self, session_id: int, title: str) -> None:
        self._store.rename_session(session_id, title)

    def delete_session(self, session_id: int) -> None:
        self._store.delete_session(session_id, self.now())
        if self._session and self._session.id == session_id:
            self._session = None

    def search(self, text: str) -> list[Message]:
        return self._store.search_messages(text)

    # -- memories

    def memories(self) -> list[Memory]:
        return self._store.memories()

    def pin_memory(self, memory_id: int, pinned: bool) -> None:
        self._store.pin_memory(memory_id, pinned, self.now())

    def edit_memory(self, memory_id: int, key: str, value: str) -> None:
        self._store.edit_memory(memory_id, key, value, self.now())
        self._forget_vector(memory_id)

    def forget_memory(self, memory_id: int) -> None:
        self._store.forget_memory(memory_id, self.now())
        self._forget_vector(memory_id)

    def undo_memory(self, turn_id: int) -> str:
        """What was undone, as a Korean sentence."""
        return self._store.undo_turn(turn_id, self.now())

    def _forget_vector(self, memory_id: int) -> None:
        if self._chat.done() and self._chat.exception() is None:
            self._index.changed(memory_id)

    def close(self) -> None:
        """The engine is freed if it is loaded; the store is closed at once."""
        if self._engine is not None:
            self._engine.close()
        self._store.close()


def title_of(message: str) -> str:
    """A session's name from its first message."""
    from ohlora_tui.cleaning import clean

    line = " ".join(clean(message).split())
    return line if len(line) <= TITLE_LENGTH else line[: TITLE_LENGTH - 1] + "…"


def typed_memory(key: str, value: str, now: datetime) -> Memory:
    """A memory written by hand, checked as the head's are; its days are read from its own words."""
    from ohlora_tui.cleaning import clean
    from ohlora_tui.memory.calendar import span_of

    try:
        memory = Memory.parse(f"[{clean(key).strip()}: {clean(value).strip()}]")
    except ValueError as wrong:
        raise OhLoraError(
            f"{key!r}: {value!r}는 기억으로 쓸 수 없어요.", "대괄호와 줄바꿈 없이, 키는 40자, 값은 200자까지 적어 주세요."
        ) from wrong
    start, end = span_of(memory.key, memory.value, memory.value, now)
    return replace(memory, said_at=now, valid_from=start, valid_until=end)
