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
CAUTIONS = frozenset({"건강", "알레르기"})
"""Keys that no yes to food, drink, medicine or effort may forget, and the relevance such a memory counts where words do not touch it."""
CAUTION = 0.15
_RISKS = re.compile(r"먹|마[시셔실]|시켜|시킬|한 ?입|한 ?잔|술|커피|야식|디저트|케이크|간식|회식|약[을은도 ]|운동|뛰|달리|등산|헬스|사우나|밤[을 ]?새")
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


def cautions(memories: Sequence[Memory], message: str, now: datetime) -> tuple[Recall, ...]:
    """At most MOST illnesses and allergies, newest first, where the message speaks of food, drink, medicine or effort."""
    if not _RISKS.search(message):
        return ()
    found = [m for m in memories if (m.key in CAUTIONS or m.key.startswith("못 먹는")) and not m.pinned]
    return tuple(Recall(m, CAUTION, False, calendar.render(m, now)) for m in found[: -MOST - 1 : -1])


def beside(recalls: tuple[Recall, ...], plans: tuple[Recall, ...]) -> tuple[Recall, ...]:
    """What the message recalls, and the plans or cautions behind it; one that is read for its words stays what it is."""
    read = {r.memory.id for r in recalls if r.used}
    fresh = tuple(r for r in plans if r.memory.id not in read)
    ids = {r.memory.id for r in fresh}
    return (*(r for r in recalls if r.memory.id not in ids), *fresh)
