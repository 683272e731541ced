"""Text from outside made safe to store, show and prompt with. Standard library only."""

from __future__ import annotations

import re
import unicodedata

_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"  # OSC: titles, clipboard
    r"|\x1b[PX^_][^\x1b]*(?:\x1b\\)?"  # DCS, SOS, PM, APC strings
    r"|\x1b."
)
_BIDI = dict.fromkeys((0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2066, 0x2067, 0x2068, 0x2069))
"""Direction overrides can make a line read as something else; joiners (U+200D of 👱‍♀️) stay."""


def clean(text: str) -> str:
    """NFC, without escape sequences and control characters; new lines stay, tabs become spaces, ends are stripped."""
    text = _ESCAPES.sub("", unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    kept = (c for c in text.translate(_BIDI) if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs"))
    return "".join(kept).strip()
