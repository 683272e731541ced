"""A candidate memory made ready for judging: key and value normalised, its day checked against the message. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime

from ohlora_tui.memory import days, keys
from ohlora_tui.memory.case import Case, case_of
from ohlora_tui.memory.doubts import doubt
from ohlora_tui.memory.verbs import nominal
from ohlora_tui.memory.wording import NEAR
from ohlora_tui.memory.words import bare_noun, tidy
from ohlora_tui.records import Memory


def examined(candidate: Memory, message: str, now: datetime) -> tuple[Case, str]:
    """The normalised candidate beside its message, and the reason against it ("" if none)."""
    raw = case_of(candidate.key, candidate.value, message)
    if not f"{candidate.key}{candidate.value}".isprintable():
        return replace(
            raw, key=tidy(candidate.key), value=tidy(candidate.value)
        ), "줄바꿈이나 제어 문자가 든 것은 기억하지 않아요."
    key, value = keys.canonical(candidate.key), normal_value(candidate.value)
    words, wrong = _without_day(value, message, now.date())
    looked = case_of(key, words or value, message)
    case = replace(looked, value=value, key=_dated_key(key, value, looked.message, now))
    return case, wrong or doubt(replace(case, value=words or value) if words else case)


def normal_value(value: str) -> str:
    """A value as the sheet wants it: no marks or laughter at its ends, noun form, no closing particle."""
    value = re.sub(r"^[\s'\"“”‘’.,!?~]+|[\s'\"“”‘’.,!?~…ㅋㅎㅠㅜ]+$", "", tidy(value))
    head, _, last = value.rpartition(" ")
    return f"{head} {bare_noun(nominal(last))}".strip()


def _without_day(value: str, message: str, said: date) -> tuple[str, str]:
    """(the value without its day words, reason if a day is not the message's)."""
    there = {(d.start, d.end) for d in days.find(tidy(message), said, past=days.past(message))}
    text = value
    for day in reversed(days.find(value, said, past=days.past(message))):
        word = value[day.at : day.to]
        if (day.start, day.end) not in there and word.replace(" ", "") not in message.replace(" ", ""):
            return text, f"'{word}'은(는) 하신 말에 없어서 기억하지 않아요."
        tail = re.match(r"(에는|에|은|는|도|까지|부터|의)?(?=\s|$)", text[day.to :])
        text = text[: day.at] + text[day.to + (tail.end() if tail else 0) :]
    return " ".join(text.split()), ""


def _dated_key(key: str, value: str, message: str, now: datetime) -> str:
    """A plan's key with the day the message names: a wrong day word is worse than none.

    Kept if the message names that day (or, for today, no other); changed to the message's only day; else `향후`.
    """
    slot = keys.SLOT.match(key)
    if not slot or keys.kind(key).family not in ("plan", "weather") or slot[1] in ("향후", "지난"):
        return key
    said = now.date()
    named = {(d.start, d.end) for d in days.find(message, said, past=days.past(message))}
    own = {(d.start, d.end) for d in days.find(slot[1], said)}
    within = any(o[0] <= n[0] and n[1] <= o[1] for o in own for n in named)
    if within or (slot[1] == "오늘" and not named) or (keys.kind(key).family == "weather" and not named):
        return key
    bare = keys.base(key)
    if len(named) != 1:
        return key if named and slot[1] == "오늘" else f"향후 {bare}"
    return f"{day_word(*named.pop(), said)} {bare}"


def day_word(start: date, end: date, said: date, week: bool = False) -> str:
    """The word a key opens with for these days: 오늘, 내일, 모레, 이번 주, 다음 주, else 향후 or 지난; `week`: a weekday was named."""
    if not week and start == end and (start - said).days in NEAR:
        return NEAR[(start - said).days]
    weeks = (days.week_of(start) - days.week_of(said)).days // 7
    if days.week_of(start) == days.week_of(end) and weeks in (-1, 0, 1):
        return {-1: "지난주", 0: "이번 주", 1: "다음 주"}[weeks]
    return "지난" if end < said else "향후"
