"""Pixels to terminal cells: the upper half block shows two pixels, one as its colour and one as what lies behind it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rich.color import Color
from rich.color_triplet import ColorTriplet
from rich.segment import Segment
from rich.style import Style

UPPER = "▀"
STEP = 4
"""Colours are rounded to multiples of 4: nobody sees it (8 shows as bands in the night sky), neighbours fall together and
styles come from the cache."""

Pixels = NDArray[np.uint8]  # (H, W, 3), H even


def rounded(pixels: Pixels) -> NDArray[np.int64]:
    """One number a pixel, colours rounded: (H, W, 3) -> (H, W)."""
    coarse = (pixels.astype(np.int64) + STEP // 2) // STEP
    coarse = np.minimum(coarse, 255 // STEP)
    return (coarse[..., 0] << 16) | (coarse[..., 1] << 8) | coarse[..., 2]


@lru_cache(maxsize=8192)
def style(upper: int, lower: int) -> Style:
    """Colours of one cell."""
    return Style(color=_colour(upper), bgcolor=_colour(lower))


@lru_cache(maxsize=4096)
def _colour(code: int) -> Color:
    red, green, blue = (min((code >> shift & 0xFF) * STEP, 255) for shift in (16, 8, 0))
    return Color.from_triplet(ColorTriplet(red, green, blue))


def segments(codes: NDArray[np.int64], row: int) -> list[Segment]:
    """One row of cells; equal neighbours share a segment."""
    upper, lower = codes[2 * row].tolist(), codes[2 * row + 1].tolist()
    out: list[Segment] = []
    start = 0
    for end in range(1, len(upper) + 1):
        if end == len(upper) or upper[end] != upper[start] or lower[end] != lower[start]:
            out.append(Segment(UPPER * (end - start), style(upper[start], lower[start])))
            start = end
    return out


def changed_rows(before: NDArray[np.int64] | None, after: NDArray[np.int64]) -> list[int]:
    """Rows of cells that do not look the same any more."""
    if before is None or before.shape != after.shape:
        return list(range(after.shape[0] // 2))
    pixel_rows = (before != after).any(axis=1)
    return np.flatnonzero(pixel_rows[0::2] | pixel_rows[1::2]).tolist()
