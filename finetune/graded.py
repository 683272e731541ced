"""The graded similarity fit on a pairs CSV: the retriever's own features and what the known pairs say, by cross-fitting.

known pairs -> kernel attention (each pair told by all others) + features -> logistic regression on the gold -> pairs.json
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from finetune.calibrate import features_of
from finetune.logistic import logistic
from ohlora_tui.associations import Associations
from ohlora_tui.kernel import Known
from ohlora_tui.pools import Encode
from ohlora_tui.records import Pair
from ohlora_tui.relevance import FEATURES, SIGNS

FILE = "pairs.json"
TEMPERATURES = (0.03, 0.05, 0.1, 0.2)
"""Tried by leave-one-out squared error."""
RIDGE = 1.0
NEED = 0.0
"""Whether a message needs a memory at all is not asked of a pair."""
Floats = NDArray[np.float64]


def keep(folder: Path, pairs: Sequence[Pair], encode: Encode) -> str:
    """pairs.json in `folder`: the known pairs, the kernel's temperature, and the weights. Says what it was fit on."""
    memories, messages = (tuple(dict.fromkeys(texts)) for texts in ((p.memory for p in pairs), (p.message for p in pairs)))
    gold = np.full((len(memories), len(messages)), np.nan)
    for pair in pairs:
        gold[memories.index(pair.memory), messages.index(pair.message)] = pair.gold
    there = ~np.isnan(gold)
    around = Associations.load(folder, encode)
    own = np.stack([features_of(m, memories, encode, around, lambda *_: NEED) for m in messages], axis=1)[there]  # (P, F)
    fitted = [_fit(Known(memories, messages, gold, t), own, gold[there], there, encode) for t in TEMPERATURES]
    error, temperature, weights, bias = min(fitted, key=lambda f: f[0])
    told = {
        "memories": memories, "messages": messages, "gold": [[None if np.isnan(g) else round(float(g), 4) for g in row] for row in gold],
        "temperature": temperature, "features": ["kernel", *FEATURES], "weights": [round(float(w), 5) for w in weights], "bias": round(bias, 5),
        "fit_mse": round(error, 5),
    }  # fmt: skip
    (folder / FILE).write_text(json.dumps(told, ensure_ascii=False) + "\n", encoding="utf-8")
    return f"{len(pairs)}쌍 (기억 {len(memories)}개 × 말 {len(messages)}개, 하나씩 빼고 맞춤)"


def _fit(known: Known, own: Floats, gold: Floats, there: NDArray[np.bool_], encode: Encode) -> tuple[float, float, Floats, float]:
    """(squared error, temperature, weights, bias): kernel values come from the other pairs only, so that the fit does not trust its own answers."""
    kernel = known.told(known.memories, known.messages, encode, apart=True)[there]
    x = np.column_stack([np.log(np.clip(kernel, 1e-3, 1 - 1e-3) / (1 - np.clip(kernel, 1e-3, 1 - 1e-3))), own])
    weights, bias = logistic(x, gold, (1, *SIGNS), RIDGE)
    told = 1 / (1 + np.exp(-(x @ weights + bias)))
    return float(((told - gold) ** 2).mean()), known.temperature, weights, bias
