"""How much of one message another says, word by word: by the same root, by letters, or by meaning."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ohlora_tui.embedder import Embedder
from ohlora_tui.words import STOP, stems
from ohlora_tui.written.roots import alike, kept

Scores = NDArray[np.float32]


class Cover:
    """`counts`: in how many of `rows` messages a word stands, so that rare words weigh more. Word vectors are kept."""

    def __init__(self, embedder: Embedder, counts: dict[str, int], rows: int) -> None:
        self._embedder = embedder
        self._counts = counts
        self._rows = rows

    def both(self, one: str, other: str) -> tuple[float, float]:
        """(share of the words of `one` that `other` says, the same the other way), 0..1, rare words first."""
        left, right = self._words(one), self._words(other)
        if not left or not right:
            return float(one == other), float(one == other)
        near = np.clip(self._word_vectors(left) @ self._word_vectors(right).T, 0, 1)  # (L, R)
        near *= [[a == b or (a not in right and b not in left) for b in right] for a in left]  # what both say stands for itself
        near = np.maximum(near, [[alike(a, b) for b in right] for a in left])
        mine = self._share(left, near.max(axis=1), other)
        return mine, self._share(right, near.max(axis=0), one)

    def _share(self, words: Sequence[str], near: Scores, other: str) -> float:
        """Mean of `near` weighed by rarity; a word that stands in `other`, spaces aside, is wholly there."""
        run = other.replace(" ", "")
        held = np.array([1.0 if len(w) > 1 and w in run else n for w, n in zip(words, near, strict=True)])
        rare = np.array([self._rarity(w) for w in words])
        return float((held * rare).sum() / rare.sum())

    @staticmethod
    def _words(message: str) -> list[str]:
        return stems(" ".join(kept(message))) or stems(message) or message.split()

    def _rarity(self, word: str) -> float:
        """Inverse frequency; words that carry no matter count a third."""
        rare = 1 + float(np.log((1 + self._rows) / (1 + self._counts.get(word, 1))))
        return rare / 3 if word in STOP else rare

    def _word_vectors(self, words: Sequence[str]) -> Scores:
        self._remember(words)
        return np.stack([self._known[w] for w in words])

    @cached_property
    def _known(self) -> dict[str, Scores]:
        return {}

    def _remember(self, words: Sequence[str]) -> None:
        fresh = [w for w in dict.fromkeys(words) if w not in self._known]
        self._known.update(zip(fresh, self._embedder.encode(fresh), strict=True) if fresh else ())

    def near(self, one: str, other: str) -> float:
        """Cosine of two words in the embedder."""
        a, b = self._word_vectors([one, other])
        return float(a @ b)
