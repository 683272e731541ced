"""What she says where she missed what it was about: her apology, and the answer behind it."""

from __future__ import annotations

import re
from dataclasses import replace

from ohlora_tui.records import Turn
from ohlora_tui.written.protocol import Written

OOPS = "미안, 내가 딴소리했네. "
_APOLOGY = re.compile(rf"(?:아 맞다, .{{1,60}}?고 했지\. |{OOPS})(?P<answer>.+)", re.DOTALL)


def owned_up(framed: Turn, turn: Turn, sorry: str = OOPS) -> Written:
    """What she says behind an apology to `turn`."""
    return Written(replace(framed, message=turn.message, answer=sorry + framed.answer), 1.0)


def after_apology(line: str) -> str:
    """The row's answer that stood behind an apology: said, like any other."""
    found = _APOLOGY.fullmatch(line)
    return found["answer"] if found else ""
