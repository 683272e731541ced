"""How near two messages are by their letters: character 1-4-gram TF-IDF, word-bounded, in numpy (scikit-learn's import costs 2 s).

A gram of up to four letters is packed into one 64-bit number, 16 bits a letter, and hashed to 32 bits; the vocabulary is a sorted array.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ohlora_tui.words import stem

Arrays = dict[str, NDArray[np.generic]]
LONGEST = 4
ONCE = 1 << 32
"""A packed gram of three letters and more that stands in one text alone is not kept: 225,000 of 370,000, and 2 MB."""
MIX = 0x9E3779B97F4A7C15
"""Odd 64-bit constant of the golden ratio (Knuth's multiplicative hash): of 300,000 grams about ten fall together in 32 bits."""


def grams(text: str) -> Counter[int]:
    """Packed 1-4-grams of each word of `text` without its particle, between spaces, and of the words run together (머리아파 is 머리 아파), with counts."""
    found: Counter[int] = Counter()
    pieces = text.split()
    for word in [*(f" {stem(w)} " for w in pieces), "".join(pieces) if len(pieces) > 1 else ""]:
        codes = [ord(c) & 0xFFFF for c in word]
        for start in range(len(codes)):
            packed = 0
            for length, code in enumerate(codes[start : start + LONGEST], 1):
                packed = packed << 16 | code
                if length > 1 or code != 32:
                    found[packed] += 1
    return found


def hashed(text: str) -> Counter[int]:
    """Grams as 32-bit numbers, with counts."""
    found: Counter[int] = Counter()
    for gram, count in grams(text).items():
        found[_hash(gram)] += count
    return found


def _hash(gram: int) -> int:
    return (gram * MIX & 0xFFFFFFFFFFFFFFFF) >> 32


def build(texts: Sequence[str]) -> Index:
    """The index of N texts. A gram counts once a text, however often it stands there: its weight is then idf / norm and need not be stored."""
    told = [set(hashed(t)) for t in texts]
    df = Counter(g for found in told for g in found)
    long = {_hash(g) for t in texts for g in grams(t) if g >= ONCE}
    keys = sorted(g for g, n in df.items() if n > 1 or g not in long)
    place = {k: i for i, k in enumerate(keys)}
    counts = np.array([df[k] for k in keys], np.int64)
    idf = _idf(counts.astype(np.float32), len(texts))
    kept = [[place[g] for g in found if g in place] for found in told]
    rows = np.array([row for _, row in sorted((g, row) for row, found in enumerate(kept) for g in found)], np.int64)
    return Index({
        "grams": np.array(keys, np.uint32),
        "df": counts.astype(np.uint16 if not len(counts) or counts.max() < 1 << 16 else np.uint32),
        "postings": packed(rows, counts),
        "norms": np.array([float(np.linalg.norm(idf[found])) or 1.0 for found in kept], np.float32),
    })  # fmt: skip


class Index:
    """Which of N texts hold which gram: sorted `grams` (G,), in how many texts each stands `df` (G,), those texts `postings` (bytes), and each text's length `norms` (N,)."""

    def __init__(self, arrays: Arrays) -> None:
        self.arrays = {name: arrays[name] for name in ("grams", "df", "postings", "norms")}

    @cached_property
    def _ends(self) -> NDArray[np.int64]:
        """(G,) where the bytes of each gram's postings end."""
        last = np.flatnonzero(self.arrays["postings"] < MORE)  # type: ignore[operator]
        return np.asarray(last[np.cumsum(self.arrays["df"].astype(np.int64)) - 1] + 1, np.int64)  # type: ignore[type-var]

    def similarities(self, text: str) -> NDArray[np.float32]:
        """(N,) cosines of `text` with the texts of the index."""
        known_grams, norms = self.arrays["grams"], self.arrays["norms"].astype(np.float32)
        scores, found = np.zeros(len(norms), np.float32), list(hashed(text))
        if not found or not len(known_grams):
            return scores
        long = {_hash(g) for g in grams(text) if g >= ONCE}
        keys = np.array(found, dtype=np.uint32)
        at = np.minimum(np.searchsorted(known_grams, keys), len(known_grams) - 1)
        known = known_grams[at] == keys
        df = np.where(known, self.arrays["df"][at], 1).astype(np.float32)  # a gram never seen is as rare as can be
        idf = _idf(df, len(norms))
        told = known | np.array([g not in long for g in found])  # a long gram of no text, or of one, says nothing on either side
        norm = max(float(np.linalg.norm(idf[told])), 1e-9)
        for gram, weight in zip(at[known], idf[known], strict=True):
            scores[self._texts_with(int(gram))] += weight * weight / norm
        return np.asarray(scores / norms, np.float32)

    def _texts_with(self, gram: int) -> NDArray[np.int64]:
        return unpacked(self.arrays["postings"][int(self._ends[gram - 1]) if gram else 0 : int(self._ends[gram])])  # type: ignore[arg-type]


MORE = 128
"""Bit of a byte after which the number goes on (LEB128, https://en.wikipedia.org/wiki/LEB128)."""


def packed(rows: NDArray[np.int64], df: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Row numbers, rising within each gram (`df` of them), as steps of one to five bytes: 1.6 bytes a number for 80,000 texts, not 4."""
    steps = np.diff(rows, prepend=0)
    first = np.cumsum(df) - df
    steps[first] = rows[first]
    pieces = np.stack([steps >> 7 * k & MORE - 1 for k in range(5)], 1)  # (P, 5)
    lengths = np.maximum(1, 5 - np.argmax(pieces[:, ::-1] > 0, 1)) * (steps > 0) + (steps == 0)
    more = np.arange(5) < lengths[:, None] - 1
    return np.asarray((pieces + MORE * more)[np.arange(5) < lengths[:, None]], np.uint8)


def unpacked(postings: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The row numbers of one gram's bytes."""
    last = np.flatnonzero(postings < MORE)
    first = np.concatenate([[0], last[:-1] + 1])
    steps = np.zeros(len(last), np.int64)
    for k in range(int((last - first).max()) + 1):
        here = first + k <= last
        steps[here] += (postings[first[here] + k].astype(np.int64) & MORE - 1) << 7 * k
    return np.cumsum(steps)


def _idf(df: NDArray[np.float32], texts: int) -> NDArray[np.float32]:
    return np.asarray(1 + np.log((1 + texts) / (1 + df)), np.float32)
