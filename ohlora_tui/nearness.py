"""How near two messages are by their letters: character 1-4-gram TF-IDF, word-bounded, in numpy (scikit-learn's import costs 2 s).

A gram of up to four letters is packed into one 64-bit number, 16 bits a letter, and hashed to 32 bits; the vocabulary is a sorted array.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

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


def build(texts: Sequence[str]) -> Arrays:
    """The index of N texts: sorted `grams` (G,), in how many texts each stands `df` (G,), those `rows` (P,), and each text's length `norms` (N,).

    A gram counts once a text, however often it stands there: its weight is then idf / norm and need not be stored (3 MB for 60,000 texts).
    """
    told = [set(hashed(t)) for t in texts]
    df = Counter(g for found in told for g in found)
    long = {_hash(g) for t in texts for g in grams(t) if g >= ONCE}
    keys = sorted(g for g, n in df.items() if n > 1 or g not in long)
    place = {k: i for i, k in enumerate(keys)}
    counts = np.array([df[k] for k in keys], np.int64)
    idf = _idf(counts.astype(np.float32), len(texts))
    kept = [[place[g] for g in found if g in place] for found in told]
    postings = sorted((g, row) for row, found in enumerate(kept) for g in found)
    wide = np.uint16 if len(texts) < 1 << 16 else np.uint32
    return {
        "grams": np.array(keys, np.uint32),
        "df": counts.astype(wide),
        "rows": np.array([row for _, row in postings], wide),
        "norms": np.array([float(np.linalg.norm(idf[found])) or 1.0 for found in kept], np.float32),
    }


def _idf(df: NDArray[np.float32], texts: int) -> NDArray[np.float32]:
    return np.asarray(1 + np.log((1 + texts) / (1 + df)), np.float32)


def similarities(text: str, index: Arrays, count: int) -> NDArray[np.float32]:
    """(N,) cosines of `text` with the `count` texts of the index."""
    scores = np.zeros(count, np.float32)
    found = list(hashed(text))
    if not found or not len(index["grams"]):
        return scores
    long = {_hash(g) for g in grams(text) if g >= ONCE}
    keys = np.array(found, dtype=np.uint32)
    at = np.minimum(np.searchsorted(index["grams"], keys), len(index["grams"]) - 1)
    known = index["grams"][at] == keys
    df = np.where(known, index["df"][at], 1).astype(np.float32)  # a gram never seen is as rare as can be
    idf = _idf(df, count)
    told = known | np.array([g not in long for g in found])  # a long gram of no text, or of one, says nothing on either side
    norm = max(float(np.linalg.norm(idf[told])), 1e-9)
    ends = np.cumsum(index["df"].astype(np.int64))  # type: ignore[type-var]
    for gram, weight in zip(at[known], idf[known], strict=True):
        span = slice(int(ends[gram] - index["df"][gram]), int(ends[gram]))  # type: ignore[operator]
        scores[index["rows"][span]] += weight * weight / norm
    return np.asarray(scores / index["norms"].astype(np.float32), np.float32)
