"""Her face in one line of characters: the header of a small terminal, and wherever colour is not wanted."""

from __future__ import annotations

from ohlora_tui.records import Expression

EYES = (("-", "-"), ("•", "•"), ("o", "o"), ("O", "O"))
MOUTHS = ("_", "v", "D")
WIDTH = 6
"""Columns between the brackets; the features move within them when she turns her head."""


def glyph(e: Expression) -> str:
    """(  o v o  ): eyes and mouth by level, moved aside by the turn of her head. 36 distinct ones, 10 columns each."""
    eyes, mouth, pose = e.levels
    left, right = EYES[eyes]
    before = 1 + pose  # 1, 2, 3 columns
    return f"({' ' * before}{left}{MOUTHS[mouth]}{right}{' ' * (WIDTH - 2 - pose)})"
