"""A Conversation without models: scripted turns, real records, every blocking call counted."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from ohlora_tui.errors import OhLoraError, StoreError
from ohlora_tui.events import AnswerChunk, Event, FaceChanged, Recalled, Remembered, TurnDone
from ohlora_tui.records import Change, Expression, Memory, Message, Recall, Session, State, Timing, Turn

KST = timezone(timedelta(hours=9))
NOW = datetime(2026, 11, 22, 15, 12, tzinfo=KST)
CAFE = Memory("내일 일정", "친구랑 카페", "나 내일 친구랑 카페 가기로 했어", NOW, NOW + timedelta(days=1), id=1)
RAIN = Memory("오늘 날씨", "흐림", "오늘 하늘이 흐리네", NOW - timedelta(days=1), id=2)
SPICY = Memory("좋아하는 음식", "마라탕", "마라탕이 제일 좋아", NOW - timedelta(days=40), pinned=True, id=3)


def plan(message: str, **parts: object) -> Turn:
    """What she will answer to a message, as the fake plays it."""
    turn = Turn(
        message=message,
        recalls=(
            Recall(CAFE, 0.93, True, "[내일 일정: 친구랑 카페]", ("카페",)),
            Recall(RAIN, 0.41, False, "[어제 날씨: 흐림]"),
        ),
        answer="카페 가는 날이니까 편한 니트 어때?",
        change=Change("ADD", CAFE, reason="처음 듣는 일정이에요."),
        expression=Expression("크게", "크게", "없음"),
        timing=Timing(0.02, 0.12, 14),
        base="mini",
    )
    return replace(turn, **parts)  # type: ignore[arg-type]


class FakeConversation:
    """Plays `script[message]` (else `plan(message)`) piece by piece. `hold`: a gate she waits at before her last piece."""

    def __init__(self, script: dict[str, Turn] | None = None, *, pace_s: float = 0.0) -> None:
        self.base = "mini"
        self.ready = False
        self.notices: tuple[str, ...] = ()
        self.script = script or {}
        self.hold: threading.Event | None = None
        self.load_gate: threading.Event | None = None
        self.load_error: OhLoraError | None = None
        self.load_seconds = 0.0
        self.rows_first = False  # answers before loading ends, as written rows do
        self.engine_gate: threading.Event | None = None
        self.reply_error: Exception | None = None
        self.pace_s = pace_s
        self.stale: list[Event] = []  # events of another turn, slipped in before the last piece
        self.stored: dict[int, list[Turn]] = {}
        self.meta: dict[int, Session] = {}
        self.kept = [SPICY, CAFE, RAIN]
        self.current: int | None = None
        self.asked: list[str] = []
        self.undone: list[int] = []
        self.threads: set[str] = set()
        self._turn_ids = iter(range(1, 10_000))

    def load(self, progress: Callable[[str], None]) -> None:
        self.threads.add(threading.current_thread().name)
        progress("mini를 읽고 있어요")
        time.sleep(self.load_seconds)
        if self.load_gate:
            self.load_gate.wait(10)
        self.ready = self.rows_first
        if self.engine_gate:
            self.engine_gate.wait(10)
        if self.load_error:
            raise self.load_error
        self.ready = True

    @property
    def session(self) -> Session | None:
        return self.meta.get(self.current or 0)

    def sessions(self) -> list[Session]:
        return sorted(self.meta.values(), key=lambda s: s.updated_at, reverse=True)

    def open_session(self, session_id: int | None) -> Session | None:
        if session_id is not None and session_id not in self.meta:
            raise StoreError(f"{session_id}번 대화가 없어요.", "ohlora session list로 찾아 보세요.")
        self.current = session_id
        return None if session_id is None else self.meta[session_id]

    def turns(self, session_id: int) -> list[Turn]:
        return list(self.stored.get(session_id, []))

    def rename_session(self, session_id: int, title: str) -> None:
        self.meta[session_id] = replace(self.meta[session_id], title=title)

    def delete_session(self, session_id: int) -> None:
        del self.meta[session_id]
        self.stored.pop(session_id, None)

    def add_session(self, id: int, title: str, turns: list[Turn], at: datetime = NOW) -> None:
        """Put a stored session into the fake."""
        self.meta[id] = Session(id, title, at, at, len(turns), "mini")
        self.stored[id] = [replace(t, id=next(self._turn_ids), session_id=id, state="done", at=t.at or at) for t in turns]

    def reply(self, message: str, stop: threading.Event) -> Iterator[Event]:
        self.asked.append(message)
        yield from self._play(self.script.get(message) or plan(message), next(self._turn_ids), stop, again=False)

    def regenerate(self, stop: threading.Event) -> Iterator[Event]:
        last = self.stored[self.current or 0][-1]
        turn = replace(self.script.get(f"다시 {last.message}") or plan(last.message, answer="그럼 코트는 어때?"))
        yield from self._play(turn, last.id or 0, stop, again=True)

    def _play(self, turn: Turn, turn_id: int, stop: threading.Event, again: bool) -> Iterator[Event]:
        self.threads.add(threading.current_thread().name)
        yield Recalled(turn_id, turn.recalls)
        said = ""
        state: State = "done"
        pieces = [turn.answer[i : i + 3] for i in range(0, len(turn.answer), 3)]
        for index, piece in enumerate(pieces):
            if index == len(pieces) - 1:
                yield from self.stale
                self._wait(stop)
                if self.reply_error:
                    raise self.reply_error
            if stop.is_set():
                state = "stopped"
                break
            time.sleep(self.pace_s)
            said += piece
            yield AnswerChunk(turn_id, piece)
        done = replace(turn, answer=said, state=state, id=turn_id, session_id=self._store_id(turn), at=NOW)
        if state == "done":
            if done.expression:
                yield FaceChanged(turn_id, done.expression)
            if done.change:
                yield Remembered(turn_id, done.change)
        kept = self.stored[done.session_id or 0]
        self.stored[done.session_id or 0] = [*(kept[:-1] if again else kept), done]
        yield TurnDone(turn_id, done)

    def _wait(self, stop: threading.Event) -> None:
        while self.hold and not self.hold.wait(0.005) and not stop.is_set():
            pass

    def _store_id(self, turn: Turn) -> int:
        if self.current is None:
            self.current = max(self.meta, default=0) + 1
            self.meta[self.current] = Session(self.current, turn.message[:20], NOW, NOW, 1, "mini")
            self.stored[self.current] = []
        return self.current

    def undo_memory(self, turn_id: int) -> str:
        self.undone.append(turn_id)
        return "[내일 일정: 친구랑 카페]를 되돌렸어요."

    def memories(self) -> list[Memory]:
        return sorted(self.kept, key=lambda m: not m.pinned)

    def pin_memory(self, memory_id: int, pinned: bool) -> None:
        self._change(memory_id, pinned=pinned)

    def edit_memory(self, memory_id: int, key: str, value: str) -> None:
        self._change(memory_id, key=key, value=value)

    def _change(self, memory_id: int, **parts: object) -> None:
        self.kept = [replace(m, **parts) if m.id == memory_id else m for m in self.kept]  # type: ignore[arg-type]

    def forget_memory(self, memory_id: int) -> None:
        self.kept = [m for m in self.kept if m.id != memory_id]

    def search(self, text: str) -> list[Message]:
        return [
            Message(index, session, "user", turn.message, turn.at or datetime.now(UTC))
            for session, turns in self.stored.items()
            for index, turn in enumerate(turns)
            if text in turn.message
        ]
