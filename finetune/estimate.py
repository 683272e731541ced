"""What fine-tuning one head on a base costs: FLOPs counted on tensors without data, memory added up. An estimate, and it says so.

    python -m finetune.estimate [--hidden 2048 --layers 24 --vocabulary 30080 --rank 16 --tokens 64 --batch 16]

The defaults are Polyglot-Ko 1.3B (config.json of EleutherAI/polyglot-ko-1.3b: hidden 2048, 24 layers, 16 heads, vocabulary 30,080).
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, fields, replace
from typing import Any

from finetune.recipe import Recipe

REACHED = 0.3
"""Share of a device's matrix speed that training reaches; 0.2-0.4 is usual for LoRA (the rest is waiting for memory)."""
PADDED = 1.4
"""Tokens computed for each token of an example: a batch is as long as its longest (counted over our rows, batches of 16)."""
KEPT_FREE = 0.85
"""Share of the free memory that a training may fill: the libraries' own buffers and fragments need the rest."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A base of this shape under LoRA on every linear layer, one update of `batch` x `tokens`."""

    hidden: int = 2048
    layers: int = 24
    vocabulary: int = 30_080
    rank: int = 16
    tokens: int = 64
    """Tokens of an example with its prompt: our rows have 40-90 with a Korean tokenizer of 30,000 entries."""
    batch: int = 16
    bytes: float = 2.0
    """Bytes a weight of the frozen base: bf16 2, fp32 4, 4-bit about 0.6 with its scales."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Counted for one update, gradient checkpointing on."""

    parameters: int
    trainable: int
    flops_a_token: float
    gib: float  # weights, adapter with AdamW state fp32, activations kept and recomputed, logits


def count(shape: Shape, config: Any = None) -> Cost:
    """FLOPs of forward, recomputed forward and backward on meta tensors (torch.utils.flop_counter); memory from the shapes.

    `config` (transformers) is the base's own; without it a GPT-NeoX of `shape`.
    """
    import torch
    from peft import LoraConfig, get_peft_model
    from torch.utils.flop_counter import FlopCounterMode
    from transformers import AutoModelForCausalLM, GPTNeoXConfig

    config = config or GPTNeoXConfig(
        vocab_size=shape.vocabulary, hidden_size=shape.hidden, num_hidden_layers=shape.layers, num_attention_heads=max(1, shape.hidden // 128),
        intermediate_size=4 * shape.hidden, max_position_embeddings=2048,
    )  # fmt: skip
    with torch.device("meta"):
        model: Any = AutoModelForCausalLM.from_config(config).to(torch.bfloat16)
        model = get_peft_model(model, LoraConfig(r=shape.rank, target_modules="all-linear", task_type="CAUSAL_LM"))
        ids = torch.zeros(shape.batch, shape.tokens, dtype=torch.long)
        model.enable_input_require_grads()
        with FlopCounterMode(display=False) as counter:
            model(input_ids=ids).logits.sum().backward()
    parameters = sum(p.numel() for p in model.parameters())
    trainable = sum(p.numel() for p in model.parameters() if p.requires_grad)
    n = shape.batch * shape.tokens
    again = counter.get_total_flops() / 3 * 4  # checkpointing runs the forward, a third of it, once more
    return Cost(parameters, trainable, again / n, memory(shape, parameters, trainable))


def memory(shape: Shape, parameters: int, trainable: int) -> float:
    """GiB: weights; adapter, gradient and two moments in fp32; one checkpoint a layer, one layer's insides (34 hidden), logits three times."""
    n = shape.batch * shape.tokens
    weights = shape.bytes * parameters + 16 * trainable
    activations = 2 * n * shape.hidden * (shape.layers + 34)
    logits = 3 * 4 * n * shape.vocabulary
    return float(weights + activations + logits) / 2**30


def shape_of(config: Any, recipe: Recipe, tokens: int, bytes_a_weight: float = 2.0) -> Shape:
    """The shape of a base (transformers config) under a recipe, with examples of `tokens` tokens."""
    return Shape(
        config.hidden_size, config.num_hidden_layers, config.vocab_size, recipe.rank, max(1, tokens), recipe.batch_size, bytes_a_weight
    )


def fitted(recipe: Recipe, shape: Shape, parameters: int, trainable: int, free: float) -> Recipe:
    """The recipe with rows a step halved, and steps an update doubled, until the update fits into `free` GiB: the same update, slower."""
    batch, accumulate = recipe.batch_size, recipe.accumulate
    while batch > 1 and memory(replace(shape, batch=batch), parameters, trainable) > KEPT_FREE * free:
        batch, accumulate = batch // 2, accumulate * 2
    return replace(recipe, batch_size=batch, accumulate=accumulate)


def seconds(flops_a_token: float, tokens: float, speed: float) -> float:
    """Seconds that `tokens` tokens of examples take on a device of `speed` FLOPs a second."""
    return flops_a_token * tokens * PADDED / (REACHED * speed)


def main() -> None:
    parser = argparse.ArgumentParser(description="What fine-tuning one head costs (an estimate)")
    for field in fields(Shape):
        parser.add_argument(f"--{field.name}", type=type(field.default), default=field.default)
    cost = count(Shape(**vars(parser.parse_args())))
    print(f"{cost.parameters / 1e9:.3f} billion parameters, {cost.trainable / 1e6:.1f} million trained")
    print(f"{cost.flops_a_token / 1e9:.2f} GFLOPs a token with gradient checkpointing, {cost.gib:.1f} GiB")


if __name__ == "__main__":
    main()
