"""Fit what tells whether a message goes on with the last turn's matter, on pairs that were judged one by one.

    python -m finetune.topics [--judged FILE]

judged/topics.tsv, header `split summary message verdict` (same, other, unclear). Prints the constants of ohlora_tui/topic.py and how
well they tell on the valid pairs (cross-fitted); the test pairs are measured by `ohlora eval`.
"""

from __future__ import annotations

import argparse
import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from finetune.logistic import logistic
from ohlora_tui import embedder, topic
from ohlora_tui.bases import BUNDLED
from ohlora_tui.errors import DataError

JUDGED = Path(__file__).parent / "data" / "judged" / "topics.tsv"
VERDICTS = ("same", "other", "unclear")
SIGNS = {"cosine": 1, "shared": 1, "leans": 1, "turns": -1, "words": 0, "question": 0, "dated": 0}
FOLDS = 10


@dataclass(frozen=True, slots=True)
class Pair:
    """A message, the summary of the turn before it, and whether it goes on with that matter (unclear: None)."""

    split: str
    summary: str
    message: str
    same: bool | None


def read(path: Path) -> list[Pair]:
    """The judged pairs; DataError names the bad line."""
    found = []
    with path.open(encoding="utf-8", newline="") as handle:
        for number, row in enumerate(csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE), 2):
            if row.get("verdict") not in VERDICTS or not row["summary"] or not row["message"]:
                raise DataError(f"{path} {number}번째 줄의 칸이 맞지 않아요: {row}.", f"verdict는 {', '.join(VERDICTS)} 가운데 하나예요.")
            found.append(Pair(row["split"], row["summary"], row["message"], {"same": True, "other": False}.get(row["verdict"])))
    return found


def table(pairs: list[Pair], model: embedder.Embedder) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(N, F) numbers and (N,) 1 where the matter goes on, of the clear pairs."""
    clear = [p for p in pairs if p.same is not None]
    said, before = (model.encode([getattr(p, side) for p in clear]) for side in ("message", "summary"))
    cosines = (said * before).sum(1)  # (N,)
    x = [topic.numbers(p.message, p.summary, float(c)) for p, c in zip(clear, cosines, strict=True)]
    return np.array(x), np.array([float(bool(p.same)) for p in clear])


def crossed(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N,) probabilities by weights that were fit without the pair."""
    out = np.zeros(len(y))
    for fold in range(FOLDS):
        rest = np.arange(len(y)) % FOLDS != fold
        weights, bias = logistic(x[rest], y[rest], [SIGNS[n] for n in topic.NAMES])
        out[~rest] = 1 / (1 + np.exp(-(x[~rest] @ weights + bias)))
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description="Fit what tells whether a message goes on with the last matter")
    parser.add_argument("--judged", type=Path, default=JUDGED)
    found = [p for p in read(parser.parse_args().judged) if p.split == "valid"]
    x, y = table(found, embedder.load(BUNDLED / "retriever"))
    weights, bias = logistic(x, y, [SIGNS[n] for n in topic.NAMES])
    print("WEIGHTS =", {name: round(float(w), 3) for name, w in zip(topic.NAMES, weights, strict=True)}, "BIAS =", round(bias, 3))
    p = crossed(x, y)
    for least in (0.3, 0.4, 0.5, 0.6):
        kept = p >= least
        print(f"{least}: carried of those that go on {kept[y == 1].mean():.3f}, dropped of those that do not {(~kept)[y == 0].mean():.3f}, right {(kept == y).mean():.3f} of {len(y)}")


if __name__ == "__main__":
    main()
