"""A base on this machine, ready to be trained: safetensors only, no remote code, never the network."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ohlora_tui.bases import Base
from ohlora_tui.devices import device, four_bits
from ohlora_tui.errors import ModelError

LARGE = 100_000_000
"""Parameters from which a base is trained by the recipe for large ones."""


def load(base: Base, quantize: str = "none") -> tuple[Any, Any]:
    """(model in fp32, or bf16 when large, or 4 bits; tokenizer). Never from the network; ModelError if it is not here."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

    with named(base):
        config = AutoConfig.from_pretrained(base.place, **pinned(base))
        tokenizer = AutoTokenizer.from_pretrained(base.place, **pinned(base))
        dtype = torch.bfloat16 if is_large(config) else torch.float32
        more = {"quantization_config": four_bits(device(), "--quantize 없이 학습해 주세요.")} if quantize == "4bit" else {}
        model = AutoModelForCausalLM.from_pretrained(base.place, dtype=dtype, use_safetensors=True, **more, **pinned(base))
    return model, tokenizer


def pinned(base: Base) -> dict[str, Any]:
    return {"revision": base.revision, "local_files_only": True, "trust_remote_code": False}


@contextmanager
def named(base: Base) -> Iterator[None]:
    """Whatever the libraries raise while loading, as one sentence and the next command."""
    try:
        yield
    except (OSError, ValueError, KeyError, RuntimeError) as wrong:
        hint = (
            f"폴더를 확인해 주세요: {base.place}"
            if Path(base.place).is_dir()
            else f"ohlora models pull {base.name} 으로 받거나, 폴더가 있으면 `--base 폴더`로 알려 주세요."
        )
        raise ModelError(f"{base.name} 모델을 읽을 수 없어요: {(str(wrong).splitlines() or [''])[0][:200]}", hint) from wrong


def is_large(config: Any) -> bool:
    """Whether a model of this configuration has LARGE parameters or more; counted without making its weights."""
    import torch
    from transformers import AutoModelForCausalLM

    with torch.device("meta"):
        return sum(p.numel() for p in AutoModelForCausalLM.from_config(config).parameters()) >= LARGE
