"""Of the rows likeliest by themselves, which suits best? A small network weighs all that is known of each beside the others.

core of a message, its clauses, the story -> shortlist by suits.py -> VECTOR of each -> probability 0..1
How often a row was found to suit what it was tried on is known row by row: an answer that takes up much suits less than it seems.
The weights were fit on shortlists judged row by row (finetune/ranking.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ohlora_tui.errors import ModelError
from ohlora_tui.records import Turn
from ohlora_tui.written import suits
from ohlora_tui.written.gladness import mistaken
from ohlora_tui.written.rows import Candidate, WrittenRows, goes_on
from ohlora_tui.written.suits import FEATURES, LATER

FILE, MARK = "ranking.safetensors", "mark"
SHORT = 8
"""Rows weighed against each other: of 3,165 judged shortlists of later messages .67 hold a good one and .41 have it first, of 1,704 of first ones .87 and .67."""
NEAREST = 14
"""Rows of the message, and of each of its clauses, that may come into the shortlist."""
PART = 0.85
"""What the probability of a row found for one clause, and not in a story, counts: the other clauses go unanswered."""
GOES_ON = 0.8
"""Logits that a row gains that was written to follow this very turn. Of 300 other wordings of such rows' messages, none of them known, their own row has .23
and more (.4 with it) for .84; where the reply is another one (105 of a branch beside it), a row of the branch has so much for .09."""
FORBIDDEN = -6.0
"""The logit of a row that was not weighed."""
Floats = NDArray[np.float32]

VECTOR = (
    *FEATURES, "weighed", "logit", "forbidden", *LATER, "by_part", "part_logit", "last_part", *(f"part_{name}" for name in FEATURES),
    "prior", "later", "answer_letters", "answer_asks", "message_letters", "message_asks", "last_answer", "last_message", "often",
)  # fmt: skip
"""FEATURES and LATER of the row for the whole message, FEATURES for the clause it suits best, what both come to, and of her last answer
how near it is to the row's and to the message; often: how far the row suits more (or less) than its likeness promised, elsewhere."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the shortlist: found for `part`, which is the whole message for most; `prior`: its probability by itself."""

    candidate: Candidate
    prior: float
    part: str


@dataclass(frozen=True)
class Ranking:
    """`often` (N,) of the bank's rows; the network: `mean`, `scale` (F,), `inner` (F, H), `inner_bias` (H,), `outer` (H,), `outer_bias` (1,)."""

    often: Floats
    mean: Floats
    scale: Floats
    inner: Floats
    inner_bias: Floats
    outer: Floats
    outer_bias: Floats

    @classmethod
    def load(cls, folder: Path, rows: int) -> Ranking:
        """The ranking of the bank of so many rows in `folder`, by their own probabilities if it has none. ModelError if it is damaged or of other rows."""
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        if not (folder / FILE).is_file():
            return cls.by_prior(rows)
        try:
            found = load_file(folder / FILE)
            same = bytes(found.pop(MARK)) == mark(folder)
            ranking = cls(**{name: value.astype(np.float32) for name, value in found.items()})
        except (OSError, KeyError, TypeError, SafetensorError) as wrong:
            raise ModelError(f"{folder / FILE}을 읽을 수 없어요: {wrong}.", "프로그램을 다시 설치해 주세요.") from wrong
        if not same or len(ranking.mean) != len(VECTOR):
            raise ModelError(f"{folder / FILE}은 다른 글 모음의 것이에요.", "`python -m finetune.ranking`으로 다시 만들거나 프로그램을 다시 설치해 주세요.")
        return ranking

    @classmethod
    def by_prior(cls, rows: int) -> Ranking:
        """A network that says what each row's own probability said: z is relu(z) - relu(-z)."""
        inner = np.zeros((len(VECTOR), 2), np.float32)
        inner[VECTOR.index("prior")] = 1, -1
        numbers = np.zeros(len(VECTOR), np.float32)
        return cls(np.zeros(rows, np.float32), numbers, numbers + 1, inner, np.zeros(2, np.float32), np.array([1, -1], np.float32), np.zeros(1, np.float32))

    def suits(self, vectors: Floats) -> Floats:
        """(C, F) -> (C,): the probability that each row suits."""
        inner = np.maximum(0, np.clip((vectors - self.mean) / self.scale, -CLIP, CLIP) @ self.inner + self.inner_bias)  # (C, H)
        return np.asarray(1 / (1 + np.exp(-(inner @ self.outer + self.outer_bias))), np.float32)

    def likeliest(self, rows: WrittenRows, turn: Turn, parts: Sequence[str], story: str, last: str, near: Sequence[Entry]) -> tuple[float, Entry]:
        """Of the shortlist `near` the entry that suits best, and the probability that it does."""
        keys = [entry.candidate.key for entry in near]
        often = [float(self.often[rows.owner(key)]) for key in keys]
        alone = self.suits(vectors(rows, turn, parts, story, last, keys, often)).tolist()
        chances = [suits.sigmoid(suits.logit(chance) + GOES_ON) if goes_on(entry.candidate.row.turn, turn) else chance for chance, entry in zip(alone, near, strict=True)]
        best = int(np.argmax(chances))
        return chances[best], near[best]


