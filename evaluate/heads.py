"""The four heads on held-out rows, each read with the written context, beside what a simple method reaches on the same rows.

rows of a split -> predict(engine) -> Told (one a row) -> report: by head its measures, its baselines, its seconds
"""

from __future__ import annotations

import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from evaluate import metrics
from ohlora_tui.heads import HEADS
from ohlora_tui.records import EYES, MOUTH, POSE, Expression, Memory, Row

if TYPE_CHECKING:
    from ohlora_tui.engine.protocol import Engine

LEVELS = {"eyes": EYES, "mouth": MOUTH, "pose": POSE}
"""Ordered levels of each part, smallest first: what MSE, MAE and correlation count in."""


@dataclass(slots=True)
class Told:
    """What the heads wrote for one row, and how long each took (seconds). A part that could not be read is None and counted."""

    answer: str = ""
    memory: Memory | None = None
    summary: str | None = None
    expression: Expression | None = None
    unread: list[str] = field(default_factory=list)  # heads whose text was not in its format
    seconds: dict[str, float] = field(default_factory=dict)


def predict(engine: Engine, rows: Sequence[Row], progress: Callable[[int, int], None] = lambda done, of: None) -> list[Told]:
    """What the engine's heads write for each row, from its written context (side heads read the written answer)."""
    found = []
    for number, row in enumerate(rows, 1):
        found.append(_one(engine, row))
        progress(number, len(rows))
    return found


def _one(engine: Engine, row: Row) -> Told:
    told, stop = Told(), threading.Event()
    told.answer = _timed(told, "output_message", lambda: "".join(engine.stream(row.turn, stop=stop)).strip())
    told.memory = _timed(told, "memory", lambda: engine.memory(row.turn, stop=stop))
    for name, part in (("summary", "summary"), ("eyes_mouth_pose", "expression")):
        texts = _timed(told, name, lambda name=name: engine.after(row.turn, [HEADS[name]], stop=stop))  # type: ignore[misc]
        try:
            setattr(told, part, HEADS[name].parse(texts[name]))
        except (KeyError, ValueError):
            told.unread.append(name)
    return told


def _timed(told: Told, name: str, call: Callable[[], Any]) -> Any:
    began = time.perf_counter()
    try:
        return call()
    finally:
        told.seconds[name] = time.perf_counter() - began


def report(rows: Sequence[Row], told: Sequence[Told], train: Sequence[Row]) -> dict[str, Any]:
    """Measures of every head on `rows`; baselines learn from `train`."""
    seconds = {name: round(statistics.median(t.seconds[name] for t in told), 4) if told else 0.0 for name in HEADS}
    found: dict[str, Any] = {
        "output_message": answers(rows, told),
        "memory": memories(rows, told),
        "summary": summaries(rows, told),
        "eyes_mouth_pose": expressions(rows, told, train),
    }
    for name, part in found.items():
        part["format"] = metrics.share([name not in t.unread for t in told])
        part["seconds"] = seconds[name]
    return found


def answers(rows: Sequence[Row], told: Sequence[Told]) -> dict[str, Any]:
    """chrF against the written answer, variety, repeats and length."""
    said = [t.answer for t in told]
    return {
        "chrf": metrics.chrf([r.turn.answer for r in rows], said),
        "distinct-2": metrics.distinct(said, 2),
        "repeats": metrics.repeated(said),
        "length": metrics.mean([len(s) for s in said]),
        "written": {"distinct-2": metrics.distinct([r.turn.answer for r in rows], 2), "length": metrics.mean([len(r.turn.answer) for r in rows])},
    }  # fmt: skip


def memories(rows: Sequence[Row], told: Sequence[Told]) -> dict[str, Any]:
    """Precision, recall and F1 by key and by key and value; silence where nothing is written down."""
    gold, said = [r.turn.memory for r in rows], [t.memory for t in told]
    silent = [s is None for g, s in zip(gold, said, strict=True) if g is None]
    return {
        "key": metrics.precision_recall([g and g.key for g in gold], [s and s.key for s in said]),
        "key+value": metrics.precision_recall([g and g.text for g in gold], [s and s.text for s in said]),
        "silence": metrics.share(silent),
    }


def summaries(rows: Sequence[Row], told: Sequence[Told]) -> dict[str, Any]:
    """chrF against the written summary; copying her answer or the message is what it must beat. Rows without one are left out."""
    pairs = [(r, t) for r, t in zip(rows, told, strict=True) if r.turn.summary]
    gold = [r.turn.summary or "" for r, _ in pairs]
    return {
        "chrf": metrics.chrf(gold, [t.summary or "" for _, t in pairs]),
        "baselines": {
            "copy answer": metrics.chrf(gold, [r.turn.answer for r, _ in pairs]),
            "copy message": metrics.chrf(gold, [r.turn.message for r, _ in pairs]),
        },
    }


def expressions(rows: Sequence[Row], told: Sequence[Told], train: Sequence[Row]) -> dict[str, Any]:
    """Exact match, macro-F1 of each part, errors of the ordered levels; majority class and TF-IDF + logistic regression beside it, and
    the lead before the latter, paired by row."""
    pairs = [(r.turn, t.expression) for r, t in zip(rows, told, strict=True) if r.turn.expression]
    gold = [t.expression for t, _ in pairs if t.expression]
    known = [(r.turn.answer, r.turn.expression) for r in train if r.turn.expression]
    common = Counter(e for _, e in known).most_common(1)[0][0]
    learnt = tfidf_logistic(known, [t.answer for t, _ in pairs])
    neutral = [e or Expression() for _, e in pairs]  # an unread expression shows as the neutral face, and counts as that
    return expression_measures(gold, neutral) | {
        "baselines": {
            "majority": expression_measures(gold, [common] * len(gold)),
            "tfidf+logistic": expression_measures(gold, learnt),
        },
        "lead": {"exact": metrics.exact_lead(gold, neutral, learnt), "macro_f1": metrics.macro_f1_lead(_parts(gold, neutral), _parts(gold, learnt))},
    }


def expression_measures(gold: Sequence[Expression], told: Sequence[Expression]) -> dict[str, Any]:
    found: dict[str, Any] = {"exact": metrics.share([g == t for g, t in zip(gold, told, strict=True)])}
    parts = _parts(gold, told)
    for (part, levels), (one, other) in zip(LEVELS.items(), parts, strict=True):
        found[part] = {"accuracy": metrics.share([a == b for a, b in zip(one, other, strict=True)]), "macro_f1": metrics.macro_f1((one, other))}
        found[part] |= metrics.errors([levels.index(a) for a in one], [levels.index(b) for b in other])
    found["macro_f1"] = metrics.macro_f1(*parts)
    return found


def _parts(gold: Sequence[Expression], told: Sequence[Expression]) -> list[tuple[list[str], list[str]]]:
    """(gold, told) levels of each part."""
    return [([getattr(g, part) for g in gold], [getattr(t, part) for t in told]) for part in LEVELS]


def tfidf_logistic(known: Sequence[tuple[str, Expression | None]], answers: Sequence[str]) -> list[Expression]:
    """The baseline: characters' TF-IDF (1-4, word-bounded) and one logistic regression over whole expressions."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    grams = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 4), sublinear_tf=True, min_df=2)
    x = grams.fit_transform([a for a, _ in known])
    model = LogisticRegression(C=3.0, max_iter=200).fit(x, [e.text for _, e in known if e])
    return [Expression.parse(text) for text in model.predict(grams.transform(list(answers)))]
