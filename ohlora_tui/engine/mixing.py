"""All adapters of a layer as two matrices, so that the rows of one batch may each go through their own.

peft goes through the adapters of a batch one after another, picking out the rows of each: three heads cost an int8 step of the
1.3B 1.6 times what one costs. Here every row reads the adapters' ranks side by side and keeps its own: two products a layer,
however many adapters. One adapter alone reads its own ranks only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

NO_ADAPTER = "__base__"
"""peft's name for a row that goes through the plain base."""


class Voices:
    """Which adapter each row of the next forwards goes through; a name that no layer knows is the plain base. One for a whole model."""

    def __init__(self, model: Any = None) -> None:
        """Of a peft model, whose layers become `Mixed`; without one every row is the plain base's."""
        self.rows: tuple[str, ...] = ()
        self._model = model
        self._whole = model is None or mix(model, self)
        self._active = ""

    def speak(self, rows: Sequence[str]) -> None:
        self.rows = tuple(rows)

    @contextmanager
    def speaking(self, rows: Sequence[str]) -> Iterator[dict[str, Any]]:
        """Each row through its own adapter. What the forward has to be given is yielded: where peft still has layers, their `adapter_names`."""
        self.speak(rows)
        if self._whole:
            yield {}
            return
        if set(rows) != {NO_ADAPTER} and len(set(rows)) == 1:
            if rows[0] != self._active:
                self._model.set_adapter(rows[0], inference_mode=True)
                self._active = rows[0]
            yield {}
            return
        try:
            yield {"adapter_names": list(rows)}
        except BaseException:
            drop_hooks(self._model)
            raise


class Mixed(nn.Module):
    """A Linear layer with the adapters of several heads, for reading only: what peft's `lora.Linear` gives, for any mixture of rows."""

    def __init__(self, layer: Any, voices: Voices) -> None:
        """`layer`: a peft `lora.Linear` without variants (`plain`), whose weights are taken over."""
        super().__init__()
        self.base, self.voices = layer.base_layer, voices
        names = list(layer.lora_A)
        ends = torch.tensor([layer.r[name] for name in names]).cumsum(0).tolist()
        self.ranks = {name: (end - layer.r[name], end) for name, end in zip(names, ends, strict=True)}
        self.scales = {name: float(layer.scaling[name]) for name in names}
        wide = None if self.base.weight.is_floating_point() else torch.float32  # around int8: 0.09 ms a small product, bf16 0.18
        self.register_buffer("down", torch.cat([layer.lora_A[name].weight.detach() for name in names]).to(wide), persistent=False)
        self.register_buffer("up", torch.cat([layer.lora_B[name].weight.detach().T for name in names]).to(wide), persistent=False)
        self._kept: dict[tuple[str, ...], torch.Tensor] = {}

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(rows, T, in) -> (rows, T, out)."""
        out = self.base(x)
        present = {name for name in self.voices.rows if name in self.ranks}
        if not present:
            return out
        first, last = min(self.ranks[n][0] for n in present), max(self.ranks[n][1] for n in present)
        low = nn.functional.linear(x.to(self.down.dtype), self.down[first:last])
        low = low * (self._keep()[:, None, first:last] if len(set(self.voices.rows)) > 1 else self.scales[next(iter(present))])
        return out + (low @ self.up[first:last]).to(out.dtype)

    def _keep(self) -> torch.Tensor:
        """(rows, all ranks): a row's own scale at the ranks of its adapter, 0 at the others'."""
        rows = self.voices.rows
        if rows not in self._kept:
            kept = torch.zeros(len(rows), len(self.down))
            for at, name in enumerate(rows):
                if name in self.ranks:
                    kept[at, slice(*self.ranks[name])] = self.scales[name]
            self._kept = {rows: kept.to(self.down)}  # one: the mixture of the generation that is running
        return self._kept[rows]


def mix(model: Any, voices: Voices) -> bool:
    """Put a `Mixed` in the place of every plain LoRA layer of a peft model. True if no other layer has adapters of its own.

    Where one has (4-bit layers, trained tokens, DoRA) peft must be told the rows as well.
    """
    from peft.tuners.tuners_utils import BaseTunerLayer
    from peft.utils.other import AuxiliaryTrainingWrapper

    for parent in list(model.modules()):
        for name, child in list(parent.named_children()):
            if plain(child):
                setattr(parent, name, Mixed(child, voices))
    return not any(isinstance(m, BaseTunerLayer | AuxiliaryTrainingWrapper) for m in model.modules())


def plain(layer: Any) -> bool:
    """Whether a layer is LoRA on a Linear layer and nothing more."""
    from peft.tuners.lora import Linear

    if type(layer) is not Linear or not layer.lora_A:
        return False
    return not (layer.lora_variant or any(layer.lora_bias.values()) or layer.fan_in_fan_out or layer.merged)


def drop_hooks(model: Any) -> int:
    """Remove the adapter hooks that peft leaves behind when a mixed forward raises; how many there were.

    Left in place they would send every later row through the failed batch's adapters.
    """
    dropped = 0
    for module in model.modules():
        for key, hook in list(module._forward_pre_hooks.items()):
            if getattr(getattr(hook, "func", None), "__name__", "") == "_adapter_names_pre_forward_hook":
                del module._forward_pre_hooks[key]
                module._forward_pre_hooks_with_kwargs.pop(key, None)
                dropped += 1
    return dropped
