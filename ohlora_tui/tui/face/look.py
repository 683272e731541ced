"""Her expression as numbers that can be eased: three levels become the shape of eyes, brows, mouth and head."""

from __future__ import annotations

from dataclasses import dataclass, fields

from ohlora_tui.records import Expression

EASE_S = 0.3
"""One expression flows into the next in 300 ms: long enough to be seen, over before the next sentence."""


@dataclass(frozen=True, slots=True)
class Look:
    """Continuous face. Units of the canvas where not said otherwise."""

    open: float  # how far the eyes are open; 1 = 크게
    smile: float  # 0..1: eyes closed into laughing arcs
    sad: float  # 0..1: lids and brows fall outwards
    wide: float  # 0..1: small pupils, glints: surprise, a great feast
    brow: float  # how far the brows are raised
    mouth: float  # 0 closed, 1 open smile, 2 wide open
    turn: float  # 0..1: head turned aside
    blush: float  # 0..1


# level -> numbers; the three parts are independent but for 작게, which laughs with an open mouth and is sad with a closed one
_OPEN = (0.50, 0.76, 1.0, 1.2)
_BROW = (-0.02, 0.0, 0.035, 0.09)
_TURN = (0.0, 0.5, 1.0)
_BLUSH = (0.35, 0.5, 0.8)


def look_of(e: Expression) -> Look:
    """The face of an expression at rest."""
    eyes, mouth, pose = e.levels
    narrow = eyes == 0
    return Look(
        open=0.16 if narrow and mouth else _OPEN[eyes],
        smile=float(narrow and mouth > 0),
        sad=float(narrow and mouth == 0),
        wide=float(eyes == 3),
        brow=_BROW[eyes],
        mouth=float(mouth),
        turn=_TURN[pose],
        blush=min(_BLUSH[pose] + 0.15 * mouth, 1.0),
    )


def between(a: Look, b: Look, part: float) -> Look:
    """The face on the way from a to b; part 0..1, eased at both ends."""
    k = min(max(part, 0.0), 1.0)
    k = k * k * (3 - 2 * k)
    return Look(*(getattr(a, f.name) + (getattr(b, f.name) - getattr(a, f.name)) * k for f in fields(Look)))
