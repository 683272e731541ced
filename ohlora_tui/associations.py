"""What people say around a memory: a lexicon of headwords, so that "무슨 신발 신지" finds [내일 일정: 등산] (등산화, 발목, 배낭 …).

value of a memory -> the nearest headwords -> the things said around them -> how near the nearest of these is to the message
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ohlora_tui.errors import ModelError
from ohlora_tui.relevance import value_words
from ohlora_tui.words import content

FILE = "lexicon.tsv.gz"
HEADS = 16
"""Headwords a value is read through: one that is not in the lexicon speaks through its neighbours. Of 14,858 headwords on valid (Hit@1 of 20,
recall): 3 .692, .411; 5 .704, .422; 8 .720, .425; 12 .722, .425; 16 .722, .431."""
MOST = 2.0
KEPT = 320
"""Memories whose surroundings are kept: about 180 vectors each, 58 MB in all; a turn weighs about 32, a split of the written lines has 275."""
Encode = Callable[[Sequence[str]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Around:
    """What is said around one memory: `vectors` (A, D), `near` (A,) cosine of its value and the headword (at least 0), `words` their first two letters."""

    vectors: NDArray[np.float32]
    near: NDArray[np.float32]
    words: list[frozenset[str]]


class Associations:
    """`entries`: headword -> things said around it. Vectors are made when first needed; the latest memories keep theirs."""

    def __init__(self, entries: dict[str, tuple[str, ...]], encode: Encode) -> None:
        self._entries, self._encode = entries, encode
        self._words = list(entries)
        self._heads: NDArray[np.float32] | None = None
        self._around = lru_cache(maxsize=KEPT)(self._made)

    @classmethod
    def load(cls, folder: Path, encode: Encode) -> Associations:
        """The lexicon beside a retriever; a folder without one has no associations. ModelError if it is damaged."""
        path = folder / FILE
        if not path.is_file():
            return cls({}, encode)
        try:
            return cls(parsed(gzip.decompress(path.read_bytes()).decode("utf-8")), encode)
        except (OSError, EOFError, ValueError) as wrong:
            raise ModelError(f"{path} 낱말 모음을 읽을 수 없어요: {wrong}.", "프로그램을 다시 설치해 주세요.") from wrong

    def warm_up(self) -> None:
        """Make what is made once."""
        if self._words:
            self._vectors()

    def _vectors(self) -> NDArray[np.float32]:
        """(H, D) of the headwords."""
        if self._heads is None:
            self._heads = self._encode(self._words)
        return self._heads

    def around(self, message: str, vector: NDArray[np.float32], texts: Sequence[str]) -> NDArray[np.float32]:
        """(K, 2) for each memory: the best cosine of the message's `vector` (D,) and a thing said around its value, and how many words of
        the message are said around it (at most MOST), both by how near the headword is."""
        if not self._words or not texts:
            return np.zeros((len(texts), 2), np.float32)
        said = [w[:2] for w in content(message) if len(w) > 1]
        return np.array([self._told(said, vector, self._around(text)) for text in texts], np.float32)

    @staticmethod
    def _told(said: Sequence[str], vector: NDArray[np.float32], around: Around) -> tuple[float, float]:
        shared = sum(max((n for n, words in zip(around.near, around.words, strict=True) if w in words), default=0.0) for w in said)
        return float(((around.vectors @ vector) * around.near).max()), min(MOST, float(shared))  # (A, D) @ (D,) -> (A,)

    def _made(self, text: str) -> Around:
        near = self._vectors() @ self._encode([" ".join(value_words(text))])[0]  # (H, D) @ (D,) -> (H,)
        best = [int(i) for i in np.argsort(-near)[:HEADS]]
        said = [(thing, near[i]) for i in best for thing in self._entries[self._words[i]]]
        vectors = self._encode([thing for thing, _ in said])
        words = [frozenset(w[:2] for w in content(thing) if len(w) > 1) for thing, _ in said]
        return Around(vectors, np.clip(np.array([n for _, n in said], np.float32), 0, 1), words)


def parsed(text: str) -> dict[str, tuple[str, ...]]:
    """`headword<TAB>a,b,c` lines, header first."""
    found = (line.partition("\t") for line in text.splitlines()[1:])
    return {head: tuple(a.strip() for a in around.split(",") if a.strip()) for head, _, around in found if around}
