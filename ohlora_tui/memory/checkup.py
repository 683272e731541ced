"""What is wrong among the memories that are held, and what would put it right. Pure: findings are only proposed here.

A memory that faded is only said to have faded; the other checks look at those that are still recalled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from ohlora_tui.memory import keys
from ohlora_tui.memory.calendar import Span, dates_of, faded, span_of
from ohlora_tui.memory.keynames import nearest
from ohlora_tui.memory.sameness import GENERIC, Days, against, bared, near_keys, only_one, standard
from ohlora_tui.records import Memory
from ohlora_tui.words import with_particle

Op = Literal["merge", "retire", "rename", "date", "unlink", "sweep"]


@dataclass(frozen=True, slots=True)
class Repair:
    """What would be done to the memories `ids`; `text` says it to the user."""

    op: Op
    text: str
    ids: tuple[int, ...] = ()
    into: int | None = None  # merge: the memory that stays
    key: str = ""  # rename
    span: Span = (None, None)  # date


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be, in a sentence."""

    kind: str
    memories: tuple[Memory, ...]
    sentence: str
    repair: Repair

    @property
    def mark(self) -> tuple[str, tuple[int | None, ...]]:
        """What makes it the same finding when looked for again."""
        return self.kind, tuple(m.id for m in self.memories)


def examine(memories: Sequence[Memory], now: datetime, sourceless: Iterable[int] = (), vectors: int = 0) -> list[Finding]:
    """All findings of the live memories, in the order of CHECKS.

    `sourceless`: ids of memories whose message is gone; `vectors`: how many vectors belong to no memory.
    """
    held = [m for m in memories if not faded(m, now)]
    found = [*_stale([m for m in memories if faded(m, now)])]
    for check in CHECKS:
        found += check(held, now)
    return [*found, *_orphans(memories, set(sourceless), vectors)]


def _stale(memories: Sequence[Memory]) -> Iterator[Finding]:
    for m in memories:
        sentence = f"{m.text} 기억은 지난 이야기라 이제 떠올리지 않아요: {keys.kind(m.key).why}."
        yield Finding("stale", (m,), sentence, _retired(m))


def _retired(memory: Memory) -> Repair:
    return Repair("retire", f"{memory.id}번을 치워 둬요.", _ids(memory))


def _ids(*memories: Memory) -> tuple[int, ...]:
    return tuple(m.id for m in memories if m.id is not None)


def _undated(held: Sequence[Memory], now: datetime) -> Iterator[Finding]:
    """A day word in the key, and no day beside it."""
    for m in held:
        slot = keys.SLOT.match(keys.canonical(m.key))
        if m.valid_from or m.valid_until or not slot or slot[1] in ("향후", "지난") or not keys.kind(m.key).dated:
            continue
        sentence = f"{m.text} 기억은 {_quoted(slot[1], '이')} 어느 날인지 적혀 있지 않아요."
        yield Finding("undated", (m,), sentence, _dated(m))


def _dated(memory: Memory) -> Repair:
    """The day counted from when it was said; a plan said at no known time is only some plan, any other state is over."""
    span = span_of(keys.canonical(memory.key), memory.value, memory.quote, memory.said_at) if memory.said_at else (None, None)
    if span[0] and span[1]:
        days = f"{span[0]:%Y-%m-%d}" + (f"~{span[1]:%Y-%m-%d}" if span[1].date() > span[0].date() else "")
        return Repair("date", f"{memory.id}번에 말한 날부터 센 날짜({days})를 적어요.", _ids(memory), span=span)
    return _renamed(memory, "향후 일정") if keys.kind(memory.key).family == "plan" else _retired(memory)


def _renamed(memory: Memory, key: str) -> Repair:
    return Repair("rename", f"{memory.id}번의 키를 {_quoted(key, '으로')} 바꿔요.", _ids(memory), key=key)


def _quoted(noun: str, particle: str) -> str:
    return f"'{noun}'{with_particle(noun, particle).removeprefix(noun)}"


def _duplicates(held: Sequence[Memory], now: datetime) -> Iterator[Finding]:
    """The same value under one key or near keys, of the same days; the one that says most stays."""
    by_value: dict[str, list[Memory]] = {}
    for m in held:
        by_value.setdefault(bared(m.value), []).append(m)
    for alike in by_value.values():
        rest = sorted(alike, key=_worth, reverse=True)
        while len(rest) > 1:
            kept, *others = rest
            again = [m for m in others if near_keys(kept.key, m.key) and dates_of(kept, now) == dates_of(m, now)]
            if again:
                same = (kept, *again)
                repair = _merged(kept, again, "{gone}을 {kept}에 합쳐요.")
                yield Finding("duplicate", same, f"같은 기억이 겹쳐 있어요: {_listed(same)}.", repair)
            rest = [m for m in others if m not in again]


