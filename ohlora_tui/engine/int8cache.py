"""int8 weights that were made once, kept in the data folder with how far they agree with the base they were made from.

    quantized/<base>-<what its files are>/weights.safetensors   everything a start needs: the base's own file is not read again
                                          agreement.json        written last; below ENOUGH it stands alone, and the base stays as it is
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from ohlora_tui.engine.quantized import Int8Linear, choices, let_go, own, swap
from ohlora_tui.errors import ModelError

ENOUGH = 0.95
"""Share of equal argmax from which int8 speaks. On mini's trained weights (2,370 places) fp32's choice is met by bf16 at .990 and by
int8 at .984, with the adapters at .992 both; random weights of the 1.3B, whose logits lie flat, reach .92. Below .95 more than one token
of a 20-token answer would be another one."""
FORMAT = 1
WEIGHTS, TOLD = "weights.safetensors", "agreement.json"
_END = "-" + "0" * 16
"""As long as what stands behind a base's name in a folder's."""


@dataclass(frozen=True, slots=True)
class Cache:
    """The int8 state of one base as its files are now."""

    folder: Path

    @classmethod
    def of(cls, files: Path, home: Path, slug: str) -> Cache:
        """`files`: where the base lies. Another revision, or files of another size or date, are another cache."""
        found = hashlib.sha256(f"{FORMAT}".encode() + (files / "config.json").read_bytes())
        for path in sorted(files.glob("*.safetensors")):
            found.update(f"{path.name} {path.stat().st_size} {path.stat().st_mtime_ns}".encode())
        return cls(home / "quantized" / f"{slug}-{found.hexdigest()[:16]}")

    def told(self) -> dict[str, Any]:
        """{"agreement", "n", "vocab_size"}; empty if it was never measured or cannot be read."""
        try:
            found = json.loads((self.folder / TOLD).read_text(encoding="utf-8"))
            return {"agreement": float(found["agreement"]), "n": int(found["n"]), "vocab_size": int(found["vocab_size"])}
        except (OSError, ValueError, KeyError, TypeError):
            return {}

    def model(self, config: Any) -> Any:
        """The int8 model. ModelError if the file is missing, damaged or of another architecture than `config` builds."""
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        try:
            return _assembled(config, load_file(self.folder / WEIGHTS))
        except (OSError, ValueError, KeyError, AttributeError, TypeError, RuntimeError, SafetensorError) as wrong:
            raise ModelError(f"적어 둔 int8 가중치({self.folder})를 읽을 수 없어요.", "다시 만들어요.") from wrong

    def keep(self, model: Any, made: dict[str, torch.Tensor], told: dict[str, Any]) -> None:
        """Write it, `made` being what `swap` gave ({}: the agreement alone); caches of the same base's older files go. OSError."""
        from safetensors.torch import save_file

        for other in self._of_this_base():
            shutil.rmtree(other)
        self.folder.mkdir(parents=True)
        if made:
            plain = {n: p.detach() for n, p in model.named_parameters() if not p.is_mkldnn}
            plain |= {n: b for n, b in model.named_buffers() if n in model.state_dict()}
            save_file({n: t.contiguous() for n, t in (plain | made).items()}, self.folder / f"{WEIGHTS}.new")
            os.replace(self.folder / f"{WEIGHTS}.new", self.folder / WEIGHTS)
        (self.folder / f"{TOLD}.new").write_text(json.dumps(told), encoding="utf-8")
        os.replace(self.folder / f"{TOLD}.new", self.folder / TOLD)

    def _of_this_base(self) -> list[Path]:
        """Folders of the same base, this one and those of older files."""
        slug = self.folder.name[: -len(_END)]
        there = self.folder.parent.iterdir() if self.folder.parent.is_dir() else []
        return [p for p in there if p.name[: -len(_END)] == slug and re.fullmatch(r"-[0-9a-f]{16}", p.name[-len(_END) :])]


