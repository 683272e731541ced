"""When two memories say the same. Pure; shared by what is taken in from a file and by the checkup."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache

from ohlora_tui.memory import keys
from ohlora_tui.memory.calendar import dates_of
from ohlora_tui.memory.keynames import nearest
from ohlora_tui.memory.words import bare_noun, tidy
from ohlora_tui.records import Memory

Days = tuple[date, date] | None

_MARKS = re.compile(r"[.,!?~…'\"“”‘’()·:;](?!\d)")  # 1.5 is not 15, C++ is not C
_SHORT_PARTICLE = re.compile(r"(?<=[가-힣]{2})[이가에]$")


@lru_cache(maxsize=20_000)
def squeezed(text: str) -> str:
    """NFC, letter case and spaces apart: `사는곳` and `사는 곳` are one."""
    return "".join(tidy(text).split()).casefold()


@lru_cache(maxsize=20_000)
def bared(value: str) -> str:
    """Squeezed, and without marks and the particles that close its words: 새우를 -> 새우, 친구랑 카페에서 -> 친구카페."""
    words = _MARKS.sub(" ", tidy(value)).split()
    return squeezed("".join(bare_noun(_SHORT_PARTICLE.sub("", word)) for word in words)) or squeezed(value)


def days_of(memory: Memory, now: datetime) -> Days:
    """The days of a memory whose kind is of certain days (a plan, the weather); None for what always holds.

    A mood without a day is of the day it was said: today's does not gainsay yesterday's.
    """
    if not keys.kind(memory.key).dated:
        return None
    found = dates_of(memory, now)
    if found or not keys.kind(memory.key).single or not memory.said_at:
        return found
    said = memory.said_at.astimezone(now.tzinfo).date()
    return said, said


def only_one(memory: Memory, now: datetime) -> tuple[str, Days] | None:
    """What can hold one value at a time, as a thing to compare: (사는 곳, None), (weather, its day); None if many may stand."""
    kind = keys.kind(memory.key)
    if not kind.single:
        return None
    return (kind.family if kind.dated else squeezed(keys.canonical(memory.key))), days_of(memory, now)


GENERIC = ("것", "거", "일")
"""Nouns of a key that may be any thing: `좋아하는 것`."""
TOGETHER = ("plan", "weather", "mood", "cook", "leisure")
"""Families in which two keys name the same thing: 일정 and 약속, 취미 and 운동."""


def standard(key: str) -> str:
    """The key as the sheet spells it, or the known one that it was meant for."""
    return nearest(key) or keys.canonical(key)


def near_keys(one: str, other: str) -> bool:
    """Whether two keys hold the same thing: 거주지 and 사는 곳, 취미 and 운동, 좋아하는 것 and 좋아하는 음식."""
    mine, its = standard(one), standard(other)
    if squeezed(mine) == squeezed(its):
        return True
    family = keys.kind(mine).family
    if family == keys.kind(its).family and family in TOGETHER:
        return True
    (head, _, noun), (its_head, _, its_noun) = mine.rpartition(" "), its.rpartition(" ")
    return head == its_head != "" and (noun in GENERIC or its_noun in GENERIC)


def against(liked: str, disliked: str) -> bool:
    """`좋아하는 음식` against `싫어하는 음식` and `못 먹는 음식`; `싫어하는 것` may be any of them."""
    mine, its = standard(liked), standard(disliked)
    contrary = keys.contrary(mine)
    loose = contrary and its.startswith("싫어하는 ") and {mine.split()[-1], its.split()[-1]} & set(GENERIC)
    return its == contrary or keys.contrary(its) == mine or bool(loose)
