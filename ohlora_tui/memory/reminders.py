"""Plans whose day has come: what a friend has in mind when you say hello, though the words do not touch it.

memories + now -> plans that read 오늘, 어제 or 내일, those she spoke of lately left out -> Recall, unused, score 0
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta

from ohlora_tui.memory import calendar
from ohlora_tui.memory.keys import kind
from ohlora_tui.records import Memory, Recall

MOST = 2
"""Plans in mind at once."""
DAYS = ("오늘", "어제", "내일")
"""The day words of a plan that is due, nearest to the heart first."""
EVENING = 18
"""Hour of yesterday after which she has asked how it went if she spoke of it."""
_DUE = re.compile(rf"\[({'|'.join(DAYS)}) ")


def due(memories: Sequence[Memory], now: datetime, spoken_of: Callable[[datetime], Collection[int]]) -> tuple[Recall, ...]:
    """At most MOST plans of today, yesterday and tomorrow. `spoken_of(since)`: ids of the memories that an answer since then had in mind."""
    found: list[tuple[int, Recall]] = []
    for memory in memories:
        if kind(memory.key).family == "plan" and not memory.pinned and (day := _DUE.match(text := calendar.render(memory, now))):
            found.append((DAYS.index(day[1]), Recall(memory, 0.0, False, text)))
    if not found:
        return ()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    today, lately = spoken_of(midnight), spoken_of(midnight - timedelta(hours=24 - EVENING))
    told = {"어제": lately}
    fresh = [(at, r) for at, r in found if r.memory.id not in told.get(DAYS[at], today)]
    return tuple(r for _, r in sorted(fresh, key=lambda pair: pair[0])[:MOST])


def beside(recalls: tuple[Recall, ...], plans: tuple[Recall, ...]) -> tuple[Recall, ...]:
    """What the message recalls, and the plans that are due behind it; one that is read for its words stays what it is."""
    read = {r.memory.id for r in recalls if r.used}
    fresh = tuple(r for r in plans if r.memory.id not in read)
    ids = {r.memory.id for r in fresh}
    return (*(r for r in recalls if r.memory.id not in ids), *fresh)
