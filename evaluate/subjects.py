"""What the speed of is measured: a base on this machine, or Polyglot-Ko 1.3B's shape with random weights.

Each subject gives ours (`LocalEngine`) and the predecessor's four copies of the same model, one at a time.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from evaluate.holding import weights_gib
from evaluate.predecessor import Copies, merged
from ohlora_tui.bases import MINI, Base
from ohlora_tui.devices import device, free_gib, quiet
from ohlora_tui.engine import quantized, threads
from ohlora_tui.engine.loading import attach, load_base, whole_rows
from ohlora_tui.engine.local import LocalEngine
from ohlora_tui.errors import ModelError
from ohlora_tui.heads import HEADS, MARKERS
from ohlora_tui.records import Turn
from ohlora_tui.settings import Settings
from ohlora_tui.tokens import eos_id, target_ids

SPARE = 1.0
"""GiB left free when four copies are loaded."""
RANK, ALPHA = 16, 32
"""Of a random adapter, on every linear layer: our recipe's for the 1.3B."""
POLYGLOT: dict[str, Any] = {
    "vocab_size": 30_080, "hidden_size": 2048, "num_hidden_layers": 24, "num_attention_heads": 16, "intermediate_size": 8192,
    "max_position_embeddings": 2048, "tie_word_embeddings": False,
}  # fmt: skip
"""config.json of EleutherAI/polyglot-ko-1.3b."""
RANDOM = {"polyglot": POLYGLOT}

Progress = Callable[[str], None]


class Subject(Protocol):
    """One model, to be loaded in our way and in the predecessor's."""

    settings: Settings
    quota: Quota | None
    """Sets lengths where weights are random: texts of such weights never end by themselves."""

    def ours(self, progress: Progress) -> LocalEngine: ...

    def theirs(self, progress: Progress) -> Copies: ...


@dataclass
class Shipped:
    """A base with its adapters, from disk."""

    base: Base
    adapters: dict[str, Path]
    settings: Settings
    quota: Quota | None = None

    def ours(self, progress: Progress) -> LocalEngine:
        if missing := [name for name in HEADS if name not in self.adapters]:
            raise ModelError(f"{self.base.name}에 {', '.join(missing)} 어댑터가 없어서 한 턴을 잴 수 없어요.", f"ohlora finetune --col {missing[0]} --base {self.base.name} 으로 먼저 학습하거나 --random polyglot으로 재 주세요.")
        return LocalEngine.load(self.base, self.adapters, self.settings, progress)

    def theirs(self, progress: Progress) -> Copies:
        plain = replace(self.settings, quantize="none")

        def load(names: tuple[str, ...]) -> tuple[Any, Any]:
            some = {name: self.adapters[name] for name in names}
            model, tokenizer = load_base(self.base, plain, some, progress)
            return attach(model, some, progress), tokenizer

        first, tokenizer = load(tuple(HEADS))
        if not has_room(first):
            return Copies(dict.fromkeys(HEADS, first), tokenizer, computed=True)
        del first
        return Copies(merged(lambda name: load((name,))[0], tuple(HEADS)), tokenizer)


@dataclass
class Random:
    """A GPT-NeoX of `shape` with random weights and four random adapters, under mini's tokenizer (Polyglot's own need not be here)."""

    shape: dict[str, Any]
    settings: Settings
    quota: Quota | None = None

    def ours(self, progress: Progress) -> LocalEngine:
        progress("무작위 가중치를 만들고 있어요.")
        wish, tokenizer = quantized.possible(self.settings.quantize, device(), progress), _tokenizer()
        model = self._model(tokenizer)
        if device() == "cpu":
            self._threads(progress)
        if wish == "int8":
            quantized.swap(model)
            quantized.let_go()
        self.quota = Quota(model.get_output_embeddings(), eos_id(tokenizer))
        return LocalEngine("random", adapted(model), tokenizer, tuple(HEADS), self.settings)

    def theirs(self, progress: Progress) -> Copies:
        """Plain copies: one with an adapter merged into it has the same shape."""
        tokenizer = _tokenizer()
        model = self._model(tokenizer)
        room = has_room(model)
        return Copies({name: copy.deepcopy(model) if room and at else model for at, name in enumerate(HEADS)}, tokenizer, computed=not room)

    def _threads(self, progress: Progress) -> None:
        import torch

        torch.set_num_threads(self.settings.threads or threads.count(self.settings.home, progress))

    def _model(self, tokenizer: Any) -> Any:
        """Random weights; only tokens that are whole written syllables can be chosen, so that there is something to see."""
        import torch
        from transformers import AutoModelForCausalLM, GPTNeoXConfig

        quiet()
        torch.manual_seed(17)
        model = AutoModelForCausalLM.from_config(GPTNeoXConfig(**self.shape), dtype=torch.bfloat16).to(device()).eval()
        with torch.no_grad():
            silent = torch.ones(self.shape["vocab_size"], dtype=torch.bool)
            silent[speakable(tokenizer)] = False
            model.get_output_embeddings().weight[silent] = 0
        return whole_rows(model)


class Quota:
    """Makes a random model want to end after `begin(limit)` tokens, and counts the tokens it wrote."""

    def __init__(self, output_layer: Any, eos: int) -> None:
        self.steps, self._limit, self._eos = 0, 0, eos
        output_layer.register_forward_hook(self._end)

    def begin(self, limit: int) -> None:
        self.steps, self._limit = 0, limit

    def _end(self, module: Any, args: Any, out: Any) -> Any:
        self.steps += 1
        if self._limit and self.steps >= self._limit:
            out = out.clone()
            out[..., -1, self._eos] = 1e4
        return out


def has_room(model: Any) -> bool:
    """Whether three more copies of a loaded model fit into what is free."""
    return free_gib(device()) > 3 * weights_gib([model]) + SPARE


def adapted(model: Any) -> Any:
    """The model with a random adapter for each head, none of them zero."""
    import torch
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(18)
    config = LoraConfig(r=RANK, lora_alpha=ALPHA, target_modules="all-linear", task_type="CAUSAL_LM", init_lora_weights=False)
    first, *others = HEADS
    wrapped = get_peft_model(model, config, adapter_name=first, autocast_adapter_dtype=False)
    for name in others:
        wrapped.add_adapter(name, config, autocast_adapter_dtype=False)
    return wrapped.requires_grad_(False).eval()


def speakable(tokenizer: Any) -> list[int]:
    """Ids that stand for whole written text of their own: no mark, no part of a syllable, no space."""
    special = {*tokenizer.all_special_ids, *(tokenizer.convert_tokens_to_ids(m) for m in MARKERS)}
    texts = {i: tokenizer.decode([i]).strip() for i in range(len(tokenizer)) if i not in special}
    return [i for i, text in texts.items() if text.isalnum()]


def lengths(tokenizer: Any, turn: Turn) -> dict[str, int]:
    """Tokens of what was written for each head of a row, its end mark included."""
    return {name: len(target_ids(tokenizer, "-", head.target(turn))) - 1 for name, head in HEADS.items()}


def _tokenizer() -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(MINI.source, local_files_only=True, trust_remote_code=False)
