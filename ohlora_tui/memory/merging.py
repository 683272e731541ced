"""What becomes of memories from a file beside those that are known: added, skipped, left for another value, or put in its place. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from ohlora_tui.memory import keys
from ohlora_tui.memory.importing import Taken
from ohlora_tui.memory.sameness import Days, days_of, only_one, squeezed
from ohlora_tui.records import Change, Memory

COUNTED = {
    "ADD": "새 기억 {}개",
    "SUPERSEDE": "바뀐 값 {}개",
    "NOOP": "이미 있던 것 {}개",
    "REFUSE": "값이 달라 그대로 둔 것 {}개",
    "past": "함께 넣은 지난 값 {}개",
    "left": "넣지 않은 지난 값 {}개",
}
"""What is counted -> how it is told; the ops always, the others where there are any."""


@dataclass
class Merging:
    """One import. `decide` may be asked more than once; `counts` and `differing` tell of the last time."""

    taken: Taken
    now: datetime
    replacing: bool = False
    counts: Counter[str] = field(default_factory=Counter)
    differing: list[Change] = field(default_factory=list)

    def decide(self, live: Sequence[Memory]) -> list[Change]:
        """The changes in order; new memories carry ids below 0, so that later ones can name them."""
        known = Known(live, self.now)
        self.differing, self._written = [], 0
        judged = [self._judged(entry, known) for entry in self.taken.live]
        changes = [change for steps in judged for change in steps]
        past = sum(len(steps) - 1 for steps in judged)
        self.counts = Counter(str(steps[0].op) for steps in judged)
        self.counts.update(past=past, left=len(self.taken.past) - past)
        return changes

    def sentence(self) -> str:
        """The count line."""
        told = [text.format(self.counts[name]) for name, text in COUNTED.items() if self.counts[name] or name.isupper()]
        return f"{', '.join(told)}."

    def _judged(self, entry: Memory, known: Known) -> list[Change]:
        """The steps of one entry: its past values, if it is new here, then itself; or one that writes nothing."""
        same, rival = known.same(entry), known.rival(entry)
        if same:
            return [Change("NOOP", entry, same.id, f"이미 {same.text} 기억이 있어요.")]
        if rival and not self.replacing:
            self.differing.append(Change("REFUSE", entry, rival.id, f"이미 {rival.text} 기억이 있어요."))
            return self.differing[-1:]
        steps = list(self._steps([entry] if rival else [*self.taken.before(entry), entry], rival))
        known.learn(steps[-1].memory, rival)
        return steps

    def _steps(self, memories: Sequence[Memory], rival: Memory | None) -> Iterator[Change]:
        """Each in the place of the one before it, the first in that of `rival`."""
        before = rival.id if rival else None
        for memory in memories:
            self._written += 1
            new = replace(memory, id=-self._written, superseded_by=None)
            yield Change("ADD" if before is None else "SUPERSEDE", new, before)
            before = new.id


class Known:
    """What is remembered so far, found by what it says and by what can hold one value only."""

    def __init__(self, live: Sequence[Memory], now: datetime) -> None:
        self.now = now
        self._by_words: dict[tuple[str, str, Days], Memory] = {}
        self._by_slot: dict[tuple[str, Days], Memory] = {}
        for memory in live:
            self.learn(memory, None)

    def learn(self, memory: Memory, instead_of: Memory | None) -> None:
        if instead_of:
            self._by_words.pop(self._mark(instead_of), None)
        self._by_words[self._mark(memory)] = memory
        if slot := only_one(memory, self.now):
            self._by_slot[slot] = memory

    def same(self, memory: Memory) -> Memory | None:
        return self._by_words.get(self._mark(memory))

    def rival(self, memory: Memory) -> Memory | None:
        """The other value of a key that holds one."""
        slot = only_one(memory, self.now)
        return self._by_slot.get(slot) if slot else None

    def _mark(self, memory: Memory) -> tuple[str, str, Days]:
        """A plan of another day is another plan, though its words be the same."""
        return squeezed(keys.canonical(memory.key)), squeezed(memory.value), days_of(memory, self.now)
