"""What a model read for a head stays in memory, so that the next prompt of that head is read from where it differs.

The published prompts begin with no fixed text (time, memories and summary change by the turn), so what is kept is the last prompt itself:
an answer that is asked for again begins at once, and so does a base without adapters whose examples are the same. Of the 1.3B a token's
keys and values are 0.19 MiB; a prompt of forty for each head is 30 MiB.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from ohlora_tui.engine.constrained import Job

WORTH = 8
"""Fewer tokens than these in common are read again: a forward of forty takes hardly longer than one of thirty-two."""


@dataclass(frozen=True, slots=True)
class Read:
    """A prompt and its (keys, values) by layer, each (1, heads, T, size)."""

    ids: list[int]
    layers: list[tuple[torch.Tensor, torch.Tensor]]


class Prefixes:
    """The last prompt of every adapter; none where `kept` is False (a small base reads a prompt in a hundredth of a second)."""

    def __init__(self, kept: bool = True) -> None:
        self._kept = kept
        self._read: dict[str, Read] = {}

    def before(self, jobs: Sequence[Job]) -> Any | None:
        """A cache of what the prompt of a single job has in common with its adapter's last one, at least one token short of it; else None."""
        from transformers import DynamicCache

        if len(jobs) != 1 or (read := self._read.get(jobs[0].adapter)) is None:
            return None
        common = min(_common(read.ids, jobs[0].prompt), len(jobs[0].prompt) - 1)
        return DynamicCache([(k[:, :, :common], v[:, :, :common]) for k, v in read.layers]) if common >= WORTH else None

    def after(self, jobs: Sequence[Job], cache: Any, width: int) -> None:
        """Keep the prompts of a batch, which end at place `width`; nothing of a cache that drops places or holds them otherwise."""
        from transformers.cache_utils import DynamicLayer

        layers = getattr(cache, "layers", ())
        if not self._kept or not all(type(layer) is DynamicLayer and layer.get_seq_length() >= width for layer in layers):
            return
        for row, job in enumerate(jobs):
            at = slice(width - len(job.prompt), width)
            kept = [(layer.keys[row : row + 1, :, at].clone(), layer.values[row : row + 1, :, at].clone()) for layer in layers]
            self._read[job.adapter] = Read(list(job.prompt), kept)


def _common(one: Sequence[int], other: Sequence[int]) -> int:
    """How many ids two prompts begin with alike."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
