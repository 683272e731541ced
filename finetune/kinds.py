"""Train what tells the kind of a message, its topic and its act, and write it beside the rows.

    python -m finetune.kinds [--data DIR] [--retriever DIR] [--out DIR]

Learns from the written first messages and their wordings (train split); gives kinds.safetensors, kinds.json, kinds.tsv.gz.
"""

from __future__ import annotations

import argparse
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from finetune.wordings import Line, read_lines
from ohlora_tui.bases import BUNDLED
from ohlora_tui.dataset import packed, read_rows
from ohlora_tui.embedder import Embedder, load
from ohlora_tui.errors import DataError
from ohlora_tui.records import Row
from ohlora_tui.written.kinds import BUCKETS, COLUMNS, features, read_answers

DATA = Path(__file__).parent / "data"
TEXTS = 4
"""Ways to type a message that are learnt from: more of the same seven cost minutes."""
STRENGTH = 30.0
"""Inverse ridge of both regressions: best mean accuracy on the valid messages of 3, 10, 30, 100."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Example:
    """One way to type a message, with its kind."""

    message: str
    topic: str
    act: str


def examples(lines: Sequence[Line], rows: Sequence[Row], split: str) -> list[Example]:
    """Every message of the rows of one split, with its first wordings."""
    topics = {(r.scenario, r.turn.message): r.topic for r in rows if r.split == split}
    known = [(line, topics[line.scenario, line.message]) for line in lines if (line.scenario, line.message) in topics]
    return [Example(text, topic, line.act) for line, topic in known for text in (line.message, *line.wordings)[:TEXTS]]


def fit(found: Sequence[Example], embedder: Embedder, strength: float = STRENGTH) -> tuple[dict[str, NDArray[Any]], dict[str, list[str]]]:
    """(arrays, names) of the two softmax regressions, float16."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    x = csr_matrix(features(embedder, [e.message for e in found]))
    arrays: dict[str, NDArray[Any]] = {}
    names: dict[str, list[str]] = {}
    for name, bias, labels in (("topics", "topic_bias", [e.topic for e in found]), ("acts", "act_bias", [e.act for e in found])):
        model = LogisticRegression(C=strength, max_iter=150).fit(x, labels)
        coefficients, intercepts = model.coef_, model.intercept_
        if len(model.classes_) == 2:  # scikit-learn keeps one row for two classes; a softmax needs both
            coefficients, intercepts = np.concatenate([-coefficients, coefficients]) / 2, np.concatenate([-intercepts, intercepts]) / 2
        arrays[name] = np.ascontiguousarray(coefficients.T.astype(np.float16))  # (F, classes)
        arrays[bias] = intercepts.astype(np.float32)
        names[name] = [str(c) for c in model.classes_]
    return arrays, names


def write(found: Sequence[Example], answers: Path, embedder: Embedder, out: Path) -> None:
    """kinds.safetensors, kinds.json and kinds.tsv.gz in `out`; `answers`: folder of the written answers of kinds."""
    from safetensors.numpy import save_file

    arrays, names = fit(found, embedder)
    out.mkdir(parents=True, exist_ok=True)
    save_file(arrays, out / "kinds.safetensors")
    (out / "kinds.json").write_text(json.dumps(names, ensure_ascii=False) + "\n", encoding="utf-8")
    (out / "kinds.tsv.gz").write_bytes(packed(joined(answers)))


def joined(folder: Path) -> str:
    """All answers of kinds as one table; DataError names the bad line."""
    lines = ["\t".join(COLUMNS)]
    for path in sorted(folder.glob("*.tsv")):
        try:
            read_answers(path)
        except ValueError as wrong:
            raise DataError(f"{path}: {wrong}.", f"칸은 {', '.join(COLUMNS)}이에요.") from wrong
        lines += path.read_text(encoding="utf-8").splitlines()[1:]
    return "\n".join(lines) + "\n"


def accuracy(arrays: dict[str, NDArray[Any]], names: dict[str, list[str]], held: Sequence[Example], embedder: Embedder) -> dict[str, float]:
    """Share of held-out messages whose topic, act, and both are told rightly."""
    x = features(embedder, [e.message for e in held])
    topics = [names["topics"][i] for i in (x @ arrays["topics"].astype(np.float32) + arrays["topic_bias"]).argmax(1)]
    acts = [names["acts"][i] for i in (x @ arrays["acts"].astype(np.float32) + arrays["act_bias"]).argmax(1)]
    right = [(t == e.topic, a == e.act) for t, a, e in zip(topics, acts, held, strict=True)]
    n = max(1, len(right))
    return {"topic": sum(t for t, _ in right) / n, "act": sum(a for _, a in right) / n, "both": sum(t and a for t, a in right) / n, "n": len(right)}


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Train what tells the kind of a message")
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--retriever", type=Path, default=BUNDLED / "retriever")
    parser.add_argument("--out", type=Path, default=BUNDLED / "mini" / "rows")
    args = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    embedder, rows, lines = load(args.retriever), read_rows(args.data / "persona"), read_lines(args.data / "wordings")
    train = examples(lines, rows, "train")
    write(train, args.data / "kinds", embedder, args.out)
    from safetensors.numpy import load_file

    arrays, names = load_file(args.out / "kinds.safetensors"), json.loads((args.out / "kinds.json").read_text(encoding="utf-8"))
    log.info("%d messages, %d buckets; valid %s", len(train), BUCKETS, accuracy(arrays, names, examples(lines, rows, "valid"), embedder))


if __name__ == "__main__":
    main()
