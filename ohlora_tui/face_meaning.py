"""Her expression by what was meant: a small network over the vectors of what was said and what she answered.

(message, answer) --bundled embedder--> NUMBERS --one hidden layer--> (36,) log-probabilities, weighed beside head and letters (faces.py).
mini on 1,996 valid rows: letters alone are right for .494 (log-likelihood -1.571 a row), this for .515 (-1.495); head and letters .527, all three .543.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ohlora_tui.bases import BUNDLED
from ohlora_tui.embedder import Embedder, load
from ohlora_tui.records import EXPRESSIONS

Floats = NDArray[np.float32]
SPREAD = 8.0
"""Unit vectors of 256 numbers, each near .06, are made this much larger: the other numbers are near 1."""
BOTH = 64.0
"""The same for the products of two such numbers."""
SIGNS = "?!ㅠㅋ…"
EMOJI = "☀"
"""The first sign of the pictures."""
LONG = {"answer": 60, "message": 40}
"""Usual letters of either."""
PREFIX = "meaning_"
ARRAYS = ("inner", "inner_bias", "outer", "outer_bias", "trust")


@lru_cache(maxsize=1)
def bundled() -> Embedder:
    """The embedder that the network reads with, whatever retriever is set: .1 s, once."""
    return load(BUNDLED / "retriever")


def numbers(embedder: Embedder, messages: Sequence[str], answers: Sequence[str]) -> Floats:
    """(N, 3 * D + signs) of N pairs: the answer's vector, the message's, their products, and what stands in either by its signs."""
    said, told = embedder.encode(answers), embedder.encode(messages)
    signs = [[*_signs(answer, "answer"), *_signs(message, "message")] for message, answer in zip(messages, answers, strict=True)]
    return np.concatenate([said * SPREAD, told * SPREAD, said * told * BOTH, np.array(signs, np.float32)], axis=1)


def _signs(text: str, whose: str) -> list[float]:
    drawn = any(sign >= EMOJI and not "가" <= sign <= "힣" for sign in text)
    return [*(float(sign in text) for sign in SIGNS), float(text.count("!")), float(drawn), len(text) / LONG[whose]]


@dataclass(frozen=True, slots=True)
class Meaning:
    """`inner` (F, H), `inner_bias` (H,), `outer` (H, 36), `outer_bias` (36,), fit with the embedder of `fingerprint`;
    `trust`: what the head's log-likelihood counts beside it, the letters', and its own."""

    inner: Floats
    inner_bias: Floats
    outer: Floats
    outer_bias: Floats
    trust: Floats
    fingerprint: str

    def __call__(self, message: str, answer: str) -> Floats:
        """(36,) log-probabilities of the expressions."""
        hidden = np.maximum(0, numbers(bundled(), [message], [answer])[0] @ self.inner + self.inner_bias)
        logits = hidden @ self.outer + self.outer_bias
        found: Floats = logits - np.logaddexp.reduce(logits)
        return found

    def told(self) -> dict[str, NDArray[Any]]:
        """What `of` reads."""
        kept: dict[str, NDArray[Any]] = {f"{PREFIX}{name}": np.ascontiguousarray(getattr(self, name), np.float16) for name in ARRAYS}
        return kept | {f"{PREFIX}fingerprint": np.frombuffer(self.fingerprint.encode(), np.uint8)}

    @classmethod
    def of(cls, kept: Mapping[str, NDArray[Any]]) -> Meaning | None:
        """The network among what is kept, None if there is none or its embedder is no longer the bundled one. ValueError, KeyError if it is damaged."""
        if f"{PREFIX}fingerprint" not in kept:
            return None
        fingerprint = kept[f"{PREFIX}fingerprint"].tobytes().decode()
        if fingerprint != bundled().fingerprint:
            return None
        inner, inner_bias, outer, outer_bias, trust = (kept[f"{PREFIX}{name}"].astype(np.float32) for name in ARRAYS)
        found = cls(inner, inner_bias, outer, outer_bias, trust, fingerprint)
        width, hidden = len(numbers(bundled(), [""], [""])[0]), len(found.inner_bias)
        if (found.inner.shape, found.outer.shape, found.outer_bias.shape, found.trust.shape) != ((width, hidden), (hidden, len(EXPRESSIONS)), (len(EXPRESSIONS),), (3,)):
            raise ValueError(f"inner {found.inner.shape}, outer {found.outer.shape}")
        return found
