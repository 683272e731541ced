"""The retriever's calibration: a gate (does the message need a memory?), a logistic relevance, a threshold; and their report.

Pools of 20: the gold memory among 19 others of the same split, hard ones (near by cosine) among them. Fit on the validation
split; the gate on training messages. The threshold is the lowest with precision >= AIM over cross-fitted validation scores.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from finetune.logistic import logistic
from finetune.pairs import Line, plan_lines
from ohlora_tui.relevance import FEATURES, SIGNS, features, leads, relevance, value_words
from ohlora_tui.words import content, times

POOL = 20
DRAWS = 5
HARD = 6
AIM = 0.9
LIMIT = 3
Encode = Callable[[Sequence[str]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Pool:
    """One message and its memories; `gold` is the index of the one that belongs to it, -1 for none."""

    message: str
    memories: tuple[str, ...]
    gold: int
    features: NDArray[np.float64]  # (K, F)


def fit_gate(encode: Encode, needing: Sequence[str], silent: Sequence[str]) -> tuple[list[float], float]:
    """Weights (D,) and bias of a logistic regression on message vectors: does this message need a memory?"""
    from sklearn.linear_model import LogisticRegression

    x = encode([*needing, *silent])
    y = np.array([1] * len(needing) + [0] * len(silent))
    model = LogisticRegression(C=0.3, class_weight="balanced", max_iter=500).fit(x, y)
    return [round(float(w), 5) for w in model.coef_[0]], round(float(model.intercept_[0]), 5)


def of_split(lines: Sequence[Line], split: str) -> list[Line]:
    return [line for line in lines if line.split == split]


def pools(lines: Sequence[Line], encode: Encode, gate: tuple[list[float], float], seed: int) -> list[Pool]:
    """DRAWS pools of POOL memories for every line."""
    rng = np.random.default_rng(seed)
    memories = list(dict.fromkeys(line.memory for line in lines if line.memory and line.kind != "plan"))
    matrix = encode(memories)
    made = []
    for line in lines:
        vector = encode([line.message])[0]
        near = [int(i) for i in np.argsort(-(matrix @ vector)) if not also_right(memories[i], line)]
        own = [line.memory] if line.memory else []
        for _ in range(DRAWS):
            few = [int(i) for i in rng.choice(near[: 2 * HARD], HARD, replace=False)]
            rest = [i for i in near if i not in few]
            picked = few + [int(i) for i in rng.choice(rest, POOL - len(own) - HARD, replace=False)]
            vectors = np.concatenate([encode(own), matrix[picked]])
            made.append(pool_of(line, own + [memories[i] for i in picked], vectors, vector, encode, gate))
    return made


def also_right(memory: str, line: Line) -> bool:
    """A memory on the subject of the line's own (a shared content word), or a plan at the asked time, would be right as well."""
    if line.kind == "plan" and times(line.message) & times(memory):
        return True
    return bool(line.memory) and bool(set(content(memory)) & set(content(line.memory)))


def pool_of(
    line: Line, texts: list[str], matrix: NDArray[Any], vector: NDArray[Any], encode: Encode, gate: tuple[list[float], float]
) -> Pool:
    need = float(vector @ np.array(gate[0], np.float32)) + gate[1]
    found = features(line.message, texts, matrix @ vector, word_cosines(line.message, texts, encode), need)
    return Pool(line.message, tuple(texts), 0 if line.memory else -1, found)


def word_cosines(message: str, texts: Sequence[str], encode: Encode) -> NDArray[np.float32]:
    """(K,) best cosine between a content word of the message and one of each memory's value, as the retriever does it."""
    said = content(message)
    if not said:
        return np.zeros(len(texts), np.float32)
    left = encode(said)
    return np.array([float((left @ encode(value_words(t)).T).max()) for t in texts], np.float32)


@dataclass(frozen=True, slots=True)
class Weights:
    """What makes a relevance out of features: see ohlora_tui.relevance."""

    features: NDArray[np.float64]  # (F,)
    bias: float
    final: tuple[float, float, float]

    def __call__(self, pool: Pool) -> NDArray[np.float64]:
        return relevance(pool.features, self.features, self.bias, self.final)


