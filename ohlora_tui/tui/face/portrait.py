"""Her portrait, painted back to front: night sky, long hair, shoulders, face, eyes, mouth, fringe, a star in her hair."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ohlora_tui.tui.face.canvas import Canvas, Image, Plane, ellipse, rgb, rotate, stroke
from ohlora_tui.tui.face.look import Look

AURORA = np.stack([rgb(c) for c in ("#a5f7cf", "#5fe6c4", "#3fc4dd", "#5f92f2", "#8a70f0", "#b56ceb", "#e58ae0")])
"""Colours of her hair from crown to tips."""
SKY, SKY_LOW = rgb("#0e1330"), rgb("#1c2350")
SKIN, SKIN_SHADE, NECK = rgb("#ffe6d8"), rgb("#f4c3b2"), rgb("#eab5a5")
CLOTH, CLOTH_LIGHT, COLLAR = rgb("#2c3366"), rgb("#3d4688"), rgb("#f3f4ff")
LASH, LID, BROW, WHITE = rgb("#2a2450"), rgb("#c98a86"), rgb("#2f8f9c"), rgb("#ffffff")
IRIS_TOP, IRIS_LOW, PUPIL = rgb("#1f4e8c"), rgb("#6df2dc"), rgb("#152046")
LIP, MOUTH, TONGUE, BLUSH = rgb("#c4566f"), rgb("#8c2d47"), rgb("#f48b96"), rgb("#ff8d98")
STAR = rgb("#ffe08a")

FINE = 20.0
"""Pixels per unit from which lips, teeth and lids are drawn; below it they would only blur what matters."""
EYE_X, EYE_Y, EYE_RX, EYE_RY = 0.28, 0.19, 0.175, 0.225
FRINGE_X = (-0.68, -0.46, -0.33, -0.17, -0.05, 0.11, 0.22, 0.43, 0.68)
FRINGE_Y = (0.20, -0.01, -0.24, -0.03, -0.38, -0.10, -0.28, 0.0, 0.20)
"""Lower edge of her fringe: temple, point, gap, point, parting, point, gap, point, temple."""
STARS = ((-0.88, -0.82, 0.0), (0.84, -0.9, 1.7), (-0.94, -0.2, 3.1), (0.93, -0.36, 4.4), (0.7, -0.62, 5.2), (-0.66, -0.97, 2.3))
"""x, y and phase of the stars that can show beside her hair."""


def portrait(look: Look, t: float, width: int, height: int) -> NDArray[np.uint8]:
    """Pixels, (height, width, 3). `t`: seconds, moves hair, stars and breath; the same t gives the same picture."""
    c = Canvas(width, height)
    breath = 0.014 * math.sin(t * math.tau / 4.2)  # one breath in 4.2 s
    _sky(c, t)
    hair = _aurora(c, t)
    x, y = rotate(c.x, c.y - np.float32(breath), -0.10 * look.turn, 0.0, 0.9)
    _back_hair(c, x, y, hair, t)
    _shoulders(c, breath)
    _face(c, x, y, look)
    for side in (-1, 1):
        _eye(c, x, y, look, side)
    _mouth(c, x, y, look)
    _front_hair(c, x, y, hair, look, t)
    for side in (-1, 1):
        _brow(c, x, y, look, side)
    _pin(c, x, y, look, t)
    return np.clip(c.image, 0, 255).astype(np.uint8)


@lru_cache(maxsize=8)
def _night(width: int, height: int) -> tuple[Image, tuple[Plane, ...]]:
    """What of the sky never moves: its colours, and how much of each pixel every star covers."""
    c = Canvas(width, height)
    down = np.clip((c.y + 1) / 2, 0, 1)[..., None]
    sky = (SKY + (SKY_LOW - SKY) * down).astype(np.float32)
    return sky, tuple(c.cover(ellipse(c.x, c.y, sx, sy, 0.026, 0.026)) for sx, sy, _ in STARS)


def _sky(c: Canvas, t: float) -> None:
    height, width = c.x.shape
    c.image[:], covers = _night(width, height)
    for (_, _, phase), cover in zip(STARS, covers, strict=True):
        glow = 0.55 + 0.45 * math.sin(t * 1.3 + phase)
        c.paint(cover * np.float32(glow), WHITE)


def _aurora(c: Canvas, t: float) -> Image:
    """Hair colour at every pixel: green at the crown, violet at the tips, waves that wander slowly."""
    wave = 0.07 * np.sin(c.x * 3.1 + c.y * 2.3 + t * 0.7) + 0.05 * np.sin(c.x * 5.3 - c.y * 3.7 - t * 0.5)
    place = np.clip((c.y + 0.95) / 1.9 + wave, 0, 1) * (len(AURORA) - 1)
    low = np.minimum(place.astype(np.int32), len(AURORA) - 2)
    part = (place - low)[..., None].astype(np.float32)
    return AURORA[low] * (1 - part) + AURORA[low + 1] * part


def _back_hair(c: Canvas, x: Plane, y: Plane, hair: Image, t: float) -> None:
    sway = 0.025 * np.sin(y * 3.2 + t * 1.1)
    below = np.clip(y, 0, None)
    half = 0.84 + 0.05 * np.sin(y * 5.2 + 0.6) * below + 0.06 * below
    falls = np.maximum(np.abs(x - sway * below) - half, -y)
    shape = np.minimum(ellipse(x, y, 0, 0.0, 0.84, 0.93), falls)
    strands = 0.62 + 0.13 * np.sin(x * 15 + np.sin(y * 4) * 1.2)
    c.paint(c.cover(shape), hair * strands[..., None].astype(np.float32))


def _shoulders(c: Canvas, breath: float) -> None:
    x, y = c.x, c.y - np.float32(breath * 0.6)
    c.paint(c.cover(np.maximum(np.abs(x) - 0.15, 0.5 - y)), NECK)
    cloth = ellipse(x, y, 0, 1.28, 0.74, 0.50)
    c.paint(c.cover(cloth), CLOTH)
    c.paint(c.cover(np.maximum(cloth, np.abs(np.abs(x) - 0.44) - 0.05)) * np.float32(0.6), CLOTH_LIGHT)
    opening = np.abs(x) * 1.25 + (y - 1.0)
    c.paint(c.cover(np.maximum(np.abs(x) - 0.16, opening + 0.02)) * c.cover(0.74 - y), NECK)
    c.paint(c.cover(np.maximum(np.maximum(np.abs(opening - 0.03) - 0.055, 0.76 - y), np.abs(x) - 0.26)), COLLAR)


def _face(c: Canvas, x: Plane, y: Plane, look: Look) -> None:
    fx = x + np.float32(0.07 * look.turn)
    jaw = np.clip((y - 0.2) / 0.56, 0, 1)
    rx = 0.585 * (1 - 0.36 * jaw**2.2)
    shape = np.maximum(ellipse(fx / rx * 0.585, y, 0, 0.08, 0.585, 0.68), -0.75 - y)
    cover = c.cover(shape)
    c.paint(c.cover(shape - 0.035) * c.cover(0.25 - y) * np.float32(0.55), SKIN_SHADE)  # shadow the chin throws on the neck
    c.paint(cover, SKIN)
    fringe = np.clip(1 - (y - _fringe(x, look)) / 0.10, 0, 1)
    c.paint(cover * fringe * np.float32(0.55), SKIN_SHADE)
    for side in (-1, 1):
        cx = side * 0.385 - 0.16 * look.turn
        glow = np.exp(-(((fx - cx) / 0.13) ** 2 + ((y - 0.43) / 0.075) ** 2))
        c.paint(cover * glow.astype(np.float32) * np.float32(0.75 * look.blush), BLUSH)
    nose = ellipse(fx, y, -0.01 - 0.24 * look.turn, 0.385, 0.028, 0.02)
    c.paint(c.cover(nose) * np.float32(0.7), SKIN_SHADE)


def _settled(c: Canvas, cx: float, cy: float, rx: float) -> tuple[float, float, float]:
    """An eye that stands on whole pixels: on a small canvas a fraction of a pixel would smear it."""
    if c.scale >= FINE:
        return cx, cy, rx
    px = (math.floor(cx * c.scale) + 0.5) / c.scale
    py = (math.floor((cy - 1) * c.scale) + 0.5) / c.scale + 1
    return px, py, (max(round(rx * c.scale - 0.5), 2) + 0.5) / c.scale


def _eye(c: Canvas, x: Plane, y: Plane, look: Look, side: int) -> None:
    """One eye. side -1 is the one at the viewer's left, which the turn carries farther round and so makes narrower."""
    narrow = 1 - (0.26 if side < 0 else 0.04) * look.turn
    cx = side * EYE_X * (1 - 0.10 * look.turn) - 0.165 * look.turn
    cx, eye_y, rx = _settled(c, cx, EYE_Y, EYE_RX * narrow)
    u = (x - np.float32(cx)) / np.float32(rx)
    if look.smile > 0.5:
        arc = eye_y + 0.075 - 0.15 * np.sqrt(np.clip(1.05 - u * u, 0, None)) * look.smile
        c.paint(c.cover(stroke(x, y, cx, rx * 1.05, arc, 0.048)), LASH)
        return
    if look.open < 0.14:
        arc = eye_y + 0.02 + 0.075 * np.sqrt(np.clip(1.05 - u * u, 0, None))
        c.paint(c.cover(stroke(x, y, cx, rx * 1.05, arc, 0.042)), LASH)
        return
    _open_eye(c, x, y, look, side, cx, eye_y, rx, u)


