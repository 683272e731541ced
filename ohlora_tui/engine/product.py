"""oneDNN's int8 product, and how its left side has to be read on this processor for the sums to be right and fast.

One thread, 2 x 2048 by 2048 x 2048 (ms), the processor's instructions limited by ONEDNN_MAX_CPU_ISA; "wrong" is .15 to .3 off at a mean of .7:

    reading           AVX2         AVX-512       AVX-512 VNNI
    unsigned, 8 bits  .56, wrong   .11, wrong    .09
    unsigned, 7 bits  .56          .11           .09
    signed            6.4, wrong   176           175
    bf16 instead      .70          1.80          .34

Without VNNI two products of 8 unsigned bits overflow the 16 bits they are added in; signed ones have a slow way only, on processors without AMX.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import torch

WEIGHT_LEVELS = 127
"""Largest int8 value of a weight; symmetric."""
SIZE, ROUNDS = 512, 5
"""Of the product that is tried: 0.25 MB of weights, under a millisecond where it is fast; the best of ROUNDS counts."""
SLOWEST = 4.0
"""Times bf16's seconds that a product in the cache may take: from memory, where half the bytes count, it is still no loss, and prompts gain
sevenfold on AVX2 (40 rows: 2.0 ms against 14.6). A processor's slow way takes a hundred times as long."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a layer reads becomes round(x / step) + zero, step = the row's largest / levels."""

    levels: int
    zero: int
    """Added so that nothing is negative (uint8); 0 keeps the sign (int8)."""
    alone: bool = True
    """Whether a single row is as fast as two; else it is read twice."""

    def of(self, rows: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """(N, in) fp32 -> (N, in) uint8 or int8, (N, 1) fp32 steps."""
        step = rows.abs().amax(1, keepdim=True).clamp_min_(1e-12).div_(self.levels)
        return (rows / step).round_().add_(self.zero).to(torch.uint8 if self.zero else torch.int8), step

    def times(self, read: torch.Tensor, packed: torch.Tensor, scales: torch.Tensor, zeros: torch.Tensor) -> torch.Tensor:
        """(N, in) as `of` gives it, by a prepacked (out, in) weight -> (N, out) fp32, before the steps."""
        doubled = read.repeat(2, 1) if len(read) == 1 and not self.alone else read
        out = torch.ops.onednn.qlinear_pointwise(doubled, 1.0, self.zero, packed, scales, zeros, None, 1.0, 0, torch.float32, "none", [], "")
        return out[: len(read)]


SURE = Reading(63, 64)
"""Exact on every processor."""
READINGS = (Reading(127, 128), SURE, Reading(127, 0))
"""The finest of the fast ones first."""


def packed(values: torch.Tensor) -> torch.Tensor:
    """(out, in) int8 in oneDNN's own layout."""
    found: torch.Tensor = torch.ops.onednn.qlinear_prepack(values, None)
    return found


@cache
def reading() -> Reading | None:
    """The finest reading whose sums are exact here and fast enough; None: int8 is slow on this processor or torch lacks it."""
    try:
        return next((fit for r in READINGS if (fit := _tried(r))), None)
    except (AttributeError, RuntimeError):  # torch was built without the operator, or it has none for this processor
        return None


def _tried(one: Reading) -> Reading | None:
    values = torch.full((SIZE, SIZE), WEIGHT_LEVELS, dtype=torch.int8)  # the largest sums there are: what overflows shows
    held, scales, zeros = packed(values), torch.ones(SIZE), torch.zeros(SIZE, dtype=torch.long)
    wide = values.bfloat16()

    def seconds(rows: int) -> float:
        read, _ = one.of(torch.ones(rows, SIZE))
        return _least(lambda: one.times(read, held, scales, zeros))

    read, _ = one.of(torch.ones(2, SIZE))
    exact = float(one.levels * WEIGHT_LEVELS * SIZE)
    if not torch.equal(one.times(read, held, scales, zeros), torch.full((2, SIZE), exact)):
        return None
    two, plain = seconds(2), torch.ones(2, SIZE).bfloat16()
    if two > SLOWEST * _least(lambda: torch.nn.functional.linear(plain, wide)):
        return None
    return Reading(one.levels, one.zero, alone=seconds(1) <= 2 * two)


def _least(call: Callable[[], object]) -> float:
    """Seconds of the fastest of ROUNDS calls, after one that warms up."""
    call()
    spent = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        call()
        spent.append(time.perf_counter() - began)
    return min(spent)
