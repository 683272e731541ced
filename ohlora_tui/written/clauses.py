"""A message in its parts: "고마워 ㅋㅋ 근데 배고파서 잠이 안 와" thanks, and then tells what it is about. Pure text."""

from __future__ import annotations

import re

from ohlora_tui.words import content, quiet

_BREAK = re.compile(r"(?<=[!?~…])\s*(?=[^\s.!?~…ㅋㅎㅠㅜ])|(?<=\.)\s+|(?<=[ㅋㅎㅠㅜ])\s+|\s+(?=(?:근데|그런데|그나저나|아무튼)\s)")
_JOIN = re.compile(r"^(?:근데|그런데|그나저나|아무튼|그래서|그리고|아니)\s+")


def clauses(message: str) -> tuple[str, ...]:
    """The parts of a message that mean something by themselves, in order; a message of one part is its only part."""
    parts = (_JOIN.sub("", part.strip()) for part in _BREAK.split(message))
    return tuple(part for part in parts if len(quiet(part)) >= 2 and content(part)) or (message,)
