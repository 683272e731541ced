"""Give every scenario its split, so that no near-duplicate of a held-out row is ever trained on.

Scenarios whose messages are alike (character TF-IDF cosine >= ALIKE) form one group; a group falls whole into
train, valid or test by the hash of its first scenario. The same rows always give the same split.
"""

from __future__ import annotations

import hashlib

import numpy as np

ALIKE = 0.72
"""Cosine of character 1-4-gram TF-IDF above which two messages count as one: the distance at which a written row
answers for another message (a held-out message nearer than this to a training row would test copying)."""

BLOCK = 1000
"""Messages compared with all others at once: all pairs of 40,000 took more than 20 GB, a thousand of them with the rest under 1."""

SHARES = (("test", 0.065), ("valid", 0.13), ("train", 1.01))
"""Upper ends of the hash range [0, 1): 6.5 % test, 6.5 % valid, the rest train."""


def assign(scenarios: list[str], messages: list[str]) -> list[str]:
    """`scenarios[i]` and `messages[i]` of row i -> "train" | "valid" | "test" of row i."""
    leader = {s: s for s in scenarios}

    def find(s: str) -> str:
        while leader[s] != s:
            leader[s] = leader[leader[s]]
            s = leader[s]
        return s

    for a, b in alike_pairs(messages, ALIKE):
        one, two = sorted((find(scenarios[a]), find(scenarios[b])))
        leader[two] = one
    return [share_of(find(s)) for s in scenarios]


def share_of(group: str) -> str:
    """The split of one group, by a hash that does not change between machines or Python versions."""
    at = int.from_bytes(hashlib.sha256(group.encode()).digest()[:8], "big") / 2**64
    return next(name for name, end in SHARES if at < end)


def alike_pairs(messages: list[str], threshold: float) -> list[tuple[int, int]]:
    """Index pairs (a < b) of messages whose character TF-IDF cosine is at least `threshold`, in order."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    grams = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 4), sublinear_tf=True, dtype=np.float32).fit_transform(messages)
    found: list[tuple[int, int]] = []
    for start in range(0, len(messages), BLOCK):
        alike = (grams[start : start + BLOCK] @ grams[start:].T).tocoo()  # (B, F) @ (F, N) -> (B, N) sparse, unit rows
        near = (alike.data >= threshold) & (alike.row < alike.col)
        found += sorted(zip((alike.row[near] + start).tolist(), (alike.col[near] + start).tolist(), strict=True))
    return found


def settle(splits: list[str], messages: list[str], threshold: float) -> list[str]:
    """New training rows that copy a held-out message join its split: what is held out stays unseen."""
    settled = list(splits)
    for a, b in alike_pairs(messages, threshold):
        held = next((settled[i] for i in (a, b) if settled[i] != "train"), "train")
        settled[a], settled[b] = (held if settled[i] == "train" else settled[i] for i in (a, b))
    return settled
