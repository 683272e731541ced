"""Text from outside made safe to store, show and prompt with. Standard library only."""

from __future__ import annotations

import re
import unicodedata

# A whole escape sequence goes, not only its ESC: "\x1b[31m" must not leave "[31m" behind.
_ESCAPES = re.compile(
    r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"  # OSC: titles, links, clipboard
    r"|\x1b[PX^_].*?(?:\x1b\\|\Z)"  # DCS, SOS, PM, APC
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"  # CSI: colours, cursor
    r"|\x1b[ -/]*[0-~]?",
    re.DOTALL,
)
# C0 but tab and newline, DEL, C1; line separators; bidi marks and overrides, which can make text read as other text; BOM.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]")
_SURROGATES = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """`text` as it may reach a terminal: NFC, no escape sequence or control character, tabs as four spaces, `\\n` line ends."""
    text = _ESCAPES.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _CONTROLS.sub("", text).replace("\t", "    ")
    return unicodedata.normalize("NFC", _SURROGATES.sub("\ufffd", text))
