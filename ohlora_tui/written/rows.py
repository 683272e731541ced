"""The written rows, searched: which row's answer suits a message, and how likely.

message -> near keys by letters and meaning -> rows that fit the turn's context -> features -> probability, memory woven in
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ohlora_tui.records import Row, Turn
from ohlora_tui.words import bare, content, quiet, spelled, uncalled
from ohlora_tui.written import askback, suits
from ohlora_tui.written.agree import asks_back, conflicts
from ohlora_tui.written.bank import Bank
from ohlora_tui.written.cover import Cover
from ohlora_tui.written.crisis import helps
from ohlora_tui.written.gladness import mistaken
from ohlora_tui.written.gravity import grave, heavy
from ohlora_tui.written.kinds import Kind, Kinds
from ohlora_tui.written.roots import matter
from ohlora_tui.written.special import quotes, uncalled_for
from ohlora_tui.written.suits import FEATURES, HARD, LATER, Suits, sigmoid
from ohlora_tui.written.weave import core, family, woven

Scores = NDArray[np.float32]
CANDIDATES = 48
"""Keys weighed in full; the answer was among the first 15 of the letters-and-meaning order for every validation message that has one."""
FOLLOW = 1
"""A message of at most so many content words means nothing without the turn before."""
SAME_STORY, LEANT = 0.35, 0.5
"""Cosine of two summaries above which a follow-up row may continue the same story, and where the message says nothing without it."""
LONGEST = 160
"""Letters of a message that may be weighed; the longest key has 84, and 2,000 letters take two seconds to find nothing."""
LATELY = 3
"""Messages whose nearness to all keys is kept (1.2 MB each), and turns whose rows are."""
STORY = 80
"""Letters of what was told before that are read with a message."""
REMEMBERED, THIS_STORY = 1.5, 1.5
"""Logits that a row gains that uses the memory she recalls, or that was written to follow this very turn."""
EXACT = 1.0
"""Logits that a row gains whose message is the same to the last ㅠ: among rows of "고마워" the one without tears answers dry thanks."""
SAME_MATTER = 0.8
"""Share of the words of each that the other says from which a row tells the message's own matter."""
SAME_KIND = 0.35
"""Cosine of a memory's value and a word of the answer above which the answer is about that value alone (군대 ~ 휴가 .5)."""
_CLOCK = re.compile("[월화수목금토일]요일|새벽|아침|점심|낮|오후|저녁|밤|주말|평일|\\d+ ?[월일시년]|자정|정오")
"""Her answer names an hour or a day."""
_NONE: frozenset[str] = frozenset()
_NAMES = re.compile("이름|호칭|별명")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row weighed for a message: the probability that its answer suits. `why`: what forbids it all the same, "" if nothing."""

    row: Row
    score: float
    why: str
    same: bool  # it tells the message's own matter
    key: int
    features: tuple[float, ...]
    later: tuple[float, ...] = ()  # LATER, where a story goes before

    @property
    def care(self) -> bool:
        """Written for a crisis: her answer names the help line."""
        return helps(self.row.turn.answer)


def told_with(story: str, message: str) -> str:
    """What was told before and the message, as one bare text; of a long story its end."""
    return bare(f"{story[-STORY:]} {message}")


def goes_on(written: Turn, turn: Turn) -> bool:
    """Whether a row was written to follow a turn with this very summary: what she said then was that row's."""
    return bool(turn.last_summary) and written.last_summary == turn.last_summary


def _first(rough: Scores) -> list[int]:
    """The CANDIDATES nearest keys that are near at all."""
    return [k for k in np.argsort(-rough, kind="stable")[:CANDIDATES].tolist() if rough[k] > 0]


