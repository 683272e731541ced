"""Where models run on this machine, and what is said when its memory does not suffice. torch is imported inside."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ohlora_tui.errors import ModelError

_FULL = ("out of memory", "not enough memory", "can't allocate memory", "cannot allocate memory")


def device() -> str:
    """cuda, mps or cpu: the first that is there."""
    import torch

    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def free_gib(where: str) -> float:
    """GiB that a model may still take on a device: a GPU's own, else the machine's that is available."""
    import torch

    if where == "cuda":
        return float(torch.cuda.mem_get_info()[0]) / 2**30
    from pathlib import Path

    told = Path("/proc/meminfo")
    if told.is_file():
        kib = next(int(line.split()[1]) for line in told.read_text().splitlines() if line.startswith("MemAvailable"))
        return kib / 2**20
    import os

    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30 * 0.6  # of all: what else runs is not told here


def speed(where: str, dtype_name: str, side: int = 1024, seconds: float = 0.3) -> float:
    """Floating-point operations a second of square matrix products on a device: what training can at best reach."""
    import torch

    one = torch.randn(side, side, dtype=getattr(torch, dtype_name), device=where)
    one @ one
    began, rounds = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        float((one @ one)[0, 0])  # read back: a GPU answers before it is done
        rounds += 1
    return rounds * 2 * side**3 / (time.perf_counter() - began)


def is_full(wrong: BaseException) -> bool:
    """Whether an error says that memory ran out: torch's own, or the words of the allocators."""
    return isinstance(wrong, MemoryError) or any(words in str(wrong).lower() for words in _FULL)


@contextmanager
def roomy(what: str, hint: str) -> Iterator[None]:
    """Memory that runs out inside becomes one sentence: `what` was being done, and the setting to lower. Anything else goes on."""
    try:
        yield
    except (RuntimeError, MemoryError) as wrong:
        if not is_full(wrong):
            raise
        raise ModelError(f"{what} 메모리가 모자라요 ({device()}, 남은 것 {free_gib(device()):.1f} GiB).", hint) from wrong


def four_bits(where: str, instead: str) -> Any:
    """transformers' setting for NF4 with bf16 sums (QLoRA, arXiv 2305.14314). ModelError, with what to do `instead`, where bitsandbytes or an NVIDIA GPU is missing."""
    import importlib.util

    if where != "cuda" or importlib.util.find_spec("bitsandbytes") is None:
        lacking, hint = ("NVIDIA GPU", instead) if where != "cuda" else ("bitsandbytes", "pip install bitsandbytes 한 뒤에 다시 해 주세요.")
        raise ModelError(f"--quantize 4bit에는 {lacking}가 있어야 해요.", hint)
    import torch
    from transformers import BitsAndBytesConfig

    return BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True, bnb_4bit_compute_dtype=torch.bfloat16
    )


def quiet() -> None:
    """Keep the libraries' bars and warnings off the terminal: they would be drawn over what we show."""
    import warnings

    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    warnings.filterwarnings("ignore", category=FutureWarning, module=r"transformers|peft")
