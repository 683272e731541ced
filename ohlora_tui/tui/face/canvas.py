"""A small canvas of square pixels with soft edges, in numpy. Two pixels, one above the other, make one terminal cell.

Units: the figure lives in x, y in -1..1 (y down) whatever the size in pixels; a shape is an array of signed distances to its edge
(negative inside), so that coverage at the edge is exact enough for pictures of 30 pixels.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]  # (H, W), one number a pixel
Image = NDArray[np.float32]  # (H, W, 3), 0..255


def rgb(hexadecimal: str) -> NDArray[np.float32]:
    """`#rrggbb` -> (3,) float32."""
    return np.array([int(hexadecimal[i : i + 2], 16) for i in (1, 3, 5)], np.float32)


@lru_cache(maxsize=8)
def grid(width: int, height: int) -> tuple[Plane, Plane, float]:
    """x and y of every pixel centre and the pixels per unit. The shorter side spans the figure, the longer one shows more sky."""
    scale = min(width, height) / 2
    x = (np.arange(width, dtype=np.float32) + 0.5 - width / 2) / scale
    y = (np.arange(height, dtype=np.float32) + 0.5 - height) / scale + 1  # the figure stands on the lower edge
    xs, ys = np.meshgrid(x, y)
    return xs, ys, scale


SMALL = 4096
"""Pixels up to which painting all of them is quicker than finding those that a shape touches: with colours in planes a frame of 32 x 32 takes 1.8 ms instead of 4.2."""


class Canvas:
    """Paints shapes over each other."""

    def __init__(self, width: int, height: int) -> None:
        self.x, self.y, self.scale = grid(width, height)
        self.planes = np.zeros((3, height, width), np.float32)  # colour by colour: numpy is slow at innermost runs of three

    @property
    def image(self) -> Image:
        """The picture, (H, W, 3); a view, so that what is written to it is painted."""
        return np.moveaxis(self.planes, 0, -1)

    def cover(self, distance: Plane) -> Plane:
        """How much of each pixel lies inside, 0..1."""
        return np.minimum(np.maximum(0.5 - distance * self.scale, 0), 1)  # np.clip's wrapper costs as much as the work at this size

    def paint(self, alpha: Plane, colour: NDArray[np.float32]) -> None:
        """Lay a colour, (3,) or (H, W, 3), over the picture; alpha 0..1."""
        rows, columns = (slice(None), slice(None)) if alpha.size <= SMALL else _box(alpha)
        if rows is None or columns is None:
            return
        part = self.planes[:, rows, columns]
        shade = colour[:, None, None] if colour.ndim == 1 else np.moveaxis(colour, -1, 0)[:, rows, columns]
        part += (shade - part) * alpha[rows, columns]


def _box(alpha: Plane) -> tuple[slice | None, slice | None]:
    """The smallest rectangle that holds all that is not clear: most shapes touch a tenth of the picture."""
    rows, columns = np.flatnonzero(alpha.any(axis=1)), np.flatnonzero(alpha.any(axis=0))
    if not rows.size:
        return None, None
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def ellipse(x: Plane, y: Plane, cx: float, cy: float, rx: float, ry: float) -> Plane:
    """Signed distance to an ellipse, near enough close to its edge."""
    dx, dy = (x - cx) / rx, (y - cy) / ry
    r = np.sqrt(dx * dx + dy * dy)
    slope = np.sqrt((dx / rx) ** 2 + (dy / ry) ** 2)
    return (r - 1) * r / np.maximum(slope, 1e-4)


def stroke(x: Plane, y: Plane, cx: float, half: float, curve: NDArray[Any], thick: float) -> Plane:
    """A line along y = curve(x) for |x - cx| < half, with ends that grow thin; `thick` is half its thickness at the middle."""
    t = np.abs(x - cx) / half
    width = thick * np.sqrt(np.clip(1 - t * t, 0, 1)) * 0.6 + thick * 0.4
    return np.maximum(np.abs(y - curve) - width, (t - 1) * half)


def rotate(x: Plane, y: Plane, angle: float, cx: float, cy: float) -> tuple[Plane, Plane]:
    """Coordinates in which a head that is tilted by `angle` (radians) about (cx, cy) stands upright."""
    cos, sin = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    dx, dy = x - np.float32(cx), y - np.float32(cy)
    return dx * cos + dy * sin + np.float32(cx), dy * cos - dx * sin + np.float32(cy)
