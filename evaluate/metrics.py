"""Metrics: numbers of many scores. Pure: no files, no models, no clock.

Every interval is 95 %: Wilson for a share, a percentile bootstrap over units (rows, messages) for everything else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Z95 = 1.959964
"""Two-sided 95 % point of the normal distribution."""
DRAWS = 1000
"""Bootstrap resamples: the ends of a 95 % interval then move by about 3 % of its width."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure with its interval and the number of units it rests on."""

    value: float
    low: float
    high: float
    n: int

    def as_dict(self) -> dict[str, float | int]:
        return {"value": round(self.value, 4), "low": round(self.low, 4), "high": round(self.high, 4), "n": self.n}


def wilson(hits: int, n: int) -> tuple[float, float]:
    """95 % Wilson score interval of a share (Wilson 1927): holds near 0 and 1 and for small n."""
    if not n:
        return 0.0, 1.0
    p, z = hits / n, Z95
    middle, half = p + z * z / (2 * n), z * ((p * (1 - p) + z * z / (4 * n)) / n) ** 0.5
    return max(0.0, (middle - half) / (1 + z * z / n)), min(1.0, (middle + half) / (1 + z * z / n))


def share(hits: Sequence[bool]) -> Measure:
    """The share of True with its Wilson interval."""
    n, k = len(hits), sum(hits)
    return Measure(k / n if n else 0.0, *wilson(k, n), n)


def bootstrap(units: int, statistic: Callable[[NDArray[np.int64]], float], seed: int = 0, draws: int = DRAWS) -> Measure:
    """`statistic(indices)` over all units, and its percentile interval over `draws` resamples of them."""
    if not units:
        return Measure(0.0, 0.0, 0.0, 0)
    rng = np.random.default_rng(seed)
    values = [statistic(rng.integers(0, units, units)) for _ in range(draws)]
    low, high = np.percentile(values, [2.5, 97.5])
    return Measure(float(statistic(np.arange(units))), float(low), float(high), units)


def mean(values: Sequence[float]) -> Measure:
    """Mean with its bootstrap interval."""
    found = np.asarray(values, float)
    return bootstrap(len(found), lambda i: float(found[i].mean()))


def macro_f1(*parts: tuple[Sequence[Hashable], Sequence[Hashable]]) -> Measure:
    """Unweighted mean F1 over the classes that occur in a (gold, told) part, the mean of the parts; bootstrap interval over rows."""
    statistics = [_f1_of(gold, told) for gold, told in parts]
    return bootstrap(len(parts[0][0]), lambda i: float(np.mean([statistic(i) for statistic in statistics])))


def exact_lead(gold: Sequence[Hashable], ours: Sequence[Hashable], theirs: Sequence[Hashable]) -> Measure:
    """How much more of the rows `ours` gets right than `theirs`, paired by row: a difference whose interval leaves out 0 is one."""
    lead = np.array([float(g == a) - float(g == b) for g, a, b in zip(gold, ours, theirs, strict=True)])
    return bootstrap(len(lead), lambda i: float(lead[i].mean()))


def macro_f1_lead(ours: Sequence[tuple[Sequence[Hashable], Sequence[Hashable]]], theirs: Sequence[tuple[Sequence[Hashable], Sequence[Hashable]]]) -> Measure:
    """The same of the macro-F1 of some (gold, told) parts."""
    one, other = ([_f1_of(gold, told) for gold, told in parts] for parts in (ours, theirs))
    return bootstrap(len(ours[0][0]), lambda i: float(np.mean([f(i) for f in one]) - np.mean([f(i) for f in other])))


def _f1_of(gold: Sequence[Hashable], told: Sequence[Hashable]) -> Callable[[NDArray[np.int64]], float]:
    names = {c: i for i, c in enumerate(sorted(set(gold) | set(told), key=str))}
    g, t = (np.array([names[c] for c in part]) for part in (gold, told))

    def statistic(i: NDArray[np.int64]) -> float:
        right = np.bincount(g[i][g[i] == t[i]], minlength=len(names))
        both = np.bincount(g[i], minlength=len(names)) + np.bincount(t[i], minlength=len(names))
        seen = both > 0
        return float((2 * right[seen] / both[seen]).mean())

    return statistic


def errors(gold: Sequence[float], told: Sequence[float]) -> dict[str, Measure]:
    """mse, mae and corr (Pearson; 0 where one side does not vary) of paired numbers."""
    g, t = np.asarray(gold, float), np.asarray(told, float)

    def corr(i: NDArray[np.int64]) -> float:
        return float(np.corrcoef(g[i], t[i])[0, 1]) if g[i].std() > 0 and t[i].std() > 0 else 0.0

    return {
        "mse": bootstrap(len(g), lambda i: float(((g[i] - t[i]) ** 2).mean())),
        "mae": bootstrap(len(g), lambda i: float(np.abs(g[i] - t[i]).mean())),
        "corr": bootstrap(len(g), corr),
    }


def precision_recall(gold: Sequence[Hashable | None], told: Sequence[Hashable | None]) -> dict[str, Measure]:
    """precision, recall and f1 of things told against gold ones, None meaning nothing; intervals over rows."""
    wanted, spoken = np.array([g is not None for g in gold]), np.array([t is not None for t in told])
    right = np.array([g is not None and g == t for g, t in zip(gold, told, strict=True)])

    def ratio(i: NDArray[np.int64], below: NDArray[np.bool_]) -> float:
        return float(right[i].sum() / below[i].sum()) if below[i].any() else 0.0

    def f1(i: NDArray[np.int64]) -> float:
        total = wanted[i].sum() + spoken[i].sum()
        return float(2 * right[i].sum() / total) if total else 0.0

    return {
        "precision": bootstrap(len(right), lambda i: ratio(i, spoken)),
        "recall": bootstrap(len(right), lambda i: ratio(i, wanted)),
        "f1": bootstrap(len(right), f1),
    }


def chrf(gold: Sequence[str], told: Sequence[str]) -> Measure:
    """chrF (characters 1-6, F2; sacrebleu's default) of the whole set, 0..100, with a bootstrap interval over rows."""
    from sacrebleu.metrics import CHRF

    metric = CHRF()
    stats = np.array([metric._extract_corpus_statistics([t], [[g]])[0] for g, t in zip(gold, told, strict=True)])
    return bootstrap(len(stats), lambda i: float(metric._compute_score_from_stats(stats[i].sum(axis=0).tolist()).score))


def distinct(texts: Sequence[str], size: int) -> float:
    """Share of different word n-grams among all of them; 1: nothing is ever said twice."""
    found = Counter(g for t in texts for g in _grams(t.split(), size))
    return len(found) / max(1, sum(found.values()))


def repeated(texts: Sequence[str]) -> Measure:
    """Share of texts that say some word three times in a row, or the same three words twice."""
    return share([_stutters(t.split()) for t in texts])


def _grams(words: Sequence[str], size: int) -> list[tuple[str, ...]]:
    return [tuple(words[i : i + size]) for i in range(len(words) - size + 1)]


def _stutters(words: Sequence[str]) -> bool:
    threes = _grams(words, 3)
    return any(len(set(g)) == 1 for g in threes) or len(set(threes)) < len(threes)
