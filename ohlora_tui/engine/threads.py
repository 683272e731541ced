"""How many CPU threads a large base runs best with: measured once a machine, kept in the data folder.

A decode step reads every weight once, so what counts is how fast memory is read, not how many cores there are: one thread may be
enough, and two on two busy cores were slower than one.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import time
from collections.abc import Callable
from pathlib import Path

import torch

SHAPE = (8192, 2048)
"""A Polyglot-Ko 1.3B feed-forward weight."""
LAYERS = 8
"""Weights read a pass: 0.25 GiB in bf16, more than the processors' caches of today."""
PASSES = 5
"""The fastest of them counts: the slower ones tell of what else runs."""
GAIN = 0.9
"""More threads must take less than this share of the time: they take a core from everything else on the machine."""
FILE = "threads.json"


def count(home: Path, progress: Callable[[str], None] = lambda line: None, clock: Callable[[int], float] | None = None) -> int:
    """Threads for a large base on this machine: from the file in `home`, or measured now and kept there."""
    here = machine()
    if (known := _read(home / FILE, here)) > 0:
        return known
    progress("이 컴퓨터에 맞는 스레드 수를 재고 있어요. 처음 한 번만 해요.")
    seconds = measured(clock or step_seconds())
    best = choose(seconds)
    progress(f"스레드 {best}개로 써요 ({', '.join(f'{n}개 {s * 1000:.0f} ms' for n, s in seconds.items())}).")
    try:
        home.mkdir(parents=True, exist_ok=True)
        (home / FILE).write_text(json.dumps({"machine": here, "threads": best, "seconds": seconds}), encoding="utf-8")
    except OSError as wrong:
        progress(f"잰 것을 {home / FILE}에 적어 두지 못했어요 ({wrong.strerror}).")
    return best


def measured(clock: Callable[[int], float], cores: int = 0) -> dict[int, float]:
    """Threads -> seconds a pass; 1, 2, 4 … up to the cores, ending early once more threads are slower."""
    most, found = cores or usable_cores(), {1: clock(1)}
    for threads in sorted({n for n in (2, 4, 8, 16, 32, 64) if n < most} | {most} - {1}):
        found[threads] = clock(threads)
        if found[threads] > 1.2 * min(found.values()):
            break
    return found


def choose(seconds: dict[int, float]) -> int:
    """The fewest threads that nothing beats by more than GAIN."""
    best = 1
    for threads in sorted(seconds):
        if seconds[threads] < GAIN * seconds[best]:
            best = threads
    return best


def step_seconds() -> Callable[[int], float]:
    """A clock: seconds of one pass of a row through LAYERS weights in bf16 with n threads. Ones, not zeros: those are one page read again and again."""
    weights = [torch.ones(SHAPE, dtype=torch.bfloat16) for _ in range(LAYERS)]
    row = torch.ones(1, SHAPE[1], dtype=torch.bfloat16)

    def clock(threads: int) -> float:
        before = torch.get_num_threads()
        torch.set_num_threads(threads)
        try:
            return min(_pass(weights, row) for _ in range(PASSES))
        finally:
            torch.set_num_threads(before)

    return clock


def _pass(weights: list[torch.Tensor], row: torch.Tensor) -> float:
    began = time.perf_counter()
    for weight in weights:
        torch.nn.functional.linear(row, weight)
    return time.perf_counter() - began


def usable_cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def machine() -> str:
    """A short fingerprint of processor, cores and torch: another one is measured anew."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.is_file() else []
    name = next((line for line in lines if line.startswith("model name")), platform.processor())
    return hashlib.sha256(f"{name} {platform.machine()} {usable_cores()} {torch.__version__}".encode()).hexdigest()[:16]


def _read(path: Path, here: str) -> int:
    """Threads kept for this machine; 0 if there are none, or the file is of another machine or damaged."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return int(found["threads"]) if found["machine"] == here and 1 <= int(found["threads"]) <= usable_cores() else 0
    except (OSError, ValueError, KeyError, TypeError):
        return 0
