"""A text's letters as places of a table of fixed size: what small linear models read beside meaning."""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

LONGEST = 4
LEVELS = 127
"""Largest value of a weight kept as int8."""


def places(text: str, slots: int) -> NDArray[np.int64]:
    """Where the text's 1-4-grams fall in a table of `slots`, spaces at its ends included, each once, in order."""
    text = f" {text.strip()} "
    found = {text[i : i + n] for n in range(1, LONGEST + 1) for i in range(len(text) - n + 1)}
    return np.array(sorted({zlib.crc32(g.encode()) % slots for g in found}), np.int64)
