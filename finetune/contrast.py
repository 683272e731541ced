"""Contrastive training of a table of token vectors, told and kept by tenths of the run.

A batch of one kind holds pairs (left, right): row i of the left belongs to row i of the right, every other one is a negative.
Kinds are never mixed in a batch, so a memory is only ever told apart from memories and an answer from answers.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from finetune.embedder import Table, ids_of
from ohlora_tui.errors import DataError

log = logging.getLogger(__name__)

TAU = 0.07
"""Temperature of the softmax over a batch: MoCo's (He et al. 2020), as in what was tried before us."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Pairs of one kind. `epochs` passes over them; `nones`: right sides that belong to no left side (messages that need no memory)."""

    name: str
    pairs: Sequence[tuple[str, str]]
    epochs: int
    nones: Sequence[str] = ()


PARTS = 10
"""Tenths of a run: after each the losses are told, the table is judged and a checkpoint kept."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What happens after each tenth. `judge`: table -> score, the best table is kept; `progress`: (tenth, mean losses, score); `state`: checkpoint file."""

    judge: Callable[[Table], float] | None = None
    progress: Callable[[int, dict[str, float], float | None], None] | None = None
    state: Path | None = None
    resume: bool = False


def contrast(
    table: Table, tokenizer: Any, kinds: Sequence[Kind], *, rate: float, batch: int, drop: float, seed: int, watch: Watch | None = None
) -> tuple[Table, dict[str, list[float]]]:
    """The table after contrastive training on `kinds` (batches of all kinds shuffled), and the mean loss of each kind by tenth of the run.

    With a judge in `watch`: the best of the ten tables. A run that resumes goes on bit for bit (CPU).
    """
    import torch

    watch = watch or Watch()
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    data = [_encoded(tokenizer, kind) for kind in kinds]
    plan = list(_batches(kinds, batch, rng))
    weight = torch.nn.Parameter(torch.from_numpy(table.copy()))
    run = _Run(weight, torch.optim.Adam([weight], lr=rate), rng, {k.name: [[] for _ in range(PARTS)] for k in kinds})
    for step in range(run.restored(watch), len(plan)):
        kind, picked = plan[step]
        for group in run.optimiser.param_groups:
            group["lr"] = rate * min(1.0, 2.0 * (1 - step / len(plan)))  # flat, then linear to 0 over the second half
        loss = _loss(weight, data[kind], picked, drop, rng)
        run.optimiser.zero_grad()
        loss.backward()
        run.optimiser.step()
        part = step * PARTS // len(plan)
        run.losses[kinds[kind].name][part].append(float(loss.detach()))
        if (step + 1) * PARTS // len(plan) > part:
            run.told(part, step + 1, watch)
    curve = {name: [round(float(np.mean(part)), 4) for part in parts if part] for name, parts in run.losses.items()}
    return run.best if run.best is not None else weight.detach().numpy(), curve


@dataclass(slots=True)
class _Run:
    """A run under way: what a checkpoint keeps."""

    weight: Any
    optimiser: Any
    rng: np.random.Generator
    losses: dict[str, list[list[float]]]
    best: Table | None = None
    score: float = -1.0

    def told(self, part: int, step: int, watch: Watch) -> None:
        """The end of a tenth: judged, told, kept."""
        score = watch.judge(self.weight.detach().numpy()) if watch.judge else None
        if score is not None and score >= self.score:
            self.best, self.score = self.weight.detach().numpy().copy(), score
        means = {name: float(np.mean(parts[part])) for name, parts in self.losses.items() if parts[part]}
        log.info("part %d of %d: %s%s", part + 1, PARTS, {n: round(v, 3) for n, v in means.items()}, "" if score is None else f" valid {score:.3f}")
        if watch.progress:
            watch.progress(part + 1, means, score)
        if watch.state:
            self._keep(step, watch.state)

    def _keep(self, step: int, path: Path) -> None:
        import torch

        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        torch.save({"step": step, "weight": self.weight.detach(), "optimiser": self.optimiser.state_dict(), "rng": self.rng.bit_generator.state,
                    "losses": self.losses, "best": self.best, "score": self.score}, fresh)  # fmt: skip
        fresh.replace(path)  # a kill in between leaves the one before

    def restored(self, watch: Watch) -> int:
        """The step to go on from: 0, or what the checkpoint says. DataError without one."""
        import torch

        if not watch.resume:
            return 0
        if watch.state is None or not watch.state.is_file():
            raise DataError(f"{watch.state}에 이어서 할 학습이 없어요.", "--resume 없이 처음부터 시작해 주세요.")
        kept = torch.load(watch.state, weights_only=False)  # our own file: it holds numpy's generator state
        with torch.no_grad():
            self.weight.copy_(kept["weight"])
        self.optimiser.load_state_dict(kept["optimiser"])
        self.rng.bit_generator.state = kept["rng"]
        self.losses, self.best, self.score = kept["losses"], kept["best"], kept["score"]
        return int(kept["step"])


