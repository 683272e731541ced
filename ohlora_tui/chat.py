"""One turn, from the user's Enter to the stored record, as a stream of events. Ties engine, memory and store."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from ohlora_tui import topic
from ohlora_tui.cleaning import clean
from ohlora_tui.errors import OhLoraError
from ohlora_tui.events import AnswerChunk, Event, FaceChanged, Recalled, Remembered, TurnDone
from ohlora_tui.heads import HEADS, Head
from ohlora_tui.memory import calendar, keeper, reminders
from ohlora_tui.records import Memory, Recall, Session, State, Timing, Turn
from ohlora_tui.settings import Settings
from ohlora_tui.written import askback
from ohlora_tui.written.protocol import Written

if TYPE_CHECKING:
    from db.store import Store
    from ohlora_tui.engine.protocol import Engine
    from ohlora_tui.index import MemoryIndex
    from ohlora_tui.memory.retriever import Retriever
    from ohlora_tui.written.protocol import Rows


EMPTY = "대답을 만들지 못했어요. 다시 만들기(ctrl+r)를 눌러 주세요."
"""Note on a turn whose answer came out empty."""

NO_ADAPTER = "이 모델에는 {} 어댑터가 없어요."
PART_NAMES = {"summary": "요약", "eyes_mouth_pose": "표정", "memory": "기억"}


@dataclass(frozen=True, slots=True)
class Parts:
    """What a turn is made with. `engine` blocks until the model is loaded: a written row never has to wait for it."""

    store: Store
    index: MemoryIndex
    retriever: Retriever
    engine: Callable[[], Engine]
    rows: Rows | None  # written rows: they speak first where `rows_speak`, else serve as examples
    rows_speak: bool
    settings: Settings
    now: Callable[[], datetime]


class ChatEngine:
    """Turns a message into a stored turn."""

    def __init__(self, parts: Parts) -> None:
        self.p = parts

    def reply(self, session: Session, message: str, base: str, stop: threading.Event) -> Iterator[Event]:
        """The events of one new turn; the user's message is stored before any model runs."""
        text = clean(message).strip()
        if not text:
            raise OhLoraError("보낼 말이 비어 있어요.", "한 글자라도 적어 주세요.")
        past = self.p.store.turns(session.id)
        opened = self.p.store.begin_turn(session.id, text, base, self.p.now())
        yield from self._make(opened, past, stop)

    def regenerate(self, session: Session, stop: threading.Event) -> Iterator[Event]:
        """The last turn's answer once more, never one that was already said; the old answer stays in the history."""
        past = self.p.store.turns(session.id)
        if not past:
            raise OhLoraError("다시 만들 대답이 없어요.", "먼저 한마디 건네 주세요.")
        last = past[-1]
        opened = replace(last, answer="", expression=None, summary=None, state="open", notes=(), timing=Timing(), speaker="model")
        yield from self._make(opened, past, stop, again=True)

    def _make(self, turn: Turn, past: list[Turn], stop: threading.Event, again: bool = False) -> Iterator[Event]:
        """Recall, answer, face, memory, stored. Whatever ends it early, the turn is stored as far as it got."""
        assert turn.id is not None
        began = time.perf_counter()
        made = _Made(turn, keep=not again)
        said = frozenset(t.answer for t in past)
        try:
            before = [t for t in past if t.id != turn.id]
            made.turn, made.past = self._recall(replace(turn, speaker="row"), before), tuple(t.message for t in before)
            made.last = before[-1].answer if before else ""
            made.proposed = keeper.propose(turn.message, turn.at or self.p.now()) if made.keep else None
            yield Recalled(turn.id, _told_of(made.turn.recalls))
            yield from self._answer(made, said, stop, began)
            if not made.halted:
                yield from self._sides(made, stop)
        except GeneratorExit:
            made.halt("stopped")
            self._store(made, began, again)
            raise
        except OhLoraError as wrong:
            made.halt("failed", str(wrong))
        stored = self._store(made, began, again)
        yield TurnDone(turn.id, stored)

    def _recall(self, turn: Turn, past: list[Turn]) -> Turn:
        now = turn.at or self.p.now()
        memories, matrix = self.p.index.refresh()
        found = self.p.store.search_memories(turn.message)
        recalls = self.p.retriever.recall(
            turn.message,
            memories,
            matrix,
            keyword={m.id: score for m, score in found if m.id is not None},
            now=now,
            limit=self.p.settings.recall_max,
            render=calendar.render,
        )
        if self.p.rows_speak:
            recalls = reminders.beside(recalls, (*reminders.tied(memories, turn.message, now), *reminders.due(memories, now, self.p.store.spoken_of)))
        timely = any(calendar.speaks_of_time(t) for t in (turn.message, *(r.text for r in recalls if r.used)))
        clock = calendar.clock_text(now) if timely else ""
        return replace(turn, recalls=recalls, clock=clock, last_summary=self._carried(turn.message, past))

    def _carried(self, message: str, past: list[Turn]) -> str:
        """The last turn's summary, "" if the message starts another matter."""
        summary = next((t.summary for t in reversed(past[-1:]) if t.summary), "")
        if not summary:
            return ""
        said, before = self.p.retriever.encode([message, summary])
        return summary if topic.goes_on(message, summary, float(said @ before)) else ""

    def _answer(self, made: _Made, said: frozenset[str], stop: threading.Event, began: float) -> Iterator[Event]:
        """Her answer: a written one where one is likely to suit, else the model's own words if it is sure, else a question back."""
        turn = made.turn
        assert turn.id is not None
        rows = self.p.rows if self.p.rows_speak else None
        written = rows.answer(turn, said, made.past, made.last) if rows else None
        if written is None and rows:
            written = self._own_words(made, said, stop) or rows.ask_back(turn, said)
        if written is None:
            yield from self._streamed(made, said, stop, began)
            return
        made.first = time.perf_counter() - began - made.waited
        made.nothing_told = written.same and written.turn.memory is None
        told = written.turn
        made.turn = replace(turn, recalls=_in_mind(turn.recalls, told.recalls), answer=told.answer, summary=told.summary, expression=told.expression, speaker=made.turn.speaker)
        if told.expression:
            yield FaceChanged(turn.id, told.expression)
        yield AnswerChunk(turn.id, told.answer)

    def _own_words(self, made: _Made, said: frozenset[str], stop: threading.Event) -> Written | None:
        """The small model's own answer if it is sure of it and the embedder finds it near; None asks for a question back."""
        engine = self._engine(made)
        answer = "".join(engine.stream(made.turn, stop=stop, avoid=said)).strip()
        if not answer:
            return None
        message, reply = self.p.retriever.encode([made.turn.message, answer])
        if not askback.sure(engine.likelihood(made.turn, answer), float(message @ reply)):
            return None
        made.tokens, made.turn = engine.tokens, replace(made.turn, speaker="model")
        return Written(replace(made.turn, answer=answer), 0.0)

    def _streamed(self, made: _Made, said: frozenset[str], stop: threading.Event, began: float) -> Iterator[Event]:
        """The model's own words, piece by piece as they come."""
        turn = made.turn
        assert turn.id is not None
        engine = self._engine(made)
        examples = self.p.rows.nearest(turn.message, EXAMPLES) if self.p.rows else []
        made.turn = replace(turn, speaker="model")
        for piece in engine.stream(turn, stop=stop, examples=examples, avoid=said, remember=made.keep and made.proposed is None):
            made.first = made.first or time.perf_counter() - began - made.waited
            made.turn = replace(made.turn, answer=made.turn.answer + piece)
            yield AnswerChunk(turn.id, piece)
        made.tokens = engine.tokens
        made.turn = replace(made.turn, answer=made.turn.answer.strip())
        if stop.is_set():
            made.halt("stopped")
        elif not made.turn.answer:
            made.halt("failed", EMPTY)

    def _sides(self, made: _Made, stop: threading.Event) -> Iterator[Event]:
        """Face and summary of her answer, then what to remember of the message. A part that fails leaves a note."""
        turn = made.turn
        assert turn.id is not None
        heads = [HEADS[n] for n in ("summary", "eyes_mouth_pose") if HEADS[n].value(turn) is None]
        if heads:
            made.turn = self._after(made, heads, stop)
            if made.turn.expression:
                yield FaceChanged(turn.id, made.turn.expression)
        if not made.keep:
            return
        made.turn = self._remember(made, stop)
        if made.turn.change:
            yield Remembered(turn.id, made.turn.change)

    def _engine(self, made: _Made) -> Engine:
        """The loaded engine; the time spent waiting for it is not the turn's."""
        began = time.perf_counter()
        try:
            return self.p.engine()
        finally:
            made.waited += time.perf_counter() - began

    def _after(self, made: _Made, heads: list[Head], stop: threading.Event) -> Turn:
        turn = made.turn
        try:
            texts = self._engine(made).after(turn, heads, stop=stop)
        except OhLoraError as wrong:
            return _noted(turn, *(f"{PART_NAMES[h.name]}을 만들지 못했어요: {wrong.message}" for h in heads))
        for head in heads:
            field = "expression" if head.name == "eyes_mouth_pose" else head.name
            try:
                turn = replace(turn, **{field: head.parse(texts[head.name])})
            except KeyError:
                turn = _noted(turn, NO_ADAPTER.format(PART_NAMES[head.name]))
            except ValueError as wrong:
                turn = _noted(turn, f"{PART_NAMES[head.name]}을 읽지 못했어요: {wrong}")
        return turn

    def _remember(self, made: _Made, stop: threading.Event) -> Turn:
        """What to keep of the message: a clear self-statement by rule, else the memory head, judged by the keeper."""
        turn = made.turn
        now = turn.at or self.p.now()
        model = None
        if made.proposed is None and not made.nothing_told:
            try:
                engine = self._engine(made)
                model = engine.memory(turn, stop=stop)
                if "memory" not in engine.heads:
                    turn = _noted(turn, NO_ADAPTER.format(PART_NAMES["memory"]))
            except OhLoraError as wrong:
                turn = _noted(turn, f"새 기억을 만들지 못했어요: {wrong.message}")
        live = self.p.store.memories()
        return replace(turn, change=keeper.judge(made.proposed or model, turn.message, live, now, message_id=turn.message_id))

    def _store(self, made: _Made, began: float, again: bool) -> Turn:
        total = time.perf_counter() - began - made.waited
        state = "done" if made.turn.state == "open" else made.turn.state
        turn = replace(made.turn, recalls=_told_of(made.turn.recalls), state=state, timing=Timing(made.first, total, made.tokens))
        if again:
            assert turn.id is not None
            return self.p.store.replace_answer(turn.id, turn, self.p.now())
        fresh = turn.change and turn.change.op in ("ADD", "SUPERSEDE")
        vector = self.p.index.vector(turn.change.memory) if turn.change and fresh else None
        return self.p.store.finish_turn(turn, vector, self.p.now())


