"""The memories that belong to a message, each with a calibrated relevance 0..1, or none: silence is a good answer.

message --encode once--> cosine with the cached matrix + keyword hits --> candidates --features, logistic--> score >= threshold
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ohlora_tui import embedder
from ohlora_tui.associations import Associations
from ohlora_tui.errors import ModelError
from ohlora_tui.need import Need
from ohlora_tui.records import Memory, Recall
from ohlora_tui.relevance import FEATURES, features, relevance, sigmoid, word_cosines
from ohlora_tui.words import shared, times

CANDIDATES = 32
"""Memories weighed in full: the nearest by cosine; keyword hits and pinned ones come on top."""
RUNNERS_UP = 2
"""Unused memories kept to explain the choice."""
CALIBRATION = "retriever.json"

Vectors = NDArray[np.float32]


class Retriever:
    """`threshold`: relevance above which a memory is read (chosen on validation). `fingerprint`, `dim`: of the vectors."""

    def __init__(self, model: embedder.Embedder, calibration: dict[str, Any], associations: Associations | None = None) -> None:
        if tuple(calibration["features"]) != FEATURES or len(calibration["gate"]) != model.dim:
            raise ModelError(
                "검색 모델의 보정 값이 이 프로그램과 맞지 않아요.",
                "프로그램을 다시 설치해 주세요.",
            )
        self._model = model
        self._associations = associations or Associations({}, model.encode)
        self._weights = np.array(calibration["weights"], np.float64)  # (F,)
        self._bias = float(calibration["bias"])
        self._final = [float(w) for w in calibration["final"]]
        graded = calibration.get("graded")  # a retriever of before 2026-11-26 has none: its relevance stands for it
        self._graded = None if graded is None else (np.array(graded, np.float64), float(calibration["graded_bias"]))
        self._need = Need.of(calibration)
        self.threshold = float(calibration["threshold"])
        self.fingerprint = model.fingerprint
        self.dim = model.dim

    @classmethod
    def load(cls, folder: Path | str) -> Retriever:
        """The embedder and its calibration in `folder`. ModelError if one is missing or damaged."""
        model = embedder.load(folder)
        path = Path(folder) / CALIBRATION
        try:
            return cls(model, json.loads(path.read_text(encoding="utf-8")), Associations.load(Path(folder), model.encode))
        except (OSError, ValueError, KeyError, TypeError) as wrong:
            raise ModelError(f"{path} 보정 값을 읽을 수 없어요: {wrong}.", "프로그램을 다시 설치해 주세요.") from wrong

    def warm_up(self) -> None:
        """The headwords' vectors are made now (.26 s), not while the first message waits."""
        self._associations.warm_up()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """(N,) texts -> (N, D) float32 unit rows."""
        return self._model.encode(texts)

    def scores(self, message: str, texts: Sequence[str], cosines: Vectors, vector: Vectors) -> NDArray[np.float64]:
        """(K,) calibrated relevances of K rendered memories for one message; `vector` (D,) is the message's."""
        return self._relevance(self._features(message, texts, cosines, vector))

    def judged(self, message: str, texts: Sequence[str]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(K,) relevances and (K,) graded similarities 0..1 (the rubric of ohlora_tui/pools.py) of K memories for one message."""
        found = self.features(message, texts)
        relevances = self._relevance(found)
        return relevances, relevances if self._graded is None else sigmoid(found @ self._graded[0] + self._graded[1])

    def features(self, message: str, texts: Sequence[str]) -> NDArray[np.float64]:
        """(K, F) the numbers of ohlora_tui/relevance.py for K memories."""
        vectors = self.encode([message, *texts])
        return self._features(message, texts, vectors[1:] @ vectors[0], vectors[0])  # (K, D) @ (D,) -> (K,)

    def _features(self, message: str, texts: Sequence[str], cosines: Vectors, vector: Vectors) -> NDArray[np.float64]:
        words = word_cosines(message, texts, self.encode)
        return features(message, texts, cosines, words, self._associations.around(message, vector, texts), self._need(message, vector))

    def _relevance(self, found: NDArray[np.float64]) -> NDArray[np.float64]:
        return relevance(found, self._weights, self._bias, self._final)

    def recall(
        self,
        message: str,
        memories: Sequence[Memory],
        matrix: Vectors,
        keyword: Mapping[int, float],
        now: datetime,
        limit: int,
        render: Callable[[Memory, datetime], str],
        threshold: float = 0.0,
    ) -> tuple[Recall, ...]:
        """Weighed memories, best first: used ones (score >= threshold, at most `limit`, pinned ones always), then runners-up.

        `matrix` (N, D): vectors of `memories`; a row of zeros is one not embedded yet. `keyword`: memory id -> keyword score,
        which brings a memory among the candidates. `render` gives the text the prompt reads, dates relative to `now`.
        `threshold` 0 means the shipped one.
        """
        if not memories:
            return ()
        vector = self.encode([message])[0]
        cosines = matrix @ vector  # (N, D) @ (D,) -> (N,)
        picked = self._candidates(memories, cosines, keyword, times(message), now, render)
        texts = [render(memories[i], now) for i in picked]
        scores = self.scores(message, texts, cosines[picked], vector)
        weighed = [
            Recall(memories[i], float(s), False, t, shared(message, t), float(cosines[i]))
            for i, t, s in zip(picked, texts, scores, strict=True)
        ]
        return _chosen(weighed, limit, threshold or self.threshold)

    def _candidates(
        self, memories: Sequence[Memory], cosines: Vectors, keyword: Mapping[int, float],
        asked: frozenset[str], now: datetime, render: Callable[[Memory, datetime], str],
    ) -> list[int]:  # fmt: skip
        """Indices of the memories to weigh: nearest, keyword hits, pinned, and those dated to a time the message names."""
        near = set(np.argsort(-cosines)[:CANDIDATES].tolist())
        hits = {i for i, m in enumerate(memories) if m.pinned or m.id in keyword}
        dated = {i for i, m in enumerate(memories) if asked and times(render(m, now)) & asked} if asked else set()
        return sorted(near | hits | set(sorted(dated)[-CANDIDATES:]))


def _chosen(weighed: list[Recall], limit: int, threshold: float) -> tuple[Recall, ...]:
    """Pinned ones first in the count, then the best above the threshold; the next RUNNERS_UP stay unused."""
    from dataclasses import replace

    ranked = sorted(weighed, key=lambda r: -r.score)
    free = max(0, limit - sum(r.memory.pinned for r in ranked))
    good = [r for r in ranked if not r.memory.pinned and r.score >= threshold][:free]
    used = [replace(r, used=True) for r in ranked if r.memory.pinned or r in good]
    rest = [r for r in ranked if not r.memory.pinned and r not in good]
    return tuple(used + rest[:RUNNERS_UP])
