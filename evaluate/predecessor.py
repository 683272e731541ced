"""The predecessor's way, to be measured beside ours: four copies of the base, one head after the other, shown when all four are done.

A format is reached by sampling again, up to TRIES times. Two things are done in its favour: its adapters are merged where there is
room for the copies (no LoRA is computed), and its texts end at the first mark or EOS, as ours do.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ohlora_tui.engine.constrained import Watch
from ohlora_tui.engine.speech import Speech
from ohlora_tui.heads import HEADS, Head
from ohlora_tui.records import Turn
from ohlora_tui.tokens import MAX_LENGTH, eos_id, prompt_ids

TRIES = 15
"""Its run scripts sample up to so often until a format is right (DESIGN 1)."""
TEMPERATURE = 0.6
"""Of its sampling."""


@dataclass(slots=True)
class Spent:
    """What one turn took: seconds to the first text on the screen, of the answer, in all, of processor; tokens; samplings thrown away."""

    first: float = 0.0
    answer: float = 0.0
    total: float = 0.0
    cpu: float = 0.0
    tokens: int = 0
    retries: int = 0
    steps: dict[str, int] = field(default_factory=dict)
    """Tokens written by each head, where weights are random and lengths are set."""


@dataclass(frozen=True)
class Copies:
    """A model for each head. `computed`: there was no room for four, so one serves all and the memory of four is worked out."""

    models: Mapping[str, Any]
    tokenizer: Any
    computed: bool = False

    def turn(self, turn: Turn, lengths: Mapping[str, int] | None = None) -> Spent:
        """One turn. `lengths`: exactly so many tokens by head, greedily, nothing sampled again (random weights reach no format)."""
        spent, began, cpu = Spent(), time.perf_counter(), time.process_time()
        for name in ("output_message", "memory", "summary", "eyes_mouth_pose"):
            if lengths:
                written = self._write(HEADS[name], turn, lengths[name])
            else:
                written, again = self._until_right(HEADS[name], turn)
                spent.retries += again
            if name == "output_message":
                spent.answer, spent.tokens = time.perf_counter() - began, written.tokens
        spent.first = spent.total = time.perf_counter() - began
        spent.cpu = time.process_time() - cpu
        return spent

    def _until_right(self, head: Head, turn: Turn) -> tuple[Speech, int]:
        """(what was written, samplings thrown away)."""
        for again in range(TRIES):
            written = self._write(head, turn)
            if _right(head, written.text):
                return written, again
        return written, TRIES - 1

    def _write(self, head: Head, turn: Turn, length: int = 0) -> Speech:
        import torch
        from transformers import GenerationConfig, StoppingCriteriaList

        model, eos = self._speaking(head.name), eos_id(self.tokenizer)
        prompt = prompt_ids(self.tokenizer, head.prompt(turn), MAX_LENGTH - head.max_tokens)
        rule, ids = Speech(self.tokenizer, head.max_tokens), torch.tensor([prompt], device=model.device)
        how: dict[str, Any] = {"do_sample": True, "temperature": TEMPERATURE, "max_new_tokens": head.max_tokens}
        if length:
            how = {"do_sample": False, "min_new_tokens": length, "max_new_tokens": length}
        watch = StoppingCriteriaList([] if length else [Watch([rule], len(prompt), lambda: False)])
        config = GenerationConfig(eos_token_id=eos, pad_token_id=eos, **how)
        model.generation_config = config  # nothing of the base's own defaults
        with torch.inference_mode():
            out = model.generate(input_ids=ids, attention_mask=torch.ones_like(ids), generation_config=config, stopping_criteria=watch)
        rule.sync(out[0, len(prompt) :].tolist())
        return rule

    def _speaking(self, name: str) -> Any:
        from peft import PeftModel

        model = self.models[name]
        if isinstance(model, PeftModel):  # one for all, where there was no room for four
            model.set_adapter(name, inference_mode=True)
        return model


def _right(head: Head, text: str) -> bool:
    """Whether a text is one its head may give: an answer and a summary are not empty."""
    try:
        return bool(head.parse(text)) or head.constraint == "memory"
    except ValueError:
        return False


def merged(load: Callable[[str], Any], names: tuple[str, ...]) -> dict[str, Any]:
    """A copy of the base for each head, its adapter merged into it."""
    return {name: load(name).merge_and_unload().eval() for name in names}
