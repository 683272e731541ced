"""What this process holds and how busy the machine is beside it: the memory and the load that a speed report stands on."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

GIB = 2**30


def held_gib(where: str) -> float:
    """GiB this process holds: resident memory on the CPU (file pages that are mapped count), the allocator's own on a GPU."""
    import torch

    if where == "cuda":
        return torch.cuda.memory_allocated() / GIB
    if where == "mps":
        return torch.mps.current_allocated_memory() / GIB
    import psutil  # comes with peft

    return float(psutil.Process().memory_info().rss) / GIB


def weights_gib(models: Iterable[Any]) -> float:
    """GiB of the parameters and buffers of some models, each counted once however often it is shared."""
    tensors = {id(t): t for model in models for t in (*model.parameters(), *model.buffers())}
    return sum(t.numel() * t.element_size() for t in tensors.values()) / GIB


class Load:
    """Cores that other processes took between making it and asking; 0 where the system does not tell."""

    def __init__(self, stat: Path = Path("/proc/stat")) -> None:
        self._stat = stat
        self._began = (time.perf_counter(), time.process_time(), self._busy())

    def others(self) -> float:
        wall, own, busy = (now - then for now, then in zip((time.perf_counter(), time.process_time(), self._busy()), self._began, strict=True))
        return max(0.0, (busy - own) / wall) if self._stat.is_file() and wall > 0 else 0.0

    def _busy(self) -> float:
        """Seconds of processor time that all processes have had since the machine started."""
        if not self._stat.is_file():
            return 0.0
        user, nice, system, _idle, _wait, irq, soft = (int(n) for n in self._stat.read_text().splitlines()[0].split()[1:8])
        return (user + nice + system + irq + soft) / os.sysconf("SC_CLK_TCK")
