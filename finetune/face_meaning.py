"""Fit the network that tells her expression by the vectors of what was said and answered (ohlora_tui/face_meaning.py)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ohlora_tui.face_meaning import Floats, Meaning, bundled, numbers
from ohlora_tui.heads import EXPRESSION_TEXTS, plain
from ohlora_tui.records import Turn

HIDDEN, NETWORKS, EPOCHS, BATCH = 256, 2, 10, 128
"""1,996 valid rows, log-likelihood a row: -1.495 with 256 hidden numbers, -1.511 with 512 and more dropout; with hashed grams as further numbers -2.07."""
RATE, DECAY, DROPPED, DROPPED_INSIDE = 2e-3, 0.02, 0.2, 0.4
LEAST = 200
"""Rows below which nothing is learnt: a network of 200,000 weights knows a handful by heart."""


def fit(turns: Sequence[Turn]) -> Meaning | None:
    """The network of the turns' messages, answers and expressions, trusted in nothing yet; None of too few."""
    if len(turns) < LEAST:
        return None
    x = numbers(bundled(), [plain(t.message) for t in turns], [plain(t.answer) for t in turns])
    gold = np.array([EXPRESSION_TEXTS.index(t.expression.text) for t in turns if t.expression])
    nets = [_learned(x, gold, seed) for seed in range(NETWORKS)]

    def beside(layer: int, name: str, share: float = 1.0) -> list[Floats]:
        return [getattr(net[layer], name).detach().numpy() / share for net in nets]

    inner, outer = np.concatenate(beside(1, "weight")).T, np.concatenate(beside(4, "weight", NETWORKS), axis=1).T
    return Meaning(inner, np.concatenate(beside(1, "bias")), outer, np.mean(beside(4, "bias"), axis=0), np.zeros(3, np.float32), bundled().fingerprint)


def _learned(x: Floats, gold: NDArray[np.int64], seed: int) -> Any:
    """One network from x (N, F) and the number of each row's expression (N,)."""
    import torch
    from torch import nn

    torch.manual_seed(seed)
    rows, right = torch.from_numpy(x), torch.from_numpy(gold)
    net = nn.Sequential(nn.Dropout(DROPPED), nn.Linear(x.shape[1], HIDDEN), nn.ReLU(), nn.Dropout(DROPPED_INSIDE), nn.Linear(HIDDEN, len(EXPRESSION_TEXTS)))
    how = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=DECAY)
    fade = torch.optim.lr_scheduler.OneCycleLR(how, RATE, total_steps=EPOCHS * -(-len(rows) // BATCH))
    for _ in range(EPOCHS):
        for at in torch.randperm(len(rows)).split(BATCH):
            loss = nn.functional.cross_entropy(net(rows[at]), right[at])
            how.zero_grad()
            loss.backward()
            how.step()
            fade.step()
    return net.eval()
