"""What kind of message is this? Its topic and its act (good news, a plan, a question …), and a written answer that suits the whole kind.

message -> letter grams (hashed) + vector -> softmax over topics, softmax over acts -> the answers of (topic, act)
The net below the rows: where no row is near, an answer of the kind still speaks of the right world in the right mood.
"""

from __future__ import annotations

import csv
import io
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ohlora_tui.dataset import unpacked
from ohlora_tui.embedder import Embedder
from ohlora_tui.errors import DataError, ModelError
from ohlora_tui.nearness import hashed
from ohlora_tui.records import Expression, Turn
from ohlora_tui.words import spelled

BUCKETS = 1 << 13
"""Hashed letter grams. 8,192 x 75 classes x 2 bytes: 1.2 MB."""
COLUMNS = ("topic", "act", "answer", "summary", "eyes_mouth_pose")
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Kind:
    """One guess: the shares of all topics and acts, and the likeliest of each."""

    topics: Floats  # (T,) sums to 1
    acts: Floats  # (A,) sums to 1
    topic: str
    act: str

    @property
    def sure(self) -> float:
        """Probability that topic and act are both right, taken as independent."""
        return float(self.topics.max() * self.acts.max())


@dataclass(frozen=True, slots=True)
class General:
    """One answer that suits every message of its kind."""

    answer: str
    summary: str
    expression: Expression


def features(embedder: Embedder, messages: Sequence[str]) -> Floats:
    """(N, BUCKETS + D): unit letter grams and unit vectors; signs stay, for a question mark tells the act."""
    texts = [spelled(m) for m in messages]
    found = np.zeros((len(texts), BUCKETS), np.float32)
    for row, text in enumerate(texts):
        for gram, count in hashed(text.replace("?", " ? ")).items():
            found[row, gram % BUCKETS] += 1 + np.log(count)
    found /= np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)
    return np.concatenate([found, embedder.encode(texts)], axis=1)


class Kinds:
    """`arrays`: topics (F, T), acts (F, A), topic_bias, act_bias; `answers`: by (topic, act)."""

    def __init__(
        self, arrays: dict[str, Any], topics: Sequence[str], acts: Sequence[str], answers: dict[tuple[str, str], list[General]], embedder: Embedder
    ) -> None:
        self._arrays, self.topics, self.acts, self._answers, self._embedder = arrays, list(topics), list(acts), answers, embedder

    @classmethod
    def load(cls, folder: Path, embedder: Embedder) -> Kinds:
        """The classifier and the answers in `folder`. ModelError if a file is missing or damaged."""
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        try:
            names = json.loads((folder / "kinds.json").read_text(encoding="utf-8"))
            arrays = load_file(folder / "kinds.safetensors")
            return cls(arrays, names["topics"], names["acts"], read_answers(folder / "kinds.tsv.gz"), embedder)
        except (OSError, ValueError, KeyError, SafetensorError, DataError) as wrong:
            raise ModelError(f"{folder}의 말 갈래를 읽을 수 없어요: {wrong}.", "프로그램을 다시 설치해 주세요.") from wrong

    @property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """The (topic, act) that have answers."""
        return frozenset(self._answers)

    def guess(self, messages: Sequence[str]) -> list[Kind]:
        """The kind of each message."""
        found = features(self._embedder, messages)
        topics = softmax(found @ self._arrays["topics"].astype(np.float32) + self._arrays["topic_bias"])  # (N, F) @ (F, T) -> (N, T)
        acts = softmax(found @ self._arrays["acts"].astype(np.float32) + self._arrays["act_bias"])
        return [Kind(t, a, self.topics[int(t.argmax())], self.acts[int(a.argmax())]) for t, a in zip(topics, acts, strict=True)]

    def answer(self, kind: Kind, turn: Turn, said: frozenset[str]) -> Turn | None:
        """`turn` with an answer of its kind that is not in `said`; None if the kind has none (left)."""
        lines = self._answers.get((kind.topic, kind.act), [])
        start = zlib.crc32(turn.message.encode()) % max(1, len(lines))
        left = [line for line in lines[start:] + lines[:start] if line.answer not in said]
        return replace(turn, answer=left[0].answer, summary=left[0].summary, expression=left[0].expression) if left else None


def softmax(x: Floats) -> Floats:
    powers = np.exp(x - x.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)


def read_answers(path: Path) -> dict[tuple[str, str], list[General]]:
    """(topic, act) -> its answers, from a table packed or not. ValueError names the bad line, DataError a damaged file."""
    found: dict[tuple[str, str], list[General]] = {}
    for number, row in enumerate(csv.DictReader(io.StringIO(unpacked(path), newline=""), delimiter="\t", quoting=csv.QUOTE_NONE), 2):
        if set(row) != set(COLUMNS) or not all(row.values()):
            raise ValueError(f"{path.name} {number}번째 줄의 칸이 맞지 않아요")
        line = General(row["answer"], row["summary"], Expression.parse(row["eyes_mouth_pose"]))
        found.setdefault((row["topic"], row["act"]), []).append(line)
    return found
