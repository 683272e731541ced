"""Does a message need a memory at all? Told by its letters and its meaning, before any memory is looked at.

message -> its 1-4-grams, hashed, and its vector --logistic weights--> a logit

By meaning alone 84 % of the silent valid messages fall below what 80 % of the others reach, by letters too 94 % (1,221 and 348):
"왜 …?", "… 해 봐" and "잘 자" are told by how they are written, not by what they are about.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ohlora_tui.letters import LEVELS, places

SLOTS = 1 << 16
"""Places that grams are hashed to: AUROC on valid .9555 with half as many, .9565, .9556 with twice as many."""


@dataclass(frozen=True, slots=True)
class Need:
    """`letters` (SLOTS,), `meaning` (D,) and `bias` of a logistic regression."""

    letters: NDArray[np.float32]
    meaning: NDArray[np.float32]
    bias: float

    def __call__(self, message: str, vector: NDArray[np.float32]) -> float:
        """The logit; `vector` (D,) is the message's."""
        at = places(message, SLOTS)
        return float(self.letters[at].sum() / len(at) ** 0.5 + vector @ self.meaning) + self.bias

    @classmethod
    def of(cls, known: Mapping[str, Any]) -> Need:
        """From a retriever's calibration. KeyError or ValueError if a part is missing; one of before 2026-11-27 has no letters."""
        letters = np.zeros(SLOTS, np.float32)
        if "gate_letters" in known:
            letters = np.frombuffer(base64.b64decode(known["gate_letters"]), np.int8).astype(np.float32) * float(known["gate_scale"])
        if len(letters) != SLOTS:
            raise ValueError(f"gate_letters has {len(letters)} places, not {SLOTS}")
        return cls(letters, np.array(known["gate"], np.float32), float(known["gate_bias"]))

    def told(self) -> dict[str, Any]:
        """What `of` reads: the letters' weights as int8 of one scale."""
        scale = float(np.abs(self.letters).max()) / LEVELS or 1.0
        small = np.round(self.letters / scale).astype(np.int8)
        return {
            "gate": [round(float(w), 5) for w in self.meaning], "gate_bias": round(self.bias, 5),
            "gate_scale": scale, "gate_letters": base64.b64encode(small.tobytes()).decode(),
        }  # fmt: skip