def _open_eye(c: Canvas, x: Plane, y: Plane, look: Look, side: int, cx: float, eye_y: float, rx: float, u: Plane) -> None:
    ry = EYE_RY * look.open
    cy = eye_y + (1 - min(look.open, 1.0)) * 0.06  # lids close downwards
    droop = 0.10 * look.sad * u * side  # outer ends fall
    lid = cy + droop - ry * np.sqrt(np.clip(1 - (u * 0.92) ** 2, 0, 1))
    shape = np.maximum(ellipse(x, y, cx, cy, rx, ry), lid - y)
    inside = c.cover(shape)
    if c.scale >= FINE:
        c.paint(c.cover(shape - 0.022) * np.float32(0.5), LID)
    c.paint(inside, WHITE)
    gaze = cx - 0.045 * look.turn
    iris_ry = min(0.205, ry * 0.98 + 0.03)
    iris = ellipse(x, y, gaze, cy, 0.135 * rx / EYE_RX, iris_ry)
    depth = np.clip((y - cy + iris_ry) / (2 * iris_ry), 0, 1)[..., None].astype(np.float32)
    c.paint(inside * c.cover(iris), IRIS_TOP + (IRIS_LOW - IRIS_TOP) * depth**1.3)
    pupil = 1 - 0.35 * look.wide
    c.paint(inside * c.cover(ellipse(x, y, gaze, cy - 0.02, 0.062 * pupil, 0.095 * pupil)), PUPIL)
    shine = 1 + 0.35 * look.wide
    c.paint(inside * c.cover(ellipse(x, y, gaze - 0.055, cy - 0.085 * min(look.open, 1.1), 0.052 * shine, 0.058 * shine)), WHITE)
    low = ellipse(x, y, gaze + 0.06, cy + 0.10 * look.open, 0.03 * shine, 0.03 * shine)
    c.paint(inside * c.cover(low) * np.float32(0.9), WHITE)
    flick = 0.03 * np.clip(u * side, 0, 2) ** 3  # the lash lifts at the outer corner
    lash = stroke(x, y, cx + side * 0.015, rx * 1.12, lid - 0.012 - flick * (1 - look.sad), 0.042 if c.scale >= FINE else 0.034)
    c.paint(c.cover(lash), LASH)


