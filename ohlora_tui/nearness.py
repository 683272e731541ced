"""How near two messages are by their letters: character 1-4-gram TF-IDF, word-bounded, in numpy (scikit-learn's import costs 2 s).

A gram of up to four letters is packed into one 64-bit number, 16 bits a letter, and hashed to 32 bits; the vocabulary is a sorted array.
The index is made from the texts (2 s for 119,000 on one core); written/keeping.py keeps that of the written rows in the data folder.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ohlora_tui.words import stem

Numbers = NDArray[np.uint64]
LONGEST = 4
ONCE = 1 << 32
"""A packed gram of three letters and more that stands in one text alone is not kept: 225,000 of 370,000."""
MIX = 0x9E3779B97F4A7C15
"""Odd 64-bit constant of the golden ratio (Knuth's multiplicative hash): of 300,000 grams about ten fall together in 32 bits."""


def words(text: str, of: Callable[[str], str] = stem) -> list[str]:
    """Each word of `text` without its particle, between spaces, and the words run together (머리아파 is 머리 아파)."""
    pieces = text.split()
    return [*(f" {of(w)} " for w in pieces), *(["".join(pieces)] if len(pieces) > 1 else [])]


def grams(text: str) -> Counter[int]:
    """Packed 1-4-grams of the `words` of `text`, with counts."""
    found: Counter[int] = Counter()
    for word in words(text):
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


@dataclass(frozen=True)
class Index:
    """Which of N texts hold which gram: sorted `grams` (G,), the texts of gram g `texts[ends[g - 1] : ends[g]]`, and each text's length `norms` (N,)."""

    grams: NDArray[np.uint32]
    ends: NDArray[np.int64]
    texts: NDArray[np.int32]
    norms: NDArray[np.float32]

    def similarities(self, text: str) -> NDArray[np.float32]:
        """(N,) cosines of `text` with the texts of the index."""
        scores, found = np.zeros(len(self.norms), np.float32), list(hashed(text))
        if not found or not len(self.grams):
            return scores
        long = {_hash(g) for g in grams(text) if g >= ONCE}
        keys = np.array(found, dtype=np.uint32)
        at = np.minimum(np.searchsorted(self.grams, keys), len(self.grams) - 1)
        known = self.grams[at] == keys
        first = np.where(at, self.ends[at - 1], 0)
        idf = _idf(np.where(known, self.ends[at] - first, 1), len(scores))  # a gram never seen is as rare as can be
        told = known | np.array([g not in long for g in found])  # a long gram of no text, or of one, says nothing on either side
        norm = max(float(np.linalg.norm(idf[told])), 1e-9)
        for start, end, weight in zip(first[known], self.ends[at[known]], idf[known], strict=True):
            scores[self.texts[start:end]] += weight * weight / norm
        return np.asarray(scores / self.norms, np.float32)


def build(texts: Sequence[str]) -> Index:
    """The index of N texts. A gram counts once a text, however often it stands there: its weight is then idf / norm and need not be stored."""
    found = _found(texts)
    gram, text = (found >> WIDE).astype(np.uint32), (found.astype(np.uint32) >> 1).astype(np.int32)
    new = np.diff(gram, prepend=~gram[:1]) != 0  # the first of its gram
    once = new | (np.diff(text, prepend=-1) != 0)  # a gram that is short and long by its hash stands twice
    starts = np.flatnonzero(new)
    df = np.add.reduceat(once, starts, dtype=np.int64) if len(starts) else starts
    long = np.bitwise_or.reduceat(found & np.uint64(1), starts) > 0 if len(starts) else new
    kept = (df > 1) | ~long
    text, df = text[once][np.repeat(kept, df)], df[kept]
    squares = np.repeat(_idf(df, len(texts)).astype(float) ** 2, df)
    norms = np.sqrt(np.bincount(text, squares, len(texts)))
    return Index(gram[starts][kept], np.cumsum(df), text, np.where(norms > 0, norms, 1).astype(np.float32))


WIDE = np.uint64(32)
"""Bits of a hash: a find is one 64-bit number, the gram's hash, then the text's number, then 1 for a gram of three letters and more."""


def _found(texts: Sequence[str]) -> Numbers:
    """Every gram of every text once, sorted by gram, then by text."""
    lines = _lines(texts)
    of = np.repeat(np.arange(len(lines), dtype=np.uint64) << np.uint64(1), [len(line) for line in lines])
    letters = np.frombuffer("".join(lines).encode("utf-32-le"), np.uint32).astype(np.uint64) & np.uint64(0xFFFF)
    gram, inside, found = np.zeros_like(letters), np.ones(len(letters), bool), []
    for length in range(1, min(LONGEST, len(letters)) + 1):
        last = letters[length - 1 :]
        gram, inside = gram[: len(last)] << np.uint64(16) | last, inside[: len(last)] & (last > 0)
        kept = inside & (last != ord(" ")) if length == 1 else inside
        found.append(_once(gram[kept] * np.uint64(MIX) >> WIDE << WIDE | of[: len(last)][kept] | np.uint64(length > 2)))
    return _once(np.concatenate([*found, np.zeros(0, np.uint64)]))


def _once(numbers: Numbers) -> Numbers:
    """Each number once, sorted: np.unique looks them up in a table first and takes three times as long."""
    numbers.sort()
    return numbers[np.concatenate([[True], numbers[1:] != numbers[:-1]])] if len(numbers) else numbers


def _lines(texts: Sequence[str]) -> list[str]:
    """The `words` of each text with a zero after each word; most words stand in many texts and are stemmed once."""
    stemmed = {word: stem(word) for word in {word for text in texts for word in text.split()}}
    return ["".join(f"{word}\0" for word in words(text, stemmed.__getitem__)) for text in texts]


def _idf(df: NDArray[np.int64], texts: int) -> NDArray[np.float32]:
    return np.asarray(1 + np.log((1 + texts) / (1 + df.astype(np.float32))), np.float32)
