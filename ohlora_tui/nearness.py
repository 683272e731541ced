"""How near two messages are by their letters: character 1-4-gram TF-IDF, word-bounded, in numpy (scikit-learn's import costs 2 s).

A gram of up to four letters is packed into one 64-bit number, 16 bits a letter, so the vocabulary is a sorted array.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ohlora_tui.words import stem

Arrays = dict[str, NDArray[np.generic]]
LONGEST = 4


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


def build(texts: Sequence[str]) -> Arrays:
    """The index of N texts: sorted `grams` (G,) uint64, `idf` (G,), and for each gram its `rows` with unit `weights` (P,)."""
    counted = [grams(t) for t in texts]
    df = Counter(g for c in counted for g in c)
    keys = np.array(sorted(df), dtype=np.uint64)
    place = {int(k): i for i, k in enumerate(keys)}
    idf = np.array([1 + math.log((1 + len(texts)) / (1 + df[int(k)])) for k in keys], np.float32)
    postings: list[tuple[int, int, float]] = []
    for row, count in enumerate(counted):
        weights = {place[g]: (1 + math.log(n)) * idf[place[g]] for g, n in count.items()}
        length = math.sqrt(sum(w * w for w in weights.values())) or 1.0
        postings += [(g, row, w / length) for g, w in weights.items()]
    postings.sort()
    starts = np.searchsorted(np.array([p[0] for p in postings]), np.arange(len(keys) + 1)).astype(np.int32)
    return {
        "grams": keys,
        "idf": idf,
        "starts": starts,
        "rows": np.array([p[1] for p in postings], np.uint16),
        "weights": np.array([p[2] for p in postings], np.float16),
    }


def similarities(text: str, index: Arrays, count: int) -> NDArray[np.float32]:
    """(N,) cosines of `text` with the `count` texts of the index."""
    scores = np.zeros(count, np.float32)
    found = grams(text)
    if not found or not len(index["grams"]):
        return scores
    keys = np.array(list(found), dtype=np.uint64)
    at = np.minimum(np.searchsorted(index["grams"], keys), len(index["grams"]) - 1)
    known = index["grams"][at] == keys
    rarest = float(index["idf"].max())
    idf = np.where(known, index["idf"][at], rarest).astype(np.float32)  # a gram never seen is as rare as can be
    weights = (1 + np.log(np.array(list(found.values()), np.float32))) * idf
    weights /= np.linalg.norm(weights)
    for gram, weight in zip(at[known], weights[known], strict=True):
        span = slice(int(index["starts"][gram]), int(index["starts"][gram + 1]))
        scores[index["rows"][span]] += weight * index["weights"][span].astype(np.float32)
    return scores
