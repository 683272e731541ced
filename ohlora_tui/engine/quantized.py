"""The base's Linear layers as int8, under adapters that stay as they are: 2 to 3 times as fast a token on a CPU, .6 of the memory.

Weights are int8 with one scale an output row, made once; what a layer reads is made whole numbers with one scale a row when it is read
(dynamic). A row's scale is its own, so a row of a mixed batch gets exactly what it gets alone: torch.ao's `linear_dynamic`, one
scale a batch, does not keep that. The sums are oneDNN's (`product.py`: int8 x int8 -> int32 -> fp32). The output layer stays as it is: it decides
the argmax, an adapter may bring its own, and it is 5 % of Polyglot's weights.

What the 1.3B shape's Linear layers take on two threads of an AVX-512 VNNI processor (ms; 1, 2, 40 rows at once): bf16 170, 130, 343; this
59, 65, 163; weight-only int8 71, 73, 700; weight-only int4 35, 45, 600.
"""

from __future__ import annotations

import ctypes
import gc
import os
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import nn

from ohlora_tui.bases import BUNDLED
from ohlora_tui.dataset import read_rows
from ohlora_tui.devices import four_bits
from ohlora_tui.engine.product import SURE, WEIGHT_LEVELS, packed, reading
from ohlora_tui.heads import HEADS
from ohlora_tui.records import Turn
from ohlora_tui.tokens import example_ids

INSTEAD = "CPU에서는 --quantize int8을 써 주세요."
ROWS = 12
"""Written rows on which int8 is compared with what it was made from: about 600 places, a standard error of .006 at .98."""


class Int8Linear(nn.Linear):
    """A Linear layer in int8. peft attaches LoRA to it as to any Linear; it cannot be trained or merged into."""

    def __init__(self, values: torch.Tensor, scales: torch.Tensor, bias: torch.Tensor | None, dtype: torch.dtype) -> None:
        """`values` (out, in) int8, `scales` (out,) fp32: weight = values * scales. `dtype`: what it reads and gives."""
        nn.Module.__init__(self)
        self.out_features, self.in_features = values.shape
        self.compute_dtype = dtype
        """peft gives an adapter this type: the weight's own is no floating-point one."""
        self.weight = nn.Parameter(packed(values), requires_grad=False)
        self.bias = nn.Parameter(bias.detach(), requires_grad=False) if bias is not None else None
        self.reading = reading() or SURE
        self.register_buffer("scales", scales, persistent=False)
        self.register_buffer("zeros", torch.zeros(len(scales), dtype=torch.long), persistent=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(..., in) -> (..., out)."""
        read, step = self.reading.of(x.reshape(-1, self.in_features).float())
        out = self.reading.times(read, self.weight, self.scales, self.zeros)
        out = out * step if self.bias is None else torch.addcmul(self.bias, out, step)
        return out.to(x.dtype).reshape(*x.shape[:-1], self.out_features)


def int8(weight: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """(values (out, in) int8, scales (out,) fp32) of a weight."""
    wide = weight.detach().float()
    scales = wide.abs().amax(1).clamp_min(1e-12) / WEIGHT_LEVELS
    return (wide / scales[:, None]).round().to(torch.int8), scales


def linears(model: nn.Module) -> Iterator[tuple[str, nn.Module, str, nn.Linear]]:
    """(full name, parent, name there, layer) of every Linear that becomes int8: all but the output layer."""
    last = model.get_output_embeddings()  # type: ignore[operator]
    for place, parent in list(model.named_modules()):
        for name, layer in list(parent.named_children()):
            if type(layer) is nn.Linear and layer is not last:
                yield f"{place}.{name}" if place else name, parent, name, layer


def swap(model: nn.Module) -> dict[str, torch.Tensor]:
    """Make the layers int8 in place, one by one; what they were made of, `NAME.values` and `NAME.scales`, to be kept on disk."""
    made: dict[str, torch.Tensor] = {}
    for full, parent, name, layer in linears(model):
        values, scales = int8(layer.weight)
        setattr(parent, name, Int8Linear(values, scales, layer.bias, layer.weight.dtype))
        made |= {f"{full}.values": values, f"{full}.scales": scales}
    own(model)
    return made


def own(model: nn.Module) -> None:
    """What stays as it is gets memory of its own: a view into the base's file would keep all of the file mapped (2.4 GiB for 0.25)."""
    for tensor in model.parameters():
        if not tensor.is_mkldnn:
            tensor.data = tensor.data.clone()
    for module in model.modules():
        for name, tensor in module._buffers.items():
            module._buffers[name] = tensor.clone() if tensor is not None else None


def let_go() -> None:
    """Give freed memory back to the system. Without it what the bf16 layers took stays with the process: 3.0 GiB instead of 2.0."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if os.name == "posix" else None  # glibc's
    if trim:
        trim(0)


def possible(wish: str, where: str, progress: Callable[[str], None]) -> str:
    """What of `wish` (none | int8 | 4bit) this machine can do, saying so where it is less. ModelError for 4bit without its GPU."""
    if wish == "int8" and where != "cpu":
        progress(f"int8은 CPU에서 쓰는 길이에요. {where}에서는 bf16으로 읽어요.")
        return "none"
    if wish == "int8" and not reading():
        progress("이 컴퓨터에서는 int8 곱셈이 느려서 bf16으로 읽어요.")
        return "none"
    if wish == "4bit":
        four_bits(where, INSTEAD)
    return wish


def choices(model: Any, tokenizer: Any) -> torch.Tensor:
    """(T,) likeliest next ids at every place where the written rows' four heads write: what greedy decoding would choose."""
    found = []
    with torch.inference_mode():
        for row in _rows():
            for head in HEADS.values():
                read, written = example_ids(tokenizer, head.prompt(row), head.target(row))
                logits = model(input_ids=torch.tensor([read + written], device=model.device)).logits[0]
                found.append(logits[len(read) - 1 : -1].float().argmax(-1).cpu())
    return torch.cat(found)


def _rows() -> list[Turn]:
    """The fixed set: ROWS written rows from all over the bank, each with a summary and an expression."""
    whole = [r.turn for r in read_rows(BUNDLED / "mini" / "rows" / "rows.csv.gz") if r.turn.summary and r.turn.expression]
    return whole[:: max(1, len(whole) // ROWS)][:ROWS]
