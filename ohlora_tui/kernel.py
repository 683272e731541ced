"""What known pairs say of a new one: the graded similarity of the nearest known memories and messages, weighed by how near they are.

(memory, message) -> softmax over known memories, softmax over known messages -> mean of their gold
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ohlora_tui import nearness

Floats = NDArray[np.float64]
Encode = Callable[[Sequence[str]], NDArray[np.float32]]


@dataclass(frozen=True)
class Known:
    """`gold` (M, N): the grade of each known memory for each known message, nan where no pair says."""

    memories: tuple[str, ...]
    messages: tuple[str, ...]
    gold: Floats
    temperature: float

    def told(self, memories: Sequence[str], messages: Sequence[str], encode: Encode, apart: bool = False) -> Floats:
        """(A, B) what the known pairs say of every memory with every message. `apart`: a known text says nothing of itself (for fitting)."""
        left = self._weights(memories, self.memories, encode, apart)  # (A, M)
        right = self._weights(messages, self.messages, encode, apart)  # (B, N)
        filled, there = np.nan_to_num(self.gold), (~np.isnan(self.gold)).astype(float)
        return np.asarray((left @ filled @ right.T) / np.maximum(left @ there @ right.T, 1e-9))

    def _weights(self, texts: Sequence[str], known: Sequence[str], encode: Encode, apart: bool) -> Floats:
        near = (encode(texts) @ encode(known).T).astype(float)  # (A, D) @ (D, K) -> (A, K)
        index = nearness.build(known)
        near = (near + np.stack([index.similarities(t) for t in texts])) / 2
        if apart:
            near[[[a == b for b in known] for a in texts]] = -9.0
        powers = np.exp((near - near.max(axis=1, keepdims=True)) / self.temperature)
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))
