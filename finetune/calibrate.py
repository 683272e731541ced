"""The retriever's calibration: a gate (does the message need a memory?), a logistic relevance, a threshold; and their report.

Pools of 20 (ohlora_tui/pools.py): the gold memory among 19 others of the same split, hard ones among them. Fit on the validation
split; the gate on training messages. The threshold is the lowest with precision >= AIM over cross-fitted validation scores.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from finetune.logistic import logistic
from finetune.pairs import plan_lines
from ohlora_tui.associations import Associations
from ohlora_tui.letters import places
from ohlora_tui.need import SLOTS, Need
from ohlora_tui.pools import SIZE, Encode, Line, Pool, draw
from ohlora_tui.relevance import FEATURES, SIGNS, features, leads, relevance, word_cosines

DRAWS = 3
AIM, FIRES = 0.90, 0.03
"""Precision asked of the lower end of its interval on validation (one-sided 95 %, by messages), so that a new set meets it too; share of
messages that need nothing on which it may fire, one standard error above what validation shows (.022 of 348 messages, .019 of 158)."""
Z = 1.645
SILENT = 2
"""How often a message that needs nothing counts in the fit: recall on valid .407 with 1, .422 with 2, .403 with 3 (embedder and threshold's rule the same)."""
LOOSE = 10.0
"""Inverse regularisation of the need for a memory: AUROC on valid .941 with 2, .9485 with 10 (letters alone)."""
LIMIT = 3


@dataclass(frozen=True, slots=True)
class Weighed:
    """A pool with the features (K, F) of its memories."""

    pool: Pool
    features: NDArray[np.float64]


def fit_need(encode: Encode, needing: Sequence[str], silent: Sequence[str]) -> Need:
    """A logistic regression on a message's letters and vector: does it need a memory?"""
    from scipy.sparse import csr_matrix, hstack
    from sklearn.linear_model import LogisticRegression

    texts = [*needing, *silent]
    where = [places(text, SLOTS) for text in texts]
    values = np.concatenate([np.full(len(p), len(p) ** -0.5) for p in where])
    owners = np.repeat(np.arange(len(texts)), [len(p) for p in where])
    letters = csr_matrix((values, (owners, np.concatenate(where))), shape=(len(texts), SLOTS))
    y = np.array([1] * len(needing) + [0] * len(silent))
    model = LogisticRegression(C=LOOSE, class_weight="balanced", max_iter=500).fit(hstack([letters, csr_matrix(encode(texts))]).tocsr(), y)
    weights = model.coef_[0].astype(np.float32)
    return Need.of(Need(weights[:SLOTS], weights[SLOTS:], float(model.intercept_[0])).told())  # as it will be read


def of_split(lines: Sequence[Line], split: str) -> list[Line]:
    return [line for line in lines if line.split == split]


def weighed(drawn: Sequence[Pool], encode: Encode, associations: Associations, need: Need) -> list[Weighed]:
    """Every pool with the features of its memories, as the retriever makes them."""
    return [Weighed(pool, features_of(pool.message, pool.memories, encode, associations, need)) for pool in drawn]


def features_of(
    message: str, memories: Sequence[str], encode: Encode, associations: Associations, need: Callable[[str, NDArray[np.float32]], float]
) -> NDArray[np.float64]:
    """(K, F) the numbers of ohlora_tui/relevance.py for K memories; `need`: (message, its vector) -> logit that it needs a memory."""
    vectors = encode([message, *memories])
    vector, around = vectors[0], associations.around(message, vectors[0], memories)
    return features(message, memories, vectors[1:] @ vector, word_cosines(message, memories, encode), around, need(message, vector))


@dataclass(frozen=True, slots=True)
class Weights:
    """What makes a relevance out of features: see ohlora_tui.relevance."""

    features: NDArray[np.float64]  # (F,)
    bias: float
    final: tuple[float, float, float]

    def __call__(self, found: NDArray[np.float64]) -> NDArray[np.float64]:
        return relevance(found, self.features, self.bias, self.final)


def fit(made: Sequence[Weighed]) -> Weights:
    """Both logistic layers over all (message, memory) of the pools, silent ones SILENT times; each feature may only pull the way of its sign."""
    made = [w for w in made for _ in range(1 if w.pool.gold >= 0 else SILENT)]
    y = np.concatenate([np.arange(len(w.pool.memories)) == w.pool.gold for w in made]).astype(float)
    weights, bias = logistic(np.concatenate([w.features for w in made]), y, SIGNS)
    logits = [w.features @ weights + bias for w in made]
    second = np.stack([np.concatenate(logits), np.concatenate([leads(z) for z in logits])], axis=1)
    final, shift = logistic(second, y, (1, 1))
    return Weights(weights, bias, (float(final[0]), float(final[1]), shift))


def fit_grades(made: Sequence[Weighed]) -> tuple[list[float], float]:
    """Weights (F,) and bias of the graded similarity 0..1: a logistic regression on the rubric's grades, monotone in every feature."""
    y = np.concatenate([w.pool.grades for w in made])
    weights, bias = logistic(np.concatenate([w.features for w in made]), y, SIGNS)
    return [round(float(w), 5) for w in weights], round(bias, 5)


def cross_scores(made: Sequence[Weighed], folds: int = 5) -> list[NDArray[np.float64]]:
    """Scores of every pool by weights that were fit without its message."""
    names = list(dict.fromkeys(w.pool.message for w in made))
    fold = {m: i % folds for i, m in enumerate(names)}
    fitted = [fit([w for w in made if fold[w.pool.message] != f]) for f in range(folds)]
    return [fitted[fold[w.pool.message]](w.features) for w in made]


def choose_threshold(made: Sequence[Pool], scores: Sequence[NDArray[np.float64]]) -> float:
    """The lowest threshold that is surely as precise as AIM and fires on few messages that need nothing; the most precise one if none is."""
    reports = [(float(t), report(made, scores, float(t))) for t in np.round(np.arange(0.05, 0.98, 0.002), 3)]
    good = [t for t, r in reports if surely(r["precision"], r["fired"] / DRAWS) >= AIM and _about(r["false_fire"], r["n_silent"]) <= FIRES]
    return min(good) if good else max(reports, key=lambda r: r[1]["precision"])[0]


def surely(share: float, n: float) -> float:
    """The lower end of a share's one-sided 95 % Wilson interval; `n` units, those of several draws of one message counted once."""
    if not n:
        return 0.0
    middle, half = share + Z * Z / (2 * n), Z * (share * (1 - share) / n + Z * Z / (4 * n * n)) ** 0.5
    return (middle - half) / (1 + Z * Z / n)


def _about(share: float, n: float) -> float:
    """A share of `n` and one standard error."""
    return share + (share * (1 - share) / max(1, n)) ** 0.5


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
        "pool": SIZE,
    }