def _mouth(c: Canvas, x: Plane, y: Plane, look: Look) -> None:
    cx, cy = -0.20 * look.turn, 0.53
    opened = min(look.mouth, 2.0)
    if opened < 0.25:
        bow = (0.035 - 0.06 * look.sad) * (1 - ((x - np.float32(cx)) / 0.12) ** 2)
        c.paint(c.cover(stroke(x, y, cx, 0.115, cy - 0.012 + bow, 0.027)), LIP)
        return
    half = (0.115 + 0.06 * min(opened, 1) + 0.015 * max(opened - 1, 0)) * (1 - 0.12 * look.turn)
    deep = 0.05 + 0.085 * min(opened, 1) + 0.075 * max(opened - 1, 0)
    top = cy - 0.04 - 0.01 * max(opened - 1, 0)
    round_top = 0.035 * max(opened - 1, 0)
    v = (x - np.float32(cx)) / half
    upper = top - round_top * np.sqrt(np.clip(1 - v * v, 0, 1)) + 0.012 * (1 - v * v)
    shape = np.maximum(ellipse(x, y, cx, top, half, deep + 0.02), upper - y)
    inside = c.cover(shape)
    c.paint(c.cover(shape - 0.012) * np.float32(0.6 if c.scale >= FINE else 0.3), LIP)
    c.paint(inside, MOUTH)
    c.paint(inside * c.cover(ellipse(x, y, cx, top + deep, half * 0.68, deep * 0.55)), TONGUE)
    if c.scale < FINE:
        return
    teeth = min(max(opened - 0.6, 0), 1)
    row = np.maximum(y - (upper + 0.035 + 0.01 * opened), np.abs(v) * half - half * 0.8)
    c.paint(inside * c.cover(row) * np.float32(teeth), WHITE)
    c.paint(c.cover(stroke(x, y, cx, half * 1.08, upper - 0.004, 0.02)), LIP)


