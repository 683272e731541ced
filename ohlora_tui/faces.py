"""Her expression by letters, beside a small base's own likelihood: three linear models (eyes, mouth, pose) over what was said and answered.

The head reads her answer alone (the published format has no more); the letters of the user's message tell whether it was a joke or a sorrow.
mini on 787 valid rows: the head alone is right for .466, letters alone for .447, both for .487; log-likelihood -1.720, -1.729, -1.629 a row.
What was meant (face_meaning.py) is weighed in beside both where the bundled embedder is the one it was fit with.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ohlora_tui.errors import ModelError
from ohlora_tui.face_meaning import Meaning
from ohlora_tui.heads import plain
from ohlora_tui.letters import LEVELS, places
from ohlora_tui.records import EXPRESSIONS, EYES, MOUTH, POSE

FILE = "letters.safetensors"
"""Beside the adapter of eyes_mouth_pose."""
SLOTS = 1 << 15
"""Places for the answer's grams, and as many for the message's: log-likelihood on valid -1.643 with half as many, -1.629."""
LEVELS_OF = (("eyes", EYES), ("mouth", MOUTH), ("pose", POSE))
WIDTH = sum(len(levels) for _, levels in LEVELS_OF)
SPREAD = np.array([[getattr(e, part) == level for part, levels in LEVELS_OF for level in levels] for e in EXPRESSIONS], np.float32)
"""(36, WIDTH): which level of each part an expression has."""


@dataclass(frozen=True, slots=True)
class Faces:
    """`values` (2 * SLOTS, WIDTH) int8 times `scales` (WIDTH,), `bias` (WIDTH,); `trust`: what the head's log-likelihood counts, and the letters'."""

    values: NDArray[np.int8]
    scales: NDArray[np.float32]
    bias: NDArray[np.float32]
    trust: tuple[float, float] = (1.0, 0.0)
    lift: NDArray[np.float32] = field(default_factory=lambda: np.zeros(len(EXPRESSIONS), np.float32))
    """(36,) added to what each expression weighs: a rare one is chosen before it is the likeliest (finetune/faces.py)."""
    meaning: Meaning | None = None

    def letters(self, message: str, answer: str) -> NDArray[np.float32]:
        """(36,) log-probabilities of the expressions by letters alone."""
        logits = self.bias.copy()
        for start, text in ((0, answer), (SLOTS, message)):
            at = places(plain(text), SLOTS) + start
            logits += self.values[at].sum(0, dtype=np.int32) * self.scales / len(at) ** 0.5
        return SPREAD @ _normal(logits)

    def weighed(self, likelihoods: NDArray[np.float32], message: str, answer: str) -> NDArray[np.float32]:
        """(36,) the head's log-likelihoods, letters and meaning weighed in and rare ones lifted: the highest is shown."""
        letters = self.letters(message, answer)
        if self.meaning is None:
            return self.trust[0] * likelihoods + self.trust[1] * letters + self.lift
        own, by_letters, by_meaning = self.meaning.trust
        return own * likelihoods + by_letters * letters + by_meaning * self.meaning(plain(message), plain(answer)) + self.lift

    def save(self, folder: Path) -> None:
        from safetensors.numpy import save_file

        trust = np.array(self.trust, np.float32)
        kept: dict[str, NDArray[Any]] = {"values": self.values, "scales": self.scales, "bias": self.bias, "trust": trust, "lift": self.lift}
        save_file({**kept, **(self.meaning.told() if self.meaning else {})}, folder / FILE)


def load(folder: Path) -> Faces | None:
    """The letters beside an adapter; None where there are none (a large base, an adapter from elsewhere). ModelError if they are damaged."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    if not (folder / FILE).is_file():
        return None
    try:
        kept = load_file(folder / FILE)
        found = Faces(kept["values"], kept["scales"], kept["bias"], (float(kept["trust"][0]), float(kept["trust"][1])))
        found = replace(found, lift=kept["lift"]) if "lift" in kept else found  # letters of an adapter that is older
        found = replace(found, meaning=Meaning.of(kept))
    except (OSError, ValueError, KeyError, IndexError, SafetensorError) as wrong:
        raise _damaged(folder) from wrong
    if (found.values.shape, found.scales.shape, found.bias.shape, found.lift.shape) != ((2 * SLOTS, WIDTH), (WIDTH,), (WIDTH,), (len(EXPRESSIONS),)):
        raise _damaged(folder)
    return found


def small(weights: NDArray[np.floating], bias: NDArray[np.floating]) -> Faces:
    """From (2 * SLOTS, WIDTH) weights: int8 with one scale a level."""
    scales = np.maximum(np.abs(weights).max(0), 1e-9) / LEVELS
    return Faces(np.round(weights / scales).astype(np.int8), scales.astype(np.float32), bias.astype(np.float32))


def _normal(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """(WIDTH,) each part's logits as log-probabilities."""
    ends = np.cumsum([len(levels) for _, levels in LEVELS_OF])[:-1]
    return np.concatenate([part - np.logaddexp.reduce(part) for part in np.split(logits, ends)])


def _damaged(folder: Path) -> ModelError:
    return ModelError(f"{folder / FILE} 파일이 손상됐어요.", "ohlora finetune --col eyes_mouth_pose 으로 다시 학습해 주세요.")
