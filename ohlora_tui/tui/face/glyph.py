"""Her face in one line of characters: the header of a small terminal, and wherever colour is not wanted."""

from __future__ import annotations

from ohlora_tui.records import Expression

EYES = (("-", "-"), ("•", "•"), ("o", "o"), ("O", "O"))
MOUTHS = ("_", "v", "D")
SIDE = 2
"""Columns beside her features when she looks straight ahead; turning her head takes them from one side to the other."""


def glyph(e: Expression) -> str:
    """`(  ovo  )`: eyes and mouth by level, moved aside by the turn of her head. 36 distinct ones, 9 columns each."""
    eyes, mouth, pose = e.levels
    left, right = EYES[eyes]
    return f"({' ' * (SIDE - pose)}{left}{MOUTHS[mouth]}{right}{' ' * (SIDE + pose)})"
