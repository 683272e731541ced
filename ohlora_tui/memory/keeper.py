"""What to write: a candidate memory is normalised, grounded in the user's own words, and becomes ADD, SUPERSEDE, NOOP or REFUSE.

Pure: no I/O, no clock (`now` is an aware datetime in the user's local zone).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache

from ohlora_tui.memory import days, keys
from ohlora_tui.memory.calendar import dates_of, faded, span_of
from ohlora_tui.memory.candidates import examined
from ohlora_tui.memory.case import Case
from ohlora_tui.memory.guard import masked
from ohlora_tui.memory.rules import read
from ohlora_tui.memory.words import FILLERS, bare_noun, numbers, same_word, tokens
from ohlora_tui.records import Change, Memory

QUOTE_MAX = 200
"""Longest quote kept, syllables: a longer message is quoted by the clauses the value stands in."""


def judge(
    candidate: Memory | None, message: str, live: Sequence[Memory], now: datetime, message_id: int | None = None
) -> Change | None:
    """What becomes of a candidate, beside the memories that hold now; None for no candidate.

    The change's memory carries quote, said_at, valid_from/until and message_id; `replaces` is the memory that a SUPERSEDE
    retires or a NOOP repeats; `reason` a Korean sentence for the user.
    """
    if candidate is None:
        return None
    case, reason = examined(candidate, message, now)
    fresh = _filled(case, now, message_id)
    if reason:
        return Change("REFUSE", fresh, reason=reason)
    return _settled(fresh, [m for m in live if not faded(m, now)], case.message, now)


def _filled(case: Case, now: datetime, message_id: int | None) -> Memory:
    quote = case.message if len(case.message) <= QUOTE_MAX else case.text[:QUOTE_MAX] or case.message[:QUOTE_MAX]
    start, end = span_of(case.key, case.value, quote, now)
    return Memory(case.key, case.value, masked(quote), now, start, end, message_id)


def _settled(new: Memory, live: Sequence[Memory], message: str, now: datetime) -> Change:
    """ADD, unless a memory that holds says the same (NOOP) or is overtaken (SUPERSEDE); the newest such one."""
    verdicts = [(verdict, old) for old in reversed(live) if (verdict := _against(new, old, message, now))]
    for wanted in ("NOOP", "SUPERSEDE"):
        for verdict, old in verdicts:
            if verdict == wanted == "NOOP":
                return Change("NOOP", new, old.id, f"이미 기억하고 있어요: {old.text}")
            if verdict == wanted:
                return Change("SUPERSEDE", new, old.id, f"{old.text}에서 바뀌었다고 기억할게요.")
    return Change("ADD", new, reason="새로 기억할게요.")


def _against(new: Memory, old: Memory, message: str, now: datetime) -> str:
    """NOOP or SUPERSEDE where `old` is repeated or overtaken by `new`, "" where both may stand."""
    key, other, kind = keys.canonical(new.key), keys.canonical(old.key), keys.kind(new.key)
    if keys.contrary(key) == other or keys.contrary(other) == key:
        return "SUPERSEDE" if matter(new.value) == matter(old.value) else ""
    if kind.dated and keys.kind(other).family == kind.family:
        return _against_dated(new, old, message, now)
    if key != other:
        return "SUPERSEDE" if _closes(new, old) else ""
    if _same(new.value, old.value):
        return "NOOP"
    if kind.single:
        return "NOOP" if _repeats(new.value, old.value) and kind.family != "mood" else "SUPERSEDE"
    return _of_many(new, old, kind.family)


def _of_many(new: Memory, old: Memory, family: str) -> str:
    mine, its = matter(new.value), matter(old.value)
    if family in ("like", "dislike", "wish"):
        return ""
    if _closes(new, old) or (mine and mine == its and numbers(new.value) != numbers(old.value)):
        return "SUPERSEDE"
    if family in ("pet", "goal", "kin", "health", "other", "identity", "date", "leisure") and its and mine:
        if its < mine:
            return "SUPERSEDE"
        if mine < its and not _ENDED.search(old.value):
            return "NOOP"
    return ""


_MOVED = re.compile(
    r"바뀌|바뀜|바꿨|변경|미뤄|미뤘|미루|연기|당겨|당겼|옮겨|옮겼|늦춰|늦췄|취소|파토|없던 일|안 가기로|못 가게|안 하기로"
)


def _against_dated(new: Memory, old: Memory, message: str, now: datetime) -> str:
    """Plans, weather, moods, dishes: the same day and matter is a repeat, another hour or a change of plan overtakes."""
    mine, its = dates_of(new, now), dates_of(old, now)
    together = mine == its or bool(mine and its and max(mine[0], its[0]) <= min(mine[1], its[1]))
    kind = keys.kind(new.key)
    if kind.single:
        return "" if not together else "NOOP" if _same(new.value, old.value) else "SUPERSEDE"
    shared = matter(new.value) & matter(old.value)
    moved = bool(_MOVED.search(message)) and not (its and its[1] < now.date())
    if kind.family == "cook":
        return "NOOP" if together and _same(new.value, old.value) else ""
    if moved and (shared or _cancels(new, old)):
        return "SUPERSEDE"
    if not together or not shared:
        return "SUPERSEDE" if shared and (mine is None) != (its is None) and mine else ""
    new_hours, old_hours = hours(new.value), hours(old.value)
    if new_hours and old_hours and new_hours != old_hours:
        return "SUPERSEDE" if matter(new.value) == matter(old.value) else ""
    if matter(new.value) == matter(old.value):
        finer = (new_hours and not old_hours) or _days_long(mine) < _days_long(its)
        return "SUPERSEDE" if finer else "NOOP"
    if matter(new.value) < matter(old.value):
        return "NOOP" if not new_hours else "SUPERSEDE"
    return "SUPERSEDE" if matter(old.value) < matter(new.value) else ""


def _days_long(span: tuple[date, date] | None) -> int:
    return (span[1] - span[0]).days if span else 10_000


def _cancels(new: Memory, old: Memory) -> bool:
    return bool(re.search(r"취소|안 가|못 가|안 하", new.value)) and bool(matter(new.value) & matter(old.value))


_HOUR = re.compile(
    r"(?:오전|오후|아침|저녁|밤|새벽|낮)?\s?(?:\d{1,2}|한|두|세|네|다섯|여섯|일곱|여덟|아홉|열|열한|열두)\s?시(?!간)(?:\s?(?:반|\d{1,2}분))?|\d{1,2}:\d{2}"
)


def hours(value: str) -> set[str]:
    """Times of day in a value, without spaces: {"오후3시"}."""
    return {m[0].replace(" ", "") for m in _HOUR.finditer(value)}


_COMPANION = re.compile(r"(?:이랑|랑|하고|와|과|한테|에게)$")
_EMPTY = FILLERS | frozenset(
    "가 가기로 만나기로 하기로 보기로 보러 갈 볼 만남 만나기 나감 보기 가는 보는 있는 간 또 다시 진짜 너무 같이 새 바뀜 변경됨 변경 취소 취소됨 미뤄짐 연기됨".split()
)


@lru_cache(maxsize=20_000)  # 80 µs a value, and the same values are compared every turn
def matter(value: str) -> frozenset[str]:
    """What a value is about: its words without days, hours, numbers, companions and empty verbs."""
    text = _HOUR.sub(" ", value)
    for day in reversed(days.find(text, date(2000, 1, 3))):
        text = text[: day.at] + " " + text[day.to :]
    words = [t.text for t in tokens(text)]
    kept = [bare_noun(re.sub(r"(이|가|에|으로|로)$", "", w) if len(w) > 2 else w) for w in words if not _COMPANION.search(w)]
    return frozenset(w for w in kept if w not in _EMPTY and not re.fullmatch(r"\d.*|에|은|는|으로|로|까지|부터", w)) or frozenset(
        words
    )


def _same(one: str, other: str) -> bool:
    """The same value but for spaces, letter case and closing words."""
    squeezed = [re.sub(r"[\s,.]", "", v).lower() for v in (one, other)]
    if squeezed[0] == squeezed[1]:
        return True
    if numbers(one) != numbers(other) or hours(one) != hours(other):
        return False
    return matter(one) == matter(other) and _polarity(one) == _polarity(other)


def _repeats(new: str, old: str) -> bool:
    """A single value said again with fewer words: 초등학교 교사 -> 교사."""
    return matter(new) < matter(old) and numbers(new) == [] and not _ENDED.search(new)


def _polarity(value: str) -> bool:
    return bool(re.search(r"(^|\s)(안|못)\s|않|없|아님|취소", value))


_ENDED = re.compile(
    r"나음|나으|끝남|끝났|없음|취소|찾음|퇴원|죽음|죽었|무지개다리|그만둠|끊음|풀림|헤어짐|갚음|화해|해결|이제 괜찮|괜찮아짐|제대|고침"
)
_CLOSERS = (
    ("lost", "state", r"찾음"), ("health", "health", r"나음|나아|안 아픔|괜찮아짐|없음|내림|퇴원"), ("worry", "state", r"갚음|화해|해결|붙음|합격|끝남|구함"),
    ("kin", "kin", r"퇴원|나으|나음|제대|화해|괜찮"), ("pet", "pet", r"나음|죽음|무지개다리|찾음"), ("lost", "pet", r"찾음"), ("lost", "lost", r"찾음"),
    ("state", "state", r"끝남|취소|붙음|합격|그만둠|헤어짐"), ("worry", "worry", r"해결|끝남|화해"),
)  # fmt: skip
"""(family of the old, family of the new, words that end the old matter)."""
_OPENERS = (
    (r"퇴원", r"입원"),
    (r"제대", r"군대"),
    (r"화해", r"싸움|싸웠|다툼|절교"),
    (r"나음|나으|괜찮|안 아픔", r"아픔|다침|다치|감기|열|수술|부음|독감|몸살"),
)


def _closes(new: Memory, old: Memory) -> bool:
    """Whether `new` tells that the matter of `old` is over: 감기 다 나음 after 감기, 퇴원하심 after 입원하심."""
    families = (keys.kind(old.key).family, keys.kind(new.key).family)
    for was, now_is, words in _CLOSERS:
        if families == (was, now_is) and re.search(words, new.value):
            if matter(new.value) & matter(old.value) or any(
                same_word(w, t) for w in matter(old.value) for t in new.value.split()
            ):
                return True
            opened = any(re.search(a, new.value) and re.search(b, old.value) for a, b in _OPENERS)
            if opened and new.key == old.key and (was == "kin" or _with_whom(new.value) == _with_whom(old.value)):
                return True
    return False


def _with_whom(value: str) -> list[str]:
    return [_COMPANION.sub("", w) for w in value.split() if _COMPANION.search(w)]


def propose(message: str, now: datetime) -> Memory | None:
    """What a careful rule reads from a clear self-statement, None when unsure (rules.py). Key and value only."""
    return read(message, now)


def choose(model: Memory | None, rule: Memory | None, message: str, now: datetime) -> Memory | None:
    """Which candidate goes to `judge`: the rule's if it matched (precision first), else the model's if nothing speaks against it."""
    if rule is not None:
        return rule
    if model is None or examined(model, message, now)[1]:
        return None
    return model
