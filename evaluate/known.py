"""The graded similarity of a retriever that was fit on a pairs CSV: what its known pairs say, and its own features."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from evaluate.retrieval import Told
from ohlora_tui.errors import ModelError
from ohlora_tui.kernel import Known
from ohlora_tui.memory.retriever import Retriever
from ohlora_tui.pools import Pool
from ohlora_tui.relevance import FEATURES, sigmoid

FILE = "pairs.json"


def told(folder: Path, retriever: Retriever, pools: Sequence[Pool]) -> list[Told]:
    """Relevance ranks as in chat; the graded similarity is the CSV's own. ModelError if pairs.json is damaged."""
    known, weights, bias = _read(folder / FILE)
    return [Told(retriever.judged(p.message, p.memories)[0], _graded(p, known, weights, bias, retriever)) for p in pools]


def _graded(pool: Pool, known: Known, weights: np.ndarray, bias: float, retriever: Retriever) -> np.ndarray:
    own = retriever.features(pool.message, pool.memories)
    own[:, FEATURES.index("need")] = 0.0  # not asked of a pair when the weights were fit
    kernel = np.clip(known.told(pool.memories, [pool.message], retriever.encode)[:, 0], 1e-3, 1 - 1e-3)
    return sigmoid(np.column_stack([np.log(kernel / (1 - kernel)), own]) @ weights + bias)


def _read(path: Path) -> tuple[Known, np.ndarray, float]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if tuple(found["features"]) != ("kernel", *FEATURES):
            raise ValueError("보정 값이 이 프로그램과 맞지 않아요")
        gold = np.array([[np.nan if g is None else g for g in row] for row in found["gold"]], float)
        known = Known(tuple(found["memories"]), tuple(found["messages"]), gold, float(found["temperature"]))
        return known, np.array(found["weights"]), float(found["bias"])
    except (OSError, ValueError, KeyError, TypeError) as wrong:
        raise ModelError(f"{path} 파일을 읽을 수 없어요: {wrong}.", "`ohlora finetune --col retriever --pairs …`로 다시 학습해 주세요.") from wrong