class WrittenRows:
    """`threshold`: probability (0..1) a row needs to answer a first message. `suits`: other weights than the bank's."""

    def __init__(self, bank: Bank, kinds: Kinds, suits: Suits | None = None) -> None:
        self._bank, self._kinds = bank, kinds
        self._suits = suits or Suits.of(bank.known["suits"])
        self._cover = Cover(bank.embedder, bank.known["counts"], len(bank.rows))
        self.threshold = self._suits.threshold
        self._lately: dict[str, tuple[Scores, Scores, Scores]] = {}
        self._asked: dict[tuple[Turn, str, bool], list[Candidate]] = {}
        turns = [r.turn for r in bank.rows]
        self._by_row = np.argsort(bank.owners, kind="stable")  # keys, row by row
        self._starts = np.searchsorted(bank.owners[self._by_row], np.arange(len(bank.rows) + 1))
        self._clocks = [t.clock if t.clock and _CLOCK.search(t.answer) else "" for t in turns]  # only these need the hour to agree
        self._plain = np.array([not (t.recalls or t.last_summary) for t in turns])
        self._carries = np.array([bool(t.last_summary) for t in turns])
        self._follows = np.array([bool(t.last_summary) and not t.recalls for t in turns])
        self._families = [{family(c.memory.key) for c in t.recalls} if t.recalls and not t.last_summary else _NONE for t in turns]

    def general(self, kind: Kind) -> float:
        """Probability that an answer of this kind suits."""
        return self._suits.general(float(kind.topics.max()), float(kind.acts.max()))

    def nearest(self, message: str, count: int) -> list[Turn]:
        """The `count` nearest plain written turns, nearest last."""
        rough = np.where(self._plain[self._bank.owners], self._rough(bare(message))[2], -1.0)
        owners = dict.fromkeys(self._bank.owners[np.argsort(-rough, kind="stable")[: 8 * count]].tolist())
        return [self._bank.rows[i].turn for i in [*owners][:count][::-1]]

    def weigh(self, turn: Turn, story: str = "", whole: bool = True) -> list[Candidate]:
        """Rows that fit the context of `turn`, best first, each with its probability and the reason against it; none for a long message.

        `story`: what the user said just before; rows are then looked for by both together as well. `whole`: the turn's message is all of it.
        """
        asked = (turn, story, whole)
        if asked not in self._asked:
            self._asked = {**dict([*self._asked.items()][-LATELY:]), asked: self._found(turn, story, whole)}
        return self._asked[asked]

    def _found(self, turn: Turn, story: str, whole: bool) -> list[Candidate]:
        """What `weigh` gives; a turn asks for the same twice, and .3 s of its .6 went there."""
        message = bare(turn.message)
        if len(message) > LONGEST:
            return []
        near_by, told_by = self._rough(message), self._told(turn, story)
        fits = self._fitting(turn, message)[self._bank.owners]
        near = [k for rough in (near_by, *told_by) for k in _first(np.where(fits, rough[2], -1.0))]
        going_on = sorted(self._bank.going_on(turn.last_summary), key=lambda k: -near_by[2][k])[:CANDIDATES]
        keys = [k for k in dict.fromkeys([*near, *going_on, *self._bank.of_matter(message)[:CANDIDATES]]) if fits[k]]
        found: dict[int, Candidate] = {}
        for candidate in self._weighed(turn, keys, near_by, story, whole):
            owner = int(self._bank.owners[candidate.key])
            best = found.get(owner)
            if best is None or (not candidate.why, candidate.score) > (not best.why, best.score):
                found[owner] = candidate
        return sorted(found.values(), key=lambda c: -c.score)

    def weigh_keys(self, turn: Turn, keys: Sequence[int], story: str = "", whole: bool = True) -> list[Candidate]:
        """The rows found under `keys`, each weighed by that very wording; one whose memory slot cannot be filled is left out."""
        return self._weighed(turn, keys, self._rough(bare(turn.message)), story, whole)

    def answer_of(self, key: int) -> str:
        """The answer of the row found under `key`."""
        return self._bank.rows[self._bank.owners[key]].turn.answer

    def owner(self, key: int) -> int:
        """The number of the row found under `key`."""
        return int(self._bank.owners[key])

    def beside(self, message: str, last: str, keys: Sequence[int]) -> list[tuple[float, float]]:
        """Cosines of her last answer with each key's answer, and with the message; 0 where she has not spoken."""
        if not last:
            return [(0.0, 0.0)] * len(keys)
        vectors = self._bank.embedder.encode([last, message, *(self.answer_of(key) for key in keys)])
        return [(float(v), float(vectors[1] @ vectors[0])) for v in vectors[2:] @ vectors[0]]

    def _told(self, turn: Turn, story: str) -> list[tuple[Scores, Scores, Scores]]:
        """The nearness of story and message together, if there is a story."""
        return [self._rough(told_with(story, turn.message))] if story else []

    def _weighed(self, turn: Turn, keys: Sequence[int], near_by: tuple[Scores, Scores, Scores], story: str, whole: bool) -> list[Candidate]:
        message, (letters, meaning, rough) = bare(turn.message), near_by
        own, *others = self._kinds.guess([turn.message, *(self._bank.texts[k] for k in keys)])
        found: list[Candidate] = []
        for key, spoken, kind in zip(keys, self._replies(keys, message), others, strict=True):
            near = {"letters": float(letters[key]), "meaning": float(meaning[key]), "reply": spoken}
            near |= {"topic": float(own.topics @ kind.topics), "act": float(own.acts @ kind.acts), "second": self._second(key, rough)}
            found += self._candidate(key, near, turn, message)
        free = [c for c in found if not c.why] if story else []
        again = self._in_story(free, turn, story, whole, dict(zip(keys, others, strict=True))) if free else []
        return [*again, *(c for c in found if not story or c.why)]

    def _in_story(self, found: list[Candidate], turn: Turn, story: str, whole: bool, kinds: dict[int, Kind]) -> list[Candidate]:
        """The same candidates, weighed again with what was told before; `kinds`: of the keys."""
        told = told_with(story, turn.message)
        letters, meaning, _ = self._rough(told)
        replies = self._replies([c.key for c in found], told)
        own = self._kinds.guess([told])[0]
        summary = self._bank.embedder.encode([turn.last_summary or story])[0]

        def near_story(c: Candidate) -> float:
            """Cosine of the two stories, 0 for a row that carries none."""
            theirs = c.row.turn.last_summary
            return float(self._bank.embedder.encode([theirs])[0] @ summary) if theirs else 0.0

        again = []
        for c, reply in zip(found, replies, strict=True):
            kind, (mine, theirs) = kinds[c.key], self._cover.both(told, self._bank.bare[c.key])
            numbers = {"told_letters": float(letters[c.key]), "told_meaning": float(meaning[c.key]), "told_reply": reply, "told_mine": mine, "told_theirs": theirs,
                       "told_topic": float(own.topics @ kind.topics), "follows": float(bool(c.row.turn.last_summary)), "story": near_story(c), "asks": float("?" in c.row.turn.answer)}  # fmt: skip
            numbers |= {"first": suits.logit(c.score), "whole": float(whole), "whole_first": whole * suits.logit(c.score)}
            values = tuple(numbers[name] for name in LATER)
            again.append(replace(c, later=values, score=sigmoid(self._suits.later_logit(np.array(values)) + self._gain(c.row.turn, turn))))
        return again

    @staticmethod
    def _gain(written: Turn, turn: Turn) -> float:
        """Logits that a row gains beside its likeness: it uses a memory she recalls, or was written to follow this very turn."""
        return REMEMBERED * bool(written.recalls) + THIS_STORY * goes_on(written, turn)

    def _second(self, key: int, rough: Scores) -> float:
        """Nearness of the nearest other key of a key's row, 0 if it has none."""
        row = self._bank.owners[key]
        own = self._by_row[self._starts[row] : self._starts[row + 1]]
        return float(max((rough[k] for k in own if k != key), default=0.0))

    def key_of(self, written: str, answer: str) -> int:
        """The key of a wording of the row with this answer, -1 if the bank does not hold it."""
        return self._keys.get((written, answer), -1)

    @cached_property
    def _keys(self) -> dict[tuple[str, str], int]:
        rows, owners = self._bank.rows, self._bank.owners
        return {(text, rows[owner].turn.answer): k for k, (text, owner) in enumerate(zip(self._bank.texts, owners, strict=True))}

    def _rough(self, message: str) -> tuple[Scores, Scores, Scores]:
        """(K,) letters, (K,) meaning, (K,) their mean: what chooses the candidates. The last few are kept: a turn asks for the same again."""
        if message not in self._lately:
            self._lately = {**dict([*self._lately.items()][-LATELY:]), message: self._nearness(message)}
        return self._lately[message]

    def _nearness(self, message: str) -> tuple[Scores, Scores, Scores]:
        vector = self._bank.embedder.encode([message])[0]
        letters = self._bank.letters.similarities(message)
        meaning = self._bank.vectors @ vector  # (K, D) @ (D,) -> (K,)
        return letters, meaning, (letters + meaning) / 2

    def _replies(self, keys: Sequence[int], message: str) -> list[float]:
        """Cosine of the message and each key's answer."""
        answers = [self._bank.rows[self._bank.owners[k]].turn.answer for k in keys]
        vectors = self._bank.embedder.encode([message, *answers])
        return [float(v) for v in vectors[1:] @ vectors[0]]

    def _fitting(self, turn: Turn, message: str) -> NDArray[np.bool_]:
        """(N,) rows whose context the turn has: plain ones, follow-ups of the same story, rows on a memory of the same family."""
        follows = self._follows & self._story(turn, message)
        timely = np.array([not c or c.split()[-2:] == turn.clock.split()[-2:] for c in self._clocks])
        families = {family(r.memory.key) for r in turn.recalled}
        kept = np.array([bool(f) and f <= families for f in self._families])
        if (turn.last_summary and askback.reply_of(turn.message)) or (families and asks_back(turn.message)):
            return np.asarray((follows | kept) & timely)  # "응", "왜?": only the story tells; "내 이름 뭐게?": only the memory
        return np.asarray((self._plain | follows | kept) & timely)

    def _story(self, turn: Turn, message: str) -> NDArray[np.bool_]:
        """(N,) rows that carry the same story: this very summary, or for a short message one near it."""
        same = np.zeros(len(self._bank.rows), bool)
        if turn.last_summary:
            near = self._bank.stories @ self._bank.embedder.encode([turn.last_summary])[0]  # (F, D) @ (D,) -> (F,)
            same[self._carries] = near >= (SAME_STORY if len(content(message)) > FOLLOW else LEANT)
        return same

    def _candidate(self, key: int, near: dict[str, float], turn: Turn, message: str) -> Iterator[Candidate]:
        row, text, written = self._bank.rows[self._bank.owners[key]], self._bank.texts[key], self._bank.bare[key]
        answer = row.turn.answer
        if row.turn.recalls:
            filled = woven(row.turn, turn.recalled)
            if filled is None or not self._same_kind(row.turn, filled):
                return
            row, answer = replace(row, turn=filled), filled.answer
        reasons = conflicts(spelled(turn.message), spelled(text), answer, self._cover.near)
        literal = quiet(turn.message) == quiet(text)
        gain = self._gain(row.turn, turn) + EXACT * (uncalled(turn.message) == uncalled(text))
        mine, theirs = self._cover.both(message, written)
        long, left, extra = suits.counts(message, written, mine, theirs)
        found = near | {name: float(name in reasons) for name in suits.SOFT} | {
            "mine": mine, "theirs": theirs, "least": min(mine, theirs), "matter": float(matter(message) == matter(written) != frozenset()),
            "literal": float(literal), "call": float(("로라" in turn.message) != ("로라" in text)), "long": long, "left": left, "extra": extra,
        }  # fmt: skip
        values = np.array([found[name] for name in FEATURES])
        why = next(iter(sorted(reasons & HARD)), "") or ("letters" if quotes(answer) and not literal else "call" if uncalled_for(turn.message, answer) else "grave" if heavy(text, answer) and not grave(f"{turn.last_summary} {turn.message}") else "glad" if not turn.last_summary and mistaken(turn.message, text, row.turn) else "")
        same = not reasons and (literal or found["matter"] == 1 or min(mine, theirs) >= SAME_MATTER)
        yield Candidate(row, sigmoid(self._suits.logit(values) + gain), why, bool(same), key, tuple(values))

    def _same_kind(self, written: Turn, filled: Turn) -> bool:
        """Nothing else in her answer is about the row's own value: "군대 휴가" is no slot for a sister who is a nurse."""
        for own, theirs in zip(written.recalls, filled.recalls, strict=True):
            rest = [w for w in content(written.answer.replace(core(own.memory.value), " ")) if w not in own.memory.value]
            swapped = own.memory.value != theirs.memory.value and not _NAMES.search(own.memory.key)
            if swapped and any(self._cover.near(core(own.memory.value), w) >= SAME_KIND for w in rest):
                return False
        return True

