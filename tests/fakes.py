"""Stand-ins for the models: they do what their protocol says, at once and without weights."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from db.store import Store
from ohlora_tui.chat import ChatEngine, Parts
from ohlora_tui.errors import EngineError
from ohlora_tui.heads import HEADS, Head
from ohlora_tui.index import MemoryIndex
from ohlora_tui.records import Expression, Memory, Recall, Turn
from ohlora_tui.settings import Settings
from ohlora_tui.written.protocol import Written

NOON = datetime.fromisoformat("2026-11-21T12:00:00+09:00")  # a Saturday


@dataclass
class FakeEngine:
    """Says `answer` word by word; `fail` names the calls that raise."""

    answer: str = "카페 좋겠다! 뭐 마실 거야?"
    new_memory: Memory | None = None
    texts: dict[str, str] = field(
        default_factory=lambda: {"summary": "카페 약속", "eyes_mouth_pose": "(눈 크게, 입 크게, 고개 돌림 없음)"}
    )
    fail: frozenset[str] = frozenset()
    name: str = "fake"
    heads: frozenset[str] = frozenset(HEADS)
    tokens: int = 0
    sureness: float = 0.0
    seen: list[Turn] = field(default_factory=list)
    remembering: list[bool] = field(default_factory=list)

    def stream(
        self, turn: Turn, *, stop: threading.Event, examples: Sequence[Turn] = (), avoid: frozenset[str] = frozenset(), remember: bool = False
    ) -> Iterator[str]:
        self.seen.append(turn)
        self.remembering.append(remember)
        self.tokens = 0
        words = (self.answer if self.answer not in avoid else f"다시, {self.answer}").split(" ")
        for number, word in enumerate(words):
            if stop.is_set():
                return
            if "stream" in self.fail and number == 2:
                raise EngineError("모델이 멈췄어요.", "다시 해 주세요.")
            self.tokens += 1
            yield word if number == 0 else f" {word}"

    def likelihood(self, turn: Turn, answer: str) -> float:
        return self.sureness

    def memory(self, turn: Turn, *, stop: threading.Event) -> Memory | None:
        if "memory" in self.fail:
            raise EngineError("기억을 만들다 멈췄어요.")
        return self.new_memory

    def after(self, turn: Turn, heads: Sequence[Head], *, stop: threading.Event) -> dict[str, str]:
        if "after" in self.fail:
            raise EngineError("메모리가 모자라요.")
        return {h.name: self.texts[h.name] for h in heads if h.name in self.texts}

    def close(self) -> None:
        self.name = "closed"


class FakeRetriever:
    """Bigram vectors; a memory is read when it shares a two-syllable word with the message."""

    fingerprint, dim, threshold = "fake-1", 64, 0.5

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        out = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in zip(out, texts, strict=True):
            for a, b in pairwise(text):
                row[int(hashlib.md5((a + b).encode()).hexdigest(), 16) % self.dim] += 1
        return out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9)

    def recall(
        self,
        message: str,
        memories: Sequence[Memory],
        matrix: np.ndarray,
        keyword: Mapping[int, float],
        now: datetime,
        limit: int,
        render: Any,
    ) -> tuple[Recall, ...]:
        assert matrix.shape == (len(memories), self.dim)
        pairs = {message[i : i + 2] for i in range(len(message) - 1) if " " not in message[i : i + 2]}
        hits = [(m, any(p in m.text for p in pairs)) for m in memories]
        return tuple(Recall(m, 0.9 if hit else 0.1, hit, render(m, now)) for m, hit in hits)[:limit]


@dataclass
class FakeRows:
    """Answers the messages of `written`, each answer once."""

    written: dict[str, Turn]
    threshold: float = 0.5

    def answer(self, turn: Turn, said: frozenset[str], past: Sequence[str] = (), last: str = "") -> Written | None:
        found = self.written.get(turn.message)
        return Written(found, 1.0, same=True) if found and found.answer not in said else None

    def ask_back(self, turn: Turn, said: frozenset[str]) -> Written:
        return Written(replace(turn, answer="조금 더 들려줄래?", summary="되물음", expression=Expression()), 0.0)

    def nearest(self, message: str, count: int) -> list[Turn]:
        return list(self.written.values())[:count]


def make_chat(folder: Path, engine: Any = None, rows: FakeRows | None = None, now: datetime = NOON) -> tuple[ChatEngine, Store]:
    """A chat engine over a real store in `folder`, with fakes for the models."""
    store = Store.open(folder / "ohlora.db", folder / "backups", now)
    retriever: Any = FakeRetriever()
    brain = engine or FakeEngine()
    parts = Parts(
        store=store,
        index=MemoryIndex(store, retriever),
        retriever=retriever,
        engine=lambda: brain,
        rows=rows,
        rows_speak=rows is not None,
        settings=Settings(home=folder),
        now=lambda: now,
    )
    return ChatEngine(parts), store