def fit(made: Sequence[Pool]) -> Weights:
    """Both logistic layers over all (message, memory) of the pools; each feature may only pull the way of its sign."""
    y = np.concatenate([np.arange(len(p.memories)) == p.gold for p in made]).astype(float)
    weights, bias = logistic(np.concatenate([p.features for p in made]), y, SIGNS)
    logits = [p.features @ weights + bias for p in made]
    second = np.stack([np.concatenate(logits), np.concatenate([leads(z) for z in logits])], axis=1)
    final, shift = logistic(second, y, (1, 1))
    return Weights(weights, bias, (float(final[0]), float(final[1]), shift))


def cross_scores(made: Sequence[Pool], folds: int = 5) -> list[NDArray[np.float64]]:
    """Scores of every pool by weights that were fit without its message."""
    names = list(dict.fromkeys(p.message for p in made))
    fold = {m: i % folds for i, m in enumerate(names)}
    fitted = [fit([p for p in made if fold[p.message] != f]) for f in range(folds)]
    return [fitted[fold[p.message]](p) for p in made]


def choose_threshold(made: Sequence[Pool], scores: Sequence[NDArray[np.float64]]) -> float:
    """The lowest threshold whose precision is >= AIM; the most precise one if none is."""
    grid = np.round(np.arange(0.05, 0.96, 0.01), 2)
    reports = [(float(t), report(made, scores, float(t))["precision"]) for t in grid]
    good = [t for t, p in reports if p >= AIM]
    return min(good) if good else max(reports, key=lambda r: r[1])[0]


def report(made: Sequence[Pool], scores: Sequence[NDArray[np.float64]], threshold: float) -> dict[str, float]:
    """Hit@1 and MRR of messages with a gold memory; precision, recall and false-fire of what would be read (best LIMIT >= threshold)."""
    ranks, right, fired, silent_fired, silent = [], 0, 0, 0, 0
    for pool, s in zip(made, scores, strict=True):
        used = [int(i) for i in np.argsort(-s)[:LIMIT] if s[i] >= threshold]
        fired += len(used)
        if pool.gold < 0:
            silent += 1
            silent_fired += bool(used)
            continue
        ranks.append(1 + int((s > s[pool.gold]).sum()))
        right += pool.gold in used
    n = len(ranks)
    return {
        "hit@1": round(float(np.mean([r == 1 for r in ranks])), 4),
        "mrr": round(float(np.mean([1 / r for r in ranks])), 4),
        "precision": round(right / fired, 4) if fired else 0.0,
        "recall": round(right / n, 4),
        "false_fire": round(silent_fired / silent, 4) if silent else 0.0,
        "fired": fired,
        "n_messages": n // DRAWS,
        "n_silent": silent // DRAWS,
        "pools_per_message": DRAWS,
        "pool": POOL,
    }


def calibration(
    encode: Encode, lines: Sequence[Line], needing: Sequence[str], silent: Sequence[str], seed: int
) -> dict[str, Any]:
    """What the retriever ships with: features, weights, bias, gate, threshold, and the reports on valid (cross-fitted) and test."""
    gate = fit_gate(encode, needing, silent)
    valid = pools([*of_split(lines, "valid"), *plan_lines(lines, "valid", seed)], encode, gate, seed)
    test = pools([*of_split(lines, "test"), *plan_lines(lines, "test", seed)], encode, gate, seed + 1)
    crossed = cross_scores(valid)
    weights = fit(valid)
    threshold = choose_threshold(valid, crossed)
    return {
        "features": list(FEATURES),
        "weights": [round(float(w), 5) for w in weights.features],
        "bias": round(weights.bias, 5),
        "final": [round(w, 5) for w in weights.final],
        "gate": gate[0],
        "gate_bias": gate[1],
        "threshold": threshold,
        "valid": report(valid, crossed, threshold),
        "test": report(test, [weights(p) for p in test], threshold),
    }