def mark(folder: Path) -> bytes:
    """What a ranking is of: "often" stands in the order of these very rows."""
    return hashlib.sha256((folder / "rows.csv.gz").read_bytes()).digest()


CLIP = 4.0
"""Standard deviations beyond which a number tells no more."""


def shortlist(rows: WrittenRows, turn: Turn, parts: Sequence[str], story: str, said: frozenset[str], spared: bool) -> list[Entry]:
    """The SHORT likeliest rows for the whole of `turn.message` or for one of its `parts`, likeliest first, none of `said` and none that
    something forbids; `spared`: no row for a crisis either."""
    found: dict[str, Entry] = {}
    looked = [(turn.message, 1.0), *((part, _worth(story)) for part in parts if len(parts) > 1)]
    for part, worth in looked:
        free = [c for c in rows.weigh(replace(turn, message=part), story, part == turn.message) if not c.why and not (spared and c.care) and not (not story and mistaken(turn.message, c.row.turn.message, c.row.turn))]
        for c in free[:NEAREST]:
            answer, prior = c.row.turn.answer, c.score * worth
            if answer not in said and (answer not in found or prior > found[answer].prior):
                found[answer] = Entry(c, prior, part)
    return sorted(found.values(), key=lambda e: -e.prior)[:SHORT]


def vectors(rows: WrittenRows, turn: Turn, parts: Sequence[str], story: str, last: str, keys: Sequence[int], often: Sequence[float]) -> Floats:
    """(C, F): VECTOR of each key's row for `turn`."""
    whole = {c.key: c for c in rows.weigh_keys(turn, keys, story, True)}
    by_part: dict[int, tuple[Candidate, bool]] = {}
    for part in parts if len(parts) > 1 else ():
        for c in rows.weigh_keys(replace(turn, message=part), keys, story, False):
            if not c.why and (c.key not in by_part or c.score > by_part[c.key][0].score):
                by_part[c.key] = c, part is parts[-1]
    beside = rows.beside(turn.message, last, keys)
    priors = [_prior(whole.get(key), by_part.get(key), story) for key in keys]
    common = (float(bool(story)), len(turn.message) / 40, float("?" in turn.message))
    lines = [
        [*_whole(whole.get(key)), *_part(by_part.get(key)), suits.logit(prior), common[0], len(rows.answer_of(key)) / 60, float("?" in rows.answer_of(key)), *common[1:], *near, rare]
        for key, prior, near, rare in zip(keys, priors, beside, often, strict=True)
    ]
    return np.array(lines, np.float32)


def _worth(story: str) -> float:
    """What the probability of a row found for one clause counts; in a story it knows already what goes unanswered."""
    return 1.0 if story else PART


def _prior(whole: Candidate | None, part: tuple[Candidate, bool] | None, story: str) -> float:
    """The probability of a row by itself: for the whole message if nothing forbids it, or for the clause it suits best."""
    return max(whole.score if whole and not whole.why else 0.0, part[0].score * _worth(story) if part else 0.0)


def _whole(found: Candidate | None) -> list[float]:
    if found is None:  # its memory's slot cannot be filled
        return [0.0] * len(FEATURES) + [0.0, FORBIDDEN, 0.0] + [0.0] * len(LATER)
    return [*found.features, 1.0, suits.logit(found.score), float(bool(found.why)), *(found.later or [0.0] * len(LATER))]


def _part(found: tuple[Candidate, bool] | None) -> list[float]:
    if found is None:
        return [0.0, FORBIDDEN, 0.0] + [0.0] * len(FEATURES)
    return [1.0, suits.logit(found[0].score), float(found[1]), *found[0].features]