def _fringe(x: Plane, look: Look) -> Plane:
    """Lower edge of her fringe over x: locks of uneven length, their points between the brows and beside them."""
    shift = np.float32(0.09 * look.turn)
    return np.interp(x + shift, FRINGE_X, FRINGE_Y).astype(np.float32)


def _partings(x: Plane, y: Plane, look: Look) -> Plane:
    """Where the fringe divides into locks: thin lines that run from between the points up to the crown, 0..1."""
    shift = np.float32(0.09 * look.turn)
    shade = np.zeros_like(x)
    for px, py in zip(FRINGE_X[2:-2:2], FRINGE_Y[2:-2:2], strict=True):
        rise = np.clip((py - y) / 0.5, 0, 1)  # 0 at the gap, 1 half a head above
        line = np.abs(x + shift - px * (1 - 0.45 * rise)) / 0.03
        shade = np.maximum(shade, np.clip(1 - line, 0, 1) * (1 - rise) * (y < py + 0.03))
    return shade


def _front_hair(c: Canvas, x: Plane, y: Plane, hair: Image, look: Look, t: float) -> None:
    dome = ellipse(x, y, 0, 0.0, 0.80, 0.90)
    fringe = np.maximum(dome, (y - _fringe(x, look)) * 0.55)
    sway = 0.02 * np.sin(y * 3 + t * 1.1) * np.clip(y, 0, None)
    inner = 0.505 - 0.05 * np.sin(np.clip(y + 0.1, 0, 1) * 3.1) + 0.10 * np.clip(y - 0.45, 0, None)
    lock = np.maximum(inner - np.abs(x + np.float32(0.05 * look.turn) - sway), np.abs(x) - 0.70 + 0.12 * np.clip(y, 0, None))
    sides = np.maximum(np.maximum(lock, -0.3 - y), y - 0.98)
    shape = np.minimum(fringe, sides)
    strands = 0.93 + 0.07 * np.sin(x * 17 + np.sin(y * 5) * 0.8)
    rim = np.clip(-shape / 0.12, 0, 1) * 0.14 + 0.86  # darker at the edge of each lock
    ring = np.exp(-(((y + 0.60 - 0.42 * x * x + 0.03 * np.sin(x * 22)) / 0.07) ** 2))  # the light on her crown
    ring *= np.clip(1.15 - np.abs(x + 0.06) * 1.9, 0, 1)
    tone = (strands * rim * (1 - 0.24 * _partings(x, y, look)))[..., None].astype(np.float32)
    lit = ring[..., None].astype(np.float32)
    c.paint(c.cover(shape), hair * tone + (WHITE - hair * tone) * lit * 0.5)


def _brow(c: Canvas, x: Plane, y: Plane, look: Look, side: int) -> None:
    cx = side * EYE_X * (1 - 0.10 * look.turn) - 0.16 * look.turn
    u = (x - np.float32(cx)) * side / 0.15
    curve = -0.13 - look.brow + 0.02 * u * u + 0.06 * look.sad * (u - 0.2)
    c.paint(c.cover(stroke(x, y, cx, 0.13, curve, 0.022)) * np.float32(0.85), BROW)


def _pin(c: Canvas, x: Plane, y: Plane, look: Look, t: float) -> None:
    """A small star in her hair."""
    dx, dy = x - np.float32(0.50 - 0.06 * look.turn), y + np.float32(0.36)
    r, angle = np.hypot(dx, dy), np.arctan2(dx, -dy)
    edge = 0.10 + 0.045 * np.cos(5 * angle)
    glow = np.float32(0.92 + 0.08 * math.sin(t * 2.1))
    c.paint(c.cover(r - edge), STAR * glow)
