"""The retriever on held-out messages: how well it grades, finds, and stays silent, beside v1's recipe on the very same pools.

pools -> score each memory (relevance, graded similarity) -> measures with intervals by message -> the difference to v1, paired by message
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluate.metrics import Measure, bootstrap, share
from ohlora_tui.pools import Pool, key_of

Floats = NDArray[np.float64]
BINS = 10
"""Of the calibration error: predicted relevance in tenths."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one version says of a pool's K memories. `relevance` decides and ranks; `graded` is its estimate of the rubric's grade."""

    relevance: Floats  # (K,)
    graded: Floats  # (K,)


def measure(pools: Sequence[Pool], told: Sequence[Told], threshold: float, limit: int = 3) -> dict[str, Measure]:
    """All measures of one version; every interval is over messages (a bootstrap of whole pools, Wilson for shares)."""
    found: dict[str, Measure] = grading(pools, told)
    asked = [(p, t) for p, t in zip(pools, told, strict=True) if p.gold >= 0]
    ranks = [_rank(t.relevance, p.gold) for p, t in asked]
    found["hit@1"] = share([r == 1 for r in ranks])
    found["hit@1_key"] = share([key_of(p.memories[int(t.relevance.argmax())]) == key_of(p.memories[p.gold]) for p, t in asked])
    found["mrr"] = bootstrap(len(ranks), lambda i: float((1 / np.array(ranks))[i].mean()))
    return found | reading(pools, told, threshold, limit) | telling(pools, told)


def _rank(scores: Floats, gold: int) -> int:
    """1 for the best; ties count against it."""
    return int((scores > scores[gold]).sum() + (np.delete(scores, gold) == scores[gold]).sum()) + 1


def grading(pools: Sequence[Pool], told: Sequence[Told]) -> dict[str, Measure]:
    """mse, mae, corr and spearman of the graded similarity against the rubric, over all (message, memory)."""
    from scipy.stats import rankdata

    said, gold = [t.graded for t in told], [np.array(p.grades) for p in pools]
    sizes = np.cumsum([len(s) for s in said])[:-1]
    ranked = [np.split(rankdata(np.concatenate(part)), sizes) for part in (said, gold)]
    found = {}
    for name, error in (("mse", np.square), ("mae", np.abs)):
        sums = np.array([float(error(s - g).sum()) for s, g in zip(said, gold, strict=True)])
        counts = np.array([len(s) for s in said])
        found[name] = bootstrap(len(sums), lambda i, sums=sums, counts=counts: float(sums[i].sum() / counts[i].sum()))  # type: ignore[misc]
    return found | {"corr": _correlation(said, gold), "spearman": _correlation(*ranked)}


def _correlation(one: Sequence[Floats], other: Sequence[Floats]) -> Measure:
    """Pearson's r over all pairs, resampled by message from sums kept for each."""
    sums = np.array([[len(x), x.sum(), y.sum(), x @ x, y @ y, x @ y] for x, y in zip(one, other, strict=True)])

    def r(i: NDArray[np.int64]) -> float:
        n, x, y, xx, yy, xy = sums[i].sum(axis=0)
        spread = (n * xx - x * x) * (n * yy - y * y)
        return float((n * xy - x * y) / spread**0.5) if spread > 0 else 0.0

    return bootstrap(len(sums), r)


def reading(pools: Sequence[Pool], told: Sequence[Told], threshold: float, limit: int) -> dict[str, Measure]:
    """precision and recall of what would be read (the best `limit` at or above the threshold), and how often a message for none fires."""
    used = [[int(i) for i in np.argsort(-t.relevance)[:limit] if t.relevance[i] >= threshold] for t in told]
    right = np.array([p.gold >= 0 and p.gold in u for p, u in zip(pools, used, strict=True)], float)
    fired, wanted = np.array([len(u) for u in used], float), np.array([p.gold >= 0 for p in pools], float)

    def ratio(below: Floats) -> Callable[[NDArray[np.int64]], float]:
        return lambda i: float(right[i].sum() / below[i].sum()) if below[i].any() else 0.0

    silent = [bool(u) for p, u in zip(pools, used, strict=True) if p.gold < 0]
    return {"precision": bootstrap(len(pools), ratio(fired)), "recall": bootstrap(len(pools), ratio(wanted)), "false_fire": share(silent)}


def telling(pools: Sequence[Pool], told: Sequence[Told]) -> dict[str, Measure]:
    """auroc and ap of relevance for "this is the memory", and ece: how far a stated probability lies from the share that is right."""
    from sklearn.metrics import average_precision_score, roc_auc_score

    scores = [t.relevance for t in told]
    gold = [np.arange(len(p.memories)) == p.gold for p in pools]
    sums = np.array([_bins(s, g) for s, g in zip(scores, gold, strict=True)])  # (N, 3, BINS)

    def of(statistic: Callable[..., float], undefined: float) -> Measure:
        def value(i: NDArray[np.int64]) -> float:
            right = np.concatenate([gold[k] for k in i])
            return float(statistic(right, np.concatenate([scores[k] for k in i]))) if 0 < right.sum() < len(right) else undefined

        return bootstrap(len(pools), value, draws=200)

    def ece(i: NDArray[np.int64]) -> float:
        count, said, right = sums[i].sum(axis=0)
        return float(np.abs(said - right).sum() / count.sum())

    return {"auroc": of(roc_auc_score, 0.5), "ap": of(average_precision_score, 0.0), "ece": bootstrap(len(pools), ece)}


def _bins(scores: Floats, gold: NDArray[np.bool_]) -> Floats:
    """(3, BINS): how many predictions fall into each tenth, their sum, and how many are right."""
    place = np.clip((scores * BINS).astype(int), 0, BINS - 1)
    return np.stack([np.bincount(place, weights=w, minlength=BINS) for w in (np.ones(len(scores)), np.clip(scores, 0, 1), gold.astype(float))])


def difference(pools: Sequence[Pool], current: Sequence[Told], other: Sequence[Told]) -> dict[str, Measure]:
    """current - other, paired by message: hit@1, reciprocal rank, squared and absolute error."""
    asked = [(p, a, b) for p, a, b in zip(pools, current, other, strict=True) if p.gold >= 0]
    ranks = np.array([(_rank(a.relevance, p.gold), _rank(b.relevance, p.gold)) for p, a, b in asked], float)
    hits, reciprocal = (ranks == 1).astype(float), 1 / ranks
    errors = [np.stack([np.abs(t.graded - np.array(p.grades)) for t in (a, b)]) for p, a, b in zip(pools, current, other, strict=True)]
    means = {"mse": np.array([(e**2).mean(axis=1) for e in errors]), "mae": np.array([e.mean(axis=1) for e in errors])}
    paired = {"hit@1": hits, "mrr": reciprocal} | means
    return {name: bootstrap(len(v), lambda i, v=v: float((v[i, 0] - v[i, 1]).mean())) for name, v in paired.items()}  # type: ignore[misc]