def load(cache: Cache, config: Any, tokenizer: Any, read: Callable[[], Any], progress: Callable[[str], None]) -> Any:
    """The int8 model, from the cache or made now and kept; the model of `read` (as the base is) if int8 would choose other words."""
    told = cache.told()
    if told and told["agreement"] >= ENOUGH:
        try:
            model = cache.model(_sized(config, told["vocab_size"]))
            let_go()
            progress(f"적어 둔 int8 가중치를 읽었어요 (원래와 같은 선택 {told['agreement']:.1%}).")
            return model
        except ModelError as wrong:
            progress(f"{wrong.message} {wrong.hint}")
    if not told or told["agreement"] >= ENOUGH:
        model, told = _made(cache, tokenizer, read(), progress)
        let_go()
        if told["agreement"] >= ENOUGH:
            return model
        del model  # before the base is read again: both at once would be one and a half times the memory
        let_go()
    progress(f"int8은 원래 모델과 {told['agreement']:.1%}만 같은 낱말을 골라서(기준 {ENOUGH:.0%}) bf16으로 읽어요.")
    return read()


def _made(cache: Cache, tokenizer: Any, model: Any, progress: Callable[[str], None]) -> tuple[Any, dict[str, Any]]:
    progress("int8 가중치를 만들고 원래와 견주고 있어요. 처음 한 번만 해요.")
    model.eval()
    before = choices(model, tokenizer)
    made = swap(model)
    same = float((choices(model, tokenizer) == before).float().mean())
    told = {"agreement": round(same, 4), "n": len(before), "vocab_size": model.get_input_embeddings().weight.shape[0]}
    try:
        cache.keep(model, made if same >= ENOUGH else {}, told)
    except OSError as wrong:
        progress(f"int8 가중치를 {cache.folder}에 적어 두지 못했어요 ({wrong.strerror}). 다음에 다시 만들어요.")
    if same >= ENOUGH:
        progress(f"int8 가중치를 만들었어요 (원래와 같은 선택 {same:.1%}, 자리 {len(before)}개).")
    return model, told


def _sized(config: Any, vocab_size: int) -> Any:
    config.vocab_size = vocab_size  # the embedding may have grown for the tokenizer before it was kept
    return config


def _assembled(config: Any, kept: dict[str, torch.Tensor]) -> Any:
    """A model of `config` from kept tensors, never allocating the weights that int8 replaces. ValueError if a part is missing."""
    from transformers import AutoModelForCausalLM

    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config)
    for name in [n.removesuffix(".values") for n in kept if n.endswith(".values")]:
        parent, _, leaf = name.rpartition(".")
        bias = kept.pop(f"{name}.bias", None)
        layer = Int8Linear(kept.pop(f"{name}.values"), kept.pop(f"{name}.scales"), bias, _dtype_of(kept))
        setattr(model.get_submodule(parent), leaf, layer)
    for name, tensor in kept.items():
        _put(model, name, tensor)
    model.tie_weights()
    _compute_buffers(model, config)
    if left := [n for n, t in (*model.named_parameters(), *model.named_buffers()) if t.is_meta]:
        raise ValueError(f"missing: {left[:3]}")
    own(model)
    return model.eval()


def _dtype_of(kept: dict[str, torch.Tensor]) -> torch.dtype:
    """The base's own type: of any tensor that is kept as it was."""
    return next(t.dtype for n, t in kept.items() if not n.endswith((".values", ".scales")))


def _put(model: nn.Module, name: str, tensor: torch.Tensor) -> None:
    parent, _, leaf = name.rpartition(".")
    place = model.get_submodule(parent)
    if getattr(place, leaf).shape != tensor.shape:
        raise ValueError(f"{name}: {tuple(tensor.shape)}")
    if leaf in place._parameters:
        setattr(place, leaf, nn.Parameter(tensor, requires_grad=False))
    else:
        place._buffers[leaf] = tensor


def _compute_buffers(model: nn.Module, config: Any) -> None:
    """Buffers that are computed and never stored (rotary frequencies): their module is built again from the configuration."""
    for name, module in list(model.named_modules()):
        if any(b.is_meta for b in module.buffers(recurse=False)):
            parent, _, leaf = name.rpartition(".")
            setattr(model.get_submodule(parent), leaf, type(module)(config))