def calibration(
    encode: Encode, associations: Associations, lines: Sequence[Line], needing: Sequence[str], silent: Sequence[str], seed: int
) -> dict[str, Any]:
    """What the retriever ships with: features, weights, bias, gate, threshold, and the reports on valid (cross-fitted) and test."""
    need = fit_need(encode, needing, silent)
    valid, test = (weighed(draw(held(lines, split, seed), encode, seed + at, DRAWS), encode, associations, need) for at, split in enumerate(("valid", "test")))
    crossed = cross_scores(valid)
    weights = fit(valid)
    threshold = choose_threshold([w.pool for w in valid], crossed)
    graded, shift = fit_grades(valid)
    return {
        "features": list(FEATURES),
        "weights": [round(float(w), 5) for w in weights.features],
        "bias": round(weights.bias, 5),
        "final": [round(w, 5) for w in weights.final],
        "graded": graded,
        "graded_bias": shift,
        **need.told(),
        "threshold": threshold,
        "valid": report([w.pool for w in valid], crossed, threshold),
        "test": report([w.pool for w in test], [weights(w.features) for w in test], threshold),
    }


def held(lines: Sequence[Line], split: str, seed: int) -> list[Line]:
    """The lines of a held-out split, and its plans under random times."""
    return [*of_split(lines, split), *plan_lines(lines, split, seed)]
