"""Fit what tells whether a row's answer suits a message, on pairs that were judged one by one.

    python -m finetune.suits [--judged DIR] [--bank DIR]

judged/rows.tsv, header `split message written answer verdict` (good, half, bad); judged/kinds.tsv, header `split message answer verdict`;
judged/later.tsv, header `split past message part written answer verdict`: in a conversation, `past` being the user's last two messages
and `part` the clause a row was found by (the message itself for most).
Gives finetune/suits.json: weights over ohlora_tui.written.suits.FEATURES and LATER, the threshold, and how well it tells on the valid messages.
"""

from __future__ import annotations

import argparse
import csv
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from finetune.logistic import logistic
from ohlora_tui import embedder
from ohlora_tui.bases import BUNDLED
from ohlora_tui.errors import DataError
from ohlora_tui.records import Turn
from ohlora_tui.written.bank import Bank
from ohlora_tui.written.kinds import Kinds
from ohlora_tui.written.rows import WrittenRows
from ohlora_tui.written.suits import FEATURES, HARD, LATER, SOFT, Suits, logit, sigmoid

JUDGED = Path(__file__).parent / "data" / "judged"
OUT = Path(__file__).parent / "suits.json"
SIGNS = {"letters": 1, "meaning": 1, "reply": 1, "mine": 1, "theirs": 1, "least": 1, "matter": 1, "literal": 1, "call": -1,
         "long": 0, "left": -1, "extra": -1, "topic": 1, "act": 1, "second": 1, "first": 1, "told_letters": 1, "told_meaning": 1, "told_reply": 1, "told_mine": 1, "told_theirs": 1,
         "told_topic": 1, "follows": 0, "story": 1, "asks": 0, "whole": 1, "whole_first": 1} | dict.fromkeys(SOFT, -1)  # fmt: skip
"""Which way each may pull (0: either): a few thousand judgements must not teach that likeness speaks against a row."""
RIDGE = 3.0
HALF = 0.5
"""What a half right answer counts as in the fit; in the report only good is good."""
PAST = " / "
"""What parts the messages of `past`."""
WORTH = {"good": 1.0, "half": HALF, "bad": 0.0}
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pair:
    """One judged pair with its numbers."""

    split: str
    message: str
    features: tuple[float, ...]
    worth: float
    why: str  # the hard reason that forbids it, "" if none


def read(path: Path, columns: Sequence[str], may_be_empty: Sequence[str] = ()) -> list[dict[str, str]]:
    """A judged table; DataError names the bad line."""
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE))
    for number, row in enumerate(rows, 2):
        if set(row) != set(columns) or not all(row[c] for c in columns if c not in may_be_empty) or row["verdict"] not in WORTH:
            raise DataError(f"{path} {number}번째 줄의 칸이 맞지 않아요: {row}.", f"칸은 {', '.join(columns)}이에요.")
    return rows


def pairs(judged: Sequence[dict[str, str]], rows: WrittenRows) -> list[Pair]:
    """The judged pairs that the bank still holds, weighed as in chat."""
    found = []
    for message, same in _by_message(judged).items():
        lines = {rows.key_of(line["written"], line["answer"]): line for line in same}
        for c in rows.weigh_keys(Turn(message), [key for key in lines if key >= 0]):
            found.append(Pair(lines[c.key]["split"], message, c.features, WORTH[lines[c.key]["verdict"]], c.why))
    log.info("%d of %d judged pairs are in the bank", len(found), len(judged))
    return found


def later_pairs(judged: Sequence[dict[str, str]], rows: WrittenRows) -> list[Pair]:
    """The same of later messages, weighed with what was told before: the features are LATER's, by the FEATURES as they are fit now."""
    found = []
    by_turn: dict[tuple[str, str, bool], list[dict[str, str]]] = {}
    for line in judged:
        by_turn.setdefault((line["past"], line["part"], line["part"] == line["message"]), []).append(line)
    for (past, part, whole), same in by_turn.items():
        before = past.split(PAST)
        lines = {rows.key_of(line["written"], line["answer"]): line for line in same}
        for c in rows.weigh_keys(Turn(part, last_summary=before[-1]), [key for key in lines if key >= 0], " ".join(before), whole):
            found.append(Pair(lines[c.key]["split"], f"{past} {same[0]['message']}", c.later, WORTH[lines[c.key]["verdict"]], c.why))
    log.info("%d of %d judged pairs of later turns are in the bank", len(found), len(judged))
    return found