def _listed(memories: Iterable[Memory]) -> str:
    return ", ".join(m.text for m in memories)


def _merged(kept: Memory, others: Sequence[Memory], text: str) -> Repair:
    gone = _ids(*others)
    said = text.format(kept=f"{kept.id}번", gone=", ".join(f"{n}번" for n in gone))
    return Repair("merge", said, gone, into=kept.id)


def _worth(memory: Memory) -> tuple[bool, bool, bool, bool, int]:
    """Which of the same stays: pinned, of a key that says what it is, spelt as the sheet spells it, with a quote, the oldest."""
    precise = memory.key.split()[-1:] not in [[g] for g in GENERIC]
    return memory.pinned, precise, standard(memory.key) == memory.key, bool(memory.quote), -(memory.id or 0)


def _newest(memories: Iterable[Memory]) -> Memory:
    """Which of two that cannot both be true stays: a pinned one, else what was said last."""
    return max(memories, key=lambda m: (m.pinned, m.said_at or datetime.min.replace(tzinfo=UTC), m.id or 0))


def _contradictions(held: Sequence[Memory], now: datetime) -> Iterator[Finding]:
    """Two values where one can be."""
    slots: dict[tuple[str, Days], list[Memory]] = {}
    for m in held:
        if slot := only_one(m, now):
            slots.setdefault(slot, []).append(m)
    for rivals in slots.values():
        if len({bared(m.value) for m in rivals}) > 1:
            sentence = f"'{keys.canonical(rivals[0].key)}'에는 값이 하나여야 하는데 여럿이에요: {_listed(rivals)}."
            yield _conflict(rivals, sentence)


def _conflict(rivals: Sequence[Memory], sentence: str) -> Finding:
    kept = _newest(rivals)
    others = [m for m in rivals if m is not kept]
    return Finding("contradiction", tuple(rivals), sentence, _merged(kept, others, "{kept}을 두고 {gone}은 지난 값으로 남겨요."))


def _opposed(held: Sequence[Memory], now: datetime) -> Iterator[Finding]:
    """Liked and disliked at once."""
    by_value: dict[str, list[Memory]] = {}
    for m in held:
        if keys.kind(m.key).family in ("like", "dislike"):
            by_value.setdefault(bared(m.value), []).append(m)
    for alike in by_value.values():
        for m in alike:
            rivals = [m, *(o for o in alike if keys.kind(m.key).family == "like" and against(m.key, o.key))]
            if len(rivals) > 1:
                yield _conflict(rivals, f"좋아하는 것과 싫어하는 것에 함께 있어요: {_listed(rivals)}.")


def _unknown(held: Sequence[Memory], now: datetime) -> Iterator[Finding]:
    """A key that nothing is known of, though it is near one that is known; a key of the user's own is left alone."""
    for m in held:
        if known := nearest(m.key):
            sentence = f"{m.text} 기억의 {_quoted(m.key, '은')} 처음 보는 키인데 '{known}'에 가까워요."
            yield Finding("unknown", (m,), sentence, _renamed(m, known))


def _orphans(memories: Sequence[Memory], sourceless: set[int], vectors: int) -> Iterator[Finding]:
    for m in memories:
        if m.id in sourceless:
            repair = Repair("unlink", f"{m.id}번의 끊어진 연결만 지워요. 기억은 그대로예요.", _ids(m))
            yield Finding("orphan", (m,), f"{m.text} 기억이 나온 말이 저장소에 없어요.", repair)
    if vectors:
        repair = Repair("sweep", "그 벡터만 지워요. 기억은 그대로예요.")
        yield Finding("orphan", (), f"어느 기억의 것도 아닌 벡터가 {vectors}개 있어요.", repair)


CHECKS: tuple[Callable[[Sequence[Memory], datetime], Iterator[Finding]], ...] = (
    _undated,
    _duplicates,
    _contradictions,
    _opposed,
    _unknown,
)
"""In the order in which they are worth mending: a duplicate that is gone is no contradiction any more."""
