"""From folders to one model in memory with its adapters: safetensors only, no remote code, never the network."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from ohlora_tui.bases import Base, here, local_folder
from ohlora_tui.devices import device, four_bits, quiet
from ohlora_tui.engine import int8cache, quantized, threads
from ohlora_tui.errors import ModelError
from ohlora_tui.settings import Settings
from ohlora_tui.tokens import fit_embeddings

SMALL = 100_000_000
"""Parameters below which a base runs in fp32 on the CPU and its expressions are scored whole; above it: bf16, one mixed batch."""

Progress = Callable[[str], None]


def load_base(base: Base, settings: Settings, adapters: dict[str, Path], progress: Progress) -> tuple[Any, Any]:
    """(model, tokenizer) of `base`, its embedding large enough for the tokenizer and for every adapter. ModelError if it cannot be."""
    from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

    quiet()
    source, where = here(base, settings.pulled_models).place, device()
    same: dict[str, Any] = {"revision": base.revision, "local_files_only": True, "trust_remote_code": False}
    with _named(base):
        config = AutoConfig.from_pretrained(source, **same)
        tokenizer = AutoTokenizer.from_pretrained(source, **same)
        with torch.device("meta"):
            size = sum(p.numel() for p in AutoModelForCausalLM.from_config(config).parameters())
    wish = quantized.possible(settings.quantize, where, progress)
    dtype = torch.float32 if size < SMALL and where == "cpu" else torch.bfloat16
    progress(f"{base.name} 모델을 읽고 있어요 ({size / 1e6:,.0f}M, {where}{'' if wish == 'none' else f', {wish}'}).")
    if where == "cpu" and size >= SMALL and not settings.threads:
        torch.set_num_threads(threads.count(settings.home, progress))
    rows = max((embedding_rows(a) for a in adapters.values()), default=0)

    def fitted(model: Any) -> Any:
        if told := fit_embeddings(model, tokenizer, rows):
            progress(told)
        return model

    def read() -> Any:
        more = {"quantization_config": four_bits(where, quantized.INSTEAD), "device_map": {"": 0}} if wish == "4bit" else {}
        return fitted(AutoModelForCausalLM.from_pretrained(source, dtype=dtype, use_safetensors=True, **more, **same))

    with _named(base):
        files = local_folder(base, settings.pulled_models)
        if wish == "int8" and files is not None:
            model = fitted(int8cache.load(int8cache.Cache.of(files, settings.home, base.slug), config, tokenizer, read, progress))
        else:
            model = read()
    return whole_rows((model if wish == "4bit" else model.to(where)).eval()), tokenizer


def whole_rows(model: Any) -> Any:
    """The model, its output layer reading rows that lie side by side.

    Of the prompts only the last places reach it, as a strided view (even of one prompt: its strides tell), for which torch copies
    a frozen weight once a row: a second before the first token at Polyglot's size (30,080 x 2,048, bf16).
    """
    model.get_output_embeddings().register_forward_pre_hook(lambda _, args: (args[0].contiguous().flatten().view(args[0].shape), *args[1:]))
    return model


def attach(model: Any, adapters: dict[str, Path], progress: Progress) -> Any:
    """The model with every adapter under its head's name, ready to switch; the model itself if there is none."""
    if not adapters:
        return model
    from peft import PeftModel

    for name, folder in adapters.items():
        _check_adapter(name, folder)
        progress(f"{name} 어댑터를 붙이고 있어요.")
        options: dict[str, Any] = {"adapter_name": name, "is_trainable": False, "autocast_adapter_dtype": False}
        try:
            if isinstance(model, PeftModel):
                model.load_adapter(str(folder), **options)
            else:
                model = PeftModel.from_pretrained(model, str(folder), **options)
        except (RuntimeError, ValueError, KeyError, OSError) as wrong:
            raise ModelError(f"{folder} 어댑터가 이 모델에 맞지 않아요: {_first_line(wrong)}", _retrain(name)) from wrong
    return model.eval()


def embedding_rows(adapter: Path) -> int:
    """Most rows of an embedding or output layer saved in this adapter; 0 if it holds none. Reads the header alone."""
    file = adapter / "adapter_model.safetensors"
    if not file.is_file():
        return 0
    names = ("embed_in", "embed_out", "embed_tokens", "lm_head", "wte")
    shapes = [(key, entry["shape"]) for key, entry in _header(file).items() if key != "__metadata__" and "lora_" not in key]
    return max((shape[0] for key, shape in shapes if len(shape) == 2 and any(n in key for n in names)), default=0)


@contextmanager
def _named(base: Base) -> Iterator[None]:
    """Whatever the libraries raise while loading, as one sentence and the next command."""
    from safetensors import SafetensorError

    try:
        yield
    except (OSError, ValueError, RuntimeError, KeyError, ImportError, SafetensorError) as wrong:
        there = Path(base.source).is_dir()
        what = f"읽을 수 없어요: {_first_line(wrong)}" if there else "아직 이 컴퓨터에 없어요."
        hint = f"폴더를 확인해 주세요: {base.source}" if there else f"ohlora models pull {base.name} 으로 받거나, 폴더가 있으면 `--base 폴더`로 알려 주세요."
        raise ModelError(f"{base.name} 모델을 {what}" if there else f"{base.name} 모델이 {what}", hint) from wrong


def _check_adapter(name: str, folder: Path) -> None:
    """An adapter is LoRA weights as safetensors; anything else could run code or fail later."""
    if not (folder / "adapter_model.safetensors").is_file():
        raise ModelError(f"{folder} 폴더에 adapter_model.safetensors가 없어요.", _retrain(name))
    _header(folder / "adapter_model.safetensors")
    try:
        kind = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8")).get("peft_type")
    except (OSError, ValueError, AttributeError) as wrong:
        raise ModelError(f"{folder}/adapter_config.json을 읽을 수 없어요: {_first_line(wrong)}", _retrain(name)) from wrong
    if kind != "LORA":
        raise ModelError(f"{folder} 어댑터는 LoRA가 아니라 {kind!r}예요.", _retrain(name))


def _header(file: Path) -> dict[str, Any]:
    """Names and shapes of a safetensors file. ModelError if it is damaged."""
    try:
        with file.open("rb") as handle:
            size = struct.unpack("<Q", handle.read(8))[0]
            found = json.loads(handle.read(size)) if size < 100_000_000 else None
    except (OSError, ValueError, struct.error) as wrong:
        raise ModelError(f"{file} 파일이 손상됐어요: {_first_line(wrong)}", "다시 학습하거나 내려받아 주세요.") from wrong
    if not isinstance(found, dict):
        raise ModelError(f"{file} 파일이 safetensors가 아니에요.", "다시 학습하거나 내려받아 주세요.")
    return found


def _retrain(name: str) -> str:
    return f"ohlora finetune --col {name} 으로 다시 학습해 주세요."


def _first_line(wrong: BaseException) -> str:
    return (str(wrong).strip().splitlines() or [type(wrong).__name__])[0][:200]
