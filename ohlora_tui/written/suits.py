"""How likely does the answer of a written row suit a message? Numbers that a logistic regression weighs, alike in training and in chat.

message, key of a row, answer -> FEATURES -> probability 0..1. The weights were fit on judged pairs (finetune/suits.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ohlora_tui.words import content
from ohlora_tui.written.agree import CHECKS

HARD = frozenset({"number", "event", "negation", "being", "wish", "cause", "fact", "done", "aim", "role", "name"})
"""Reasons of agree.py that forbid a row whatever its score: another event, polarity, number or person is worse than no answer."""
SOFT = tuple(name for name, _ in CHECKS if name not in HARD)
FEATURES = (
    "letters", "meaning", "reply", "mine", "theirs", "least", "matter", "literal", "call", "long", "left", "extra",
    "topic", "act", "second", *SOFT,
)  # fmt: skip
"""letters, meaning: cosines of the two messages by letter grams and by vectors; reply: of message and answer; mine, theirs: share of the
words of one that the other says, least: the smaller; matter: same roots; literal: same spelling; call: only one calls her by name;
long: content words of the message; left, extra: words only it or only the row says; topic, act: how much the two are held to be of one kind;
second: nearness of the row's next nearest wording: two ways to type it that are near say more than one."""
LATER = ("first", "told_letters", "told_meaning", "told_reply", "told_mine", "told_theirs", "told_topic", "follows", "story", "asks", "whole", "whole_first")
"""Of a later message, with what was told before: first: the logit of the message alone; told_…: the same numbers for story and message together;
follows: the row is written for a later turn, story: how near its story is; asks: its answer asks something;
whole: it was found for the whole message, not for one clause of it, whole_first: "first" then, else 0."""


@dataclass(frozen=True, slots=True)
class Suits:
    """Logistic weights over FEATURES and over LATER, the probability from which a row answers, and how it is written down."""

    weights: NDArray[np.float64]  # (F,)
    bias: float
    threshold: float
    kind: tuple[float, float, float]  # of an answer of the kind: what the logits of its topic and of its act weigh, and the shift
    later: NDArray[np.float64]  # (L,)
    later_bias: float

    @classmethod
    def of(cls, known: Mapping[str, Any]) -> Suits:
        """From the "suits" of rows.json; KeyError if a feature is missing."""
        by_name = known["weights"]
        weights, later = np.array([by_name[name] for name in FEATURES]), known["later"]
        return cls(weights, float(known["bias"]), float(known["threshold"]), tuple(known["kind"]), np.array([later["weights"][name] for name in LATER]), float(later["bias"]))

    def logit(self, features: NDArray[np.float64]) -> float:
        return float(features @ self.weights + self.bias)  # (F,) @ (F,)

    def later_logit(self, values: NDArray[np.float64]) -> float:
        return float(values @ self.later + self.later_bias)  # (L,) @ (L,)

    def general(self, topic: float, act: float) -> float:
        """Probability that an answer of the kind suits, from the probabilities of its topic and of its act."""
        return sigmoid(self.kind[0] * logit(topic) + self.kind[1] * logit(act) + self.kind[2])


def counts(said: str, written: str, mine: float, theirs: float) -> tuple[float, float, float]:
    """(content words of the message, of them unsaid by the row, of the row's unsaid by the message), each at most 5."""
    n, m = len(content(said)), len(content(written))
    return min(n, 5), min(n * (1 - mine), 5), min(m * (1 - theirs), 5)


def logit(p: float) -> float:
    p = min(0.999, max(0.001, p))
    return float(np.log(p / (1 - p)))


def sigmoid(x: float) -> float:
    return float(1.0 / (1.0 + np.exp(-min(30.0, max(-30.0, x)))))