EXAMPLES = 4
"""Written turns shown to a base that has no answer adapter: about 115 tokens of prompt with mini's tokenizer."""


class _Made:
    """A turn being made: what is known of it so far, and what the clock said."""

    def __init__(self, turn: Turn, keep: bool) -> None:
        self.turn = turn
        self.keep = keep  # False when regenerating: what the message told was remembered the first time
        self.proposed: Memory | None = None  # what a rule reads from the message as worth keeping
        self.past: tuple[str, ...] = ()  # the user's earlier messages of the session, oldest first
        self.last = ""  # her last answer
        self.first = 0.0
        self.nothing_told = False  # a person has labelled this message: nothing to remember
        self.waited = 0.0  # seconds until the engine was loaded
        self.tokens = 0

    @property
    def halted(self) -> bool:
        return self.turn.state != "open"

    def halt(self, state: State, note: str = "") -> None:
        self.turn = replace(self.turn, state=state, notes=self.turn.notes + ((note,) if note else ()))


def _in_mind(weighed: tuple[Recall, ...], minded: tuple[Recall, ...]) -> tuple[Recall, ...]:
    """The weighed memories, those she had in mind marked as used and first."""
    ids = {r.memory.id for r in minded if r.used}
    marked = (replace(r, used=r.used or r.memory.id in ids) for r in weighed)
    return tuple(sorted(marked, key=lambda r: not r.used))


def _told_of(recalls: tuple[Recall, ...]) -> tuple[Recall, ...]:
    """The memories that are shown and kept with a turn: a plan that was only due and not spoken of is none of them."""
    return tuple(r for r in recalls if r.used or not r.due)


def _noted(turn: Turn, *notes: str) -> Turn:
    return replace(turn, notes=turn.notes + notes)
