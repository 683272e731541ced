"""`ohlora finetune --col retriever`: an embedder of one's own, from the bundled general table or any sentence-transformers base.

base -> contrastive training on our lines (and the pairs of a CSV), best tenth by validation -> folder -> calibration (retriever.json)
With --pairs the folder also keeps the known pairs and how to weigh them: the graded similarity is fit on that CSV.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from finetune import contrast, embedder, graded, pairs, retriever
from ohlora_tui.bases import BUNDLED
from ohlora_tui.dataset import read_pairs, read_rows
from ohlora_tui.embedder import load
from ohlora_tui.errors import DataError
from ohlora_tui.pools import Encode, draw
from ohlora_tui.records import Pair

LEAST = 80
"""Pairs a CSV must hold: fewer can neither be learnt from nor calibrated on."""
BELONGS = 0.8
"""Gold from which a pair of a CSV is taught as belonging together, as is the best pair of each message."""
Judge = Callable[[Encode], float]
"""An encoder -> how well it finds the valid lines."""
Progress = Callable[[int, dict[str, float], float | None], None]


@dataclass(frozen=True, slots=True)
class Tuned:
    """What came out: `curve` mean loss of each kind by tenth; `measures` the calibration's report on the valid lines."""

    folder: Path
    curve: dict[str, list[float]]
    measures: dict[str, Any]
    graded_on: str  # what the graded similarity was fit on
    seconds: float


def tune(base: str, out: Path, csv: Path | None, progress: Progress, resume: bool = False, seed: int = 0) -> Tuned:
    """Trains into `out`. `base`: "bundled", a folder or a Hugging Face id. DataError for a bad CSV, ModelError for a base that is not there.

    A killed run leaves out/checkpoints/state.pt, from which `resume` goes on (the static table bit for bit).
    """
    began = time.monotonic()
    rows = [r for r in read_rows(retriever.DATA / "persona") if r.split == "train"]
    lines = pairs.read_lines(retriever.DATA / "memory_lines" / "lines.tsv")
    own = checked(csv) if csv else []
    kinds = retriever.written_kinds(lines, rows, seed)
    if own:
        kinds.append(contrast.Kind("pairs", belonging(own), retriever.EPOCHS["lines"]))
    valid = draw([line for line in lines if line.split == "valid"], load(BUNDLED / "retriever").encode, seed, 1)
    watch = contrast.Watch(None, progress, out / "checkpoints" / "state.pt", resume)
    train = _static if base == "bundled" else _library
    (out / "retriever.json").unlink(missing_ok=True)  # chat reads a folder that has one: an old calibration must not meet new vectors
    curve = train(base, out, kinds, lambda encode: hit(encode, valid), watch, seed)
    found = retriever.calibrated(out, lines, rows, seed)
    told = graded.keep(out, own, load(out).encode) if own else "함께 온 valid 줄"
    shutil.rmtree(out / "checkpoints", ignore_errors=True)
    return Tuned(out, curve, found["valid"], told, round(time.monotonic() - began, 1))


def checked(path: Path) -> list[Pair]:
    """The pairs of a CSV; DataError if they are too few or of one grade."""
    found = read_pairs(path)
    if len(found) < LEAST:
        raise DataError(f"{path}에 쌍이 {len(found)}개뿐이에요.", f"{LEAST}개 이상이어야 배우고 맞출 수 있어요.")
    if len({p.gold for p in found}) < 2:
        raise DataError(f"{path}의 similarity_score가 모두 같아요.", "관련 있는 쌍과 없는 쌍이 함께 있어야 해요.")
    return found


def belonging(found: Sequence[Pair]) -> list[tuple[str, str]]:
    """(memory, message) that are taught: the best of each message, and all at BELONGS or above."""
    best: dict[str, Pair] = {}
    for pair in found:
        if pair.gold > best.get(pair.message, Pair("", "", 0.0)).gold:
            best[pair.message] = pair
    return list(dict.fromkeys((p.memory, p.message) for p in found if p.gold >= BELONGS or best.get(p.message) is p))


def hit(encode: Encode, pools: Sequence[Any]) -> float:
    """Share of pools whose own memory is nearest by cosine: what the best tenth is chosen by."""
    asked = [p for p in pools if p.gold >= 0]
    vectors = encode([text for p in asked for text in (p.message, *p.memories)]).reshape(len(asked), -1, encode(["말"]).shape[1])
    scores = (vectors[:, 1:] @ vectors[:, :1].transpose(0, 2, 1))[..., 0]  # (P, K, D) @ (P, D, 1) -> (P, K)
    return float(np.mean([int(s.argmax()) == p.gold for s, p in zip(scores, asked, strict=True)]))


def _static(base: str, out: Path, kinds: Sequence[contrast.Kind], judge: Judge, watch: contrast.Watch, seed: int) -> dict[str, list[float]]:
    """The bundled general table, taught."""
    tokenizer, table = embedder.load_general(BUNDLED / "retriever")
    judged = replace(watch, judge=lambda t: judge(embedder.encoder(tokenizer, t)))
    taught, curve = contrast.contrast(table, tokenizer, kinds, seed=seed, watch=judged, **retriever.WRITTEN)
    embedder.save(taught, tokenizer, out)
    return curve


def _library(base: str, out: Path, kinds: Sequence[contrast.Kind], judge: Judge, watch: contrast.Watch, seed: int) -> dict[str, list[float]]:
    """Any sentence-transformers base, by the library's own trainer."""
    from finetune.sbert import train

    return train(base, out, kinds, judge, watch, seed)


def record(tuned: Tuned, base: str, csv: Path | None, seed: int) -> None:
    """train_log.json beside the model: base, data, seed, curve, measures, seconds."""
    told = {"base": base, "pairs": str(csv) if csv else None, "seed": seed, "losses": tuned.curve, "valid": tuned.measures,
            "graded_on": tuned.graded_on, "seconds": tuned.seconds}  # fmt: skip
    (tuned.folder / "train_log.json").write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

