"""Her face as text: a pure function of expression, time and size."""

from __future__ import annotations

from dataclasses import replace

from rich.text import Text

from ohlora_tui.records import Expression
from ohlora_tui.tui.face.cells import rounded, segments
from ohlora_tui.tui.face.look import Look, look_of
from ohlora_tui.tui.face.portrait import portrait

BLINK_S = 0.24
"""A blink, lids down and up again."""
BLINKS = (3.1, 4.4, 2.6, 5.2, 0.5)
"""Seconds between blinks, over and over: uneven, as people do; the last one is a double blink."""
SPEAK_HZ = 3.2
"""Her mouth moves about as often as Korean has syllable groups."""

_CYCLE_S = sum(BLINKS)


def blink(t: float) -> float:
    """How far a blink has closed her eyes at second t, 0..1."""
    rest = t % _CYCLE_S
    for pause in BLINKS:
        if rest < pause:
            break
        rest -= pause
    left = pause - rest  # seconds until the next blink is over
    return max(0.0, 1 - abs(left - BLINK_S / 2) / (BLINK_S / 2)) if left < BLINK_S else 0.0


def alive(look: Look, t: float, speaking: bool = False) -> Look:
    """The look at second t: blinking, and talking if she talks."""
    look = replace(look, open=look.open * (1 - blink(t)))
    if not speaking:
        return look
    step = int(t * 2 * SPEAK_HZ)
    return replace(look, mouth=(0.0, 0.9, 0.4, 1.1, 0.0, 0.7)[step % 6])


def draw(expression: Expression, t: float, width: int, height: int) -> Text:
    """Her face in `width` x `height` cells at second `t`; t = 0 is the face at rest, eyes open. Same arguments, same picture."""
    codes = rounded(portrait(alive(look_of(expression), t), t, width, height * 2))
    text = Text(no_wrap=True, end="")
    for row in range(height):
        for segment in segments(codes, row):
            text.append(segment.text, segment.style)
        if row < height - 1:
            text.append("\n")
    return text
