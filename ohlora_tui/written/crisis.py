"""A user in danger: told from the message alone, and answered with help in every turn. Pure text."""

from __future__ import annotations

import re

HELP_LINE = "109"
"""Suicide prevention, every day and hour (PERSONA, care): it stands in every answer to a crisis, `make data` checks it."""
DANGER = re.compile(r"죽고싶|(?<!에서)(?<!랑)살고싶지않|사라지고싶|자해|자살(?!골)|손목을?그[었어을]")
"""In a message without spaces. Narrower than the axis of events.py, which also holds what may be said of a task (끝내고 싶어), a shop (그만 살래)
or a home (살기 싫어): those are answered by what is near."""


def in_danger(message: str) -> bool:
    """The user speaks of dying or of hurting themselves: nothing but help may answer."""
    return bool(DANGER.search(message.replace(" ", "")))


def helps(answer: str) -> bool:
    """The answer was written for a crisis: it names the help line."""
    return HELP_LINE in answer