def _by_message(judged: Sequence[dict[str, str]]) -> dict[str, list[dict[str, str]]]:
    """The lines of each message: it is weighed against all its rows at once."""
    found: dict[str, list[dict[str, str]]] = {}
    for line in judged:
        found.setdefault(line["message"], []).append(line)
    return found


def fit(found: Sequence[Pair], names: Sequence[str] = FEATURES) -> tuple[NDArray[np.float64], float]:
    """Weights (F,) over `names` and bias, by pairs that nothing forbids."""
    free = [p for p in found if not p.why]
    x, y = np.array([p.features for p in free]), np.array([p.worth for p in free])
    return logistic(x, y, [SIGNS[name] for name in names], RIDGE)


def fit_kind(judged: Sequence[dict[str, str]], kinds: Kinds) -> tuple[float, float, float]:
    """What the logits of topic and act weigh, and the shift, in the probability that an answer of the kind suits."""
    guessed = kinds.guess([line["message"] for line in judged])
    x = np.array([[logit(float(k.topics.max())), logit(float(k.acts.max()))] for k in guessed])
    (topic, act), shift = logistic(x, np.array([WORTH[line["verdict"]] for line in judged]), [1, 1])
    return float(topic), float(act), shift


def report(found: Sequence[Pair], weights: NDArray[np.float64], bias: float) -> dict[str, Any]:
    """Area under the ROC curve of good against the rest, and how often the best row of a message is good at a few thresholds."""
    from sklearn.metrics import roc_auc_score

    free = [p for p in found if not p.why]
    scores = [sigmoid(float(np.array(p.features) @ weights + bias)) for p in free]
    good = [p.worth == 1 for p in free]
    best: dict[str, tuple[float, bool]] = {}
    for p, s, g in zip(free, scores, good, strict=True):
        best[p.message] = max(best.get(p.message, (-1.0, False)), (s, g))
    at = {f"{t:.2f}": _share([g for s, g in best.values() if s >= t], len({p.message for p in found})) for t in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8)}
    forbidden = [p.worth == 1 for p in found if p.why]
    return {"auroc": round(float(roc_auc_score(good, scores)), 4), "pairs": len(found), "good": sum(p.worth == 1 for p in found),
            "forbidden": len(forbidden), "forbidden_but_good": sum(forbidden), "best": at}  # fmt: skip


def _share(hits: Sequence[bool], of: int) -> dict[str, float]:
    return {"good": round(sum(hits) / max(1, len(hits)), 3), "answered": round(len(hits) / max(1, of), 3)}


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Fit what tells whether a row's answer suits a message")
    parser.add_argument("--judged", type=Path, default=JUDGED)
    parser.add_argument("--bank", type=Path, default=BUNDLED / "mini" / "rows")
    parser.add_argument("--retriever", type=Path, default=BUNDLED / "retriever")
    parser.add_argument("--threshold", type=float, default=0.3)
    args = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    model = embedder.load(args.retriever)
    kinds = Kinds.load(args.bank, model)
    bank = Bank.load(args.bank, model)
    rows = WrittenRows(bank, kinds)
    found = pairs(read(args.judged / "rows.tsv", ("split", "message", "written", "answer", "verdict")), rows)
    general = read(args.judged / "kinds.tsv", ("split", "message", "answer", "verdict"))
    weights, bias = fit([p for p in found if p.split == "train"])
    now = Suits(weights, bias, args.threshold, (0.0, 0.0, 0.0), np.zeros(len(LATER)), 0.0)
    later = later_pairs(read(args.judged / "later.tsv", ("split", "past", "message", "part", "written", "answer", "verdict")), WrittenRows(bank, kinds, now))
    told_weights, told_bias = fit([p for p in later if p.split == "train"], LATER)
    kind = fit_kind([line for line in general if line["split"] == "train"], kinds)
    told = {
        "weights": {name: round(float(w), 4) for name, w in zip(FEATURES, weights, strict=True)},
        "bias": round(bias, 4), "threshold": args.threshold, "kind": [round(k, 4) for k in kind], "hard": sorted(HARD),
        "train": report([p for p in found if p.split == "train"], weights, bias),
        "valid": report([p for p in found if p.split == "valid"], weights, bias),
        "later": {
            "weights": {name: round(float(w), 4) for name, w in zip(LATER, told_weights, strict=True)}, "bias": round(told_bias, 4),
            "train": report([p for p in later if p.split == "train"], told_weights, told_bias),
            "valid": report([p for p in later if p.split == "valid"], told_weights, told_bias),
        },
    }  # fmt: skip
    OUT.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    log.info("%s", json.dumps(told, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
