"""What fine-tuning one head on a base costs: FLOPs counted on tensors without data, memory added up. An estimate, and it says so.

    python -m finetune.estimate [--hidden 2048 --layers 24 --vocabulary 30080 --rank 16 --tokens 64 --batch 16]

The defaults are Polyglot-Ko 1.3B (config.json of EleutherAI/polyglot-ko-1.3b: hidden 2048, 24 layers, 16 heads, vocabulary 30,080).
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Shape:
    """A GPT-NeoX of this shape under LoRA on every linear layer, one update of `batch` x `tokens`."""

    hidden: int = 2048
    layers: int = 24
    vocabulary: int = 30_080
    rank: int = 16
    tokens: int = 64
    """Tokens of an example with its prompt: our rows have 40-90 with a Korean tokenizer of 30,000 entries."""
    batch: int = 16


@dataclass(frozen=True, slots=True)
class Cost:
    """Counted for one update, gradient checkpointing on."""

    parameters: int
    trainable: int
    flops_a_token: float
    gib: float  # weights bf16, adapter with AdamW state fp32, activations kept and recomputed, logits


def count(shape: Shape) -> Cost:
    """FLOPs of forward, recomputed forward and backward on meta tensors (torch.utils.flop_counter); memory from the shapes."""
    import torch
    from peft import LoraConfig, get_peft_model
    from torch.utils.flop_counter import FlopCounterMode
    from transformers import GPTNeoXConfig, GPTNeoXForCausalLM

    config = GPTNeoXConfig(
        vocab_size=shape.vocabulary, hidden_size=shape.hidden, num_hidden_layers=shape.layers, num_attention_heads=max(1, shape.hidden // 128),
        intermediate_size=4 * shape.hidden, max_position_embeddings=2048,
    )  # fmt: skip
    with torch.device("meta"):
        model: Any = GPTNeoXForCausalLM(config).to(torch.bfloat16)
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
    """GiB: bf16 weights; adapter, gradient and two moments in fp32; one checkpoint a layer, one layer's insides (34 hidden), logits three times."""
    n = shape.batch * shape.tokens
    weights = 2 * parameters + 16 * trainable
    activations = 2 * n * shape.hidden * (shape.layers + 34)
    logits = 3 * 4 * n * shape.vocabulary
    return float(weights + activations + logits) / 2**30


def main() -> None:
    parser = argparse.ArgumentParser(description="What fine-tuning one head costs (an estimate)")
    for field in fields(Shape):
        parser.add_argument(f"--{field.name}", type=int, default=field.default)
    cost = count(Shape(**vars(parser.parse_args())))
    print(f"{cost.parameters / 1e9:.3f} billion parameters, {cost.trainable / 1e6:.1f} million trained")
    print(f"{cost.flops_a_token / 1e9:.2f} GFLOPs a token with gradient checkpointing, {cost.gib:.1f} GiB")


if __name__ == "__main__":
    main()
