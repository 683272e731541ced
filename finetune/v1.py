"""The baseline `v1`: the first version's recipe, by the same embedder and on the same pairs, so that only the recipe differs.

    40 lines -> 40 x 40 pairs, gold = share of words two keys have in common -> cosine regression on the table; no calibration

It starts where the current version started: from the general table, before any line of ours was learnt.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from finetune.contrast import bag
from finetune.embedder import encoder, ids_of, load_general
from ohlora_tui.pools import Encode, Line

LINES = 40
"""Lines of the first version's training table; its 20 x 20 and the second version's 40 x 40 pairs were drawn from so many."""
EPOCHS, RATE, BATCH = 10, 1e-3, 64
"""Passes over the pairs, Adam's rate and pairs a step: ten passes were the first version's own number; loss is flat from the sixth on."""


def word_iou(one: str, other: str) -> float:
    """Shared words of two memories' keys over all their words: `내일 일정`, `오늘 일정` -> 1/3."""
    a, b = (set(text.strip("[]").partition(": ")[0].split()) for text in (one, other))
    return len(a & b) / len(a | b) if a | b else 0.0


def pairs_of(lines: Sequence[Line], seed: int) -> list[tuple[str, str, float]]:
    """(memory, message, gold) of every memory with every message of LINES lines with a memory each of its own."""
    rng = np.random.default_rng(seed)
    own: dict[str, Line] = {}
    for line in lines:
        if line.memory:
            own.setdefault(line.memory, line)
    chosen = [list(own.values())[i] for i in rng.permutation(len(own))[:LINES]]
    return [(a.memory, b.message, 1.0 if a is b else word_iou(a.memory, b.memory)) for a in chosen for b in chosen]


def train(folder: Path, pairs: Sequence[tuple[str, str, float]], seed: int) -> Encode:
    """The general table in `folder` after cosine regression on the pairs (sentence-transformers' CosineSimilarityLoss), as an encoder."""
    import torch

    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    tokenizer, table = load_general(folder)
    left, right = (ids_of(tokenizer, [p[side] for p in pairs]) for side in (0, 1))  # type: ignore[misc]
    used = np.unique(np.concatenate([*left, *right]))  # only these rows can change: 600 of 16,000
    left, right = ([np.searchsorted(used, i) for i in ids] for ids in (left, right))
    weight = torch.nn.Parameter(torch.from_numpy(table[used]))
    optimiser = torch.optim.Adam([weight], lr=RATE)
    gold = torch.tensor([p[2] for p in pairs], dtype=torch.float32)
    for _ in range(EPOCHS):
        order = rng.permutation(len(pairs))
        for picked in (order[at : at + BATCH] for at in range(0, len(order), BATCH)):
            one, other = (bag(weight, [ids[i] for i in picked], 0, rng) for ids in (left, right))
            loss = (((one * other).sum(1) - gold[torch.from_numpy(picked)]) ** 2).mean()  # (B,)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    table[used] = weight.detach().numpy()
    return encoder(tokenizer, table)