@dataclass(frozen=True, slots=True)
class _Encoded:
    left: list[NDArray[np.int64]]
    right: list[NDArray[np.int64]]
    nones: list[NDArray[np.int64]]
    same_left: NDArray[np.int64]  # equal numbers: the same text
    same_right: NDArray[np.int64]


def _encoded(tokenizer: Any, kind: Kind) -> _Encoded:
    lefts, rights = [a for a, _ in kind.pairs], [b for _, b in kind.pairs]
    number = {text: n for n, text in enumerate(dict.fromkeys(lefts + rights))}
    return _Encoded(
        ids_of(tokenizer, lefts), ids_of(tokenizer, rights), ids_of(tokenizer, kind.nones),
        np.array([number[t] for t in lefts]), np.array([number[t] for t in rights]),
    )  # fmt: skip


def _batches(kinds: Sequence[Kind], size: int, rng: np.random.Generator) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """(kind, indices) for every batch of every epoch, all shuffled together."""
    plan = []
    for number, kind in enumerate(kinds):
        for _ in range(kind.epochs):
            order = rng.permutation(len(kind.pairs))
            plan += [(number, order[i : i + size]) for i in range(0, len(order), size) if len(order[i : i + size]) > 1]
    for at in rng.permutation(len(plan)):
        yield plan[at]


def _loss(weight: Any, data: _Encoded, picked: NDArray[np.int64], drop: float, rng: np.random.Generator) -> Any:
    """InfoNCE in both directions; equal texts are no negatives of each other; messages for no memory are pushed below .2."""
    import torch

    left = bag(weight, [data.left[i] for i in picked], drop, rng)  # (B, D)
    right = bag(weight, [data.right[i] for i in picked], drop, rng)  # (B, D)
    scores = left @ right.T / TAU  # (B, B)
    equal = (data.same_left[picked][:, None] == data.same_left[picked]) | (
        data.same_right[picked][:, None] == data.same_right[picked]
    )
    np.fill_diagonal(equal, False)
    scores = scores.masked_fill(torch.from_numpy(equal), -1e4)
    gold = torch.arange(len(picked))
    backward = torch.nn.functional.cross_entropy(scores.T, gold)
    if not data.nones:
        return (torch.nn.functional.cross_entropy(scores, gold) + backward) / 2
    chosen = rng.choice(len(data.nones), min(len(data.nones), len(picked) // 4), replace=False)
    away = left @ bag(weight, [data.nones[i] for i in chosen], drop, rng).T  # (B, M)
    forward = torch.nn.functional.cross_entropy(torch.cat([scores, away / TAU], dim=1), gold)
    silence = torch.nn.functional.softplus((away - 0.2) / TAU).mean()
    return (forward + backward) / 2 + 0.5 * silence


def bag(weight: Any, ids: Sequence[NDArray[np.int64]], drop: float, rng: np.random.Generator) -> Any:
    """Unit mean vectors (B, D) of the texts, each token left out with probability `drop` (at least one stays)."""
    import torch

    kept = [_dropped(i, drop, rng) for i in ids]
    offsets = np.cumsum([0] + [len(i) for i in kept[:-1]])
    flat = torch.from_numpy(np.concatenate(kept) if kept else np.zeros(0, np.int64))
    bags = torch.nn.functional.embedding_bag(flat, weight, torch.from_numpy(offsets), mode="mean")
    return torch.nn.functional.normalize(bags, dim=1)


def _dropped(ids: NDArray[np.int64], drop: float, rng: np.random.Generator) -> NDArray[np.int64]:
    if len(ids) < 2 or drop <= 0:
        return ids
    keep = rng.random(len(ids)) >= drop
    if not keep.any():
        keep[rng.integers(len(ids))] = True
    return ids[keep]
