"""Documents -> batches: whole documents side by side in rows of a fixed width, none of which sees another."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from finetune.corpus import Doc
from finetune.examples import IGNORE
from finetune.tokenizer import TAGS
from ohlora_tui import tokens
from ohlora_tui.heads import ANSWER

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedTokenizerFast


class Packer:
    """Documents as rows of `window` tokens: whole ones only, each with positions from 0, so that none sees another."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast, window: int, targets_only: bool) -> None:
        self.tokenizer, self.window, self.targets_only = tokenizer, window, targets_only
        self.ids = lru_cache(maxsize=300_000)(self._ids)

    def _ids(self, doc: Doc) -> tuple[tuple[int, ...], int]:
        """(ids with EOS, length of the prompt)."""
        prompt, target = doc
        if not prompt:
            return (*self.tokenizer.encode(target, add_special_tokens=False), tokens.eos_id(self.tokenizer)), 0
        before, after = tokens.example_ids(self.tokenizer, prompt, target, self.window)
        return (*before, *after), len(before)

    def batch(self, docs: Iterator[Doc], rows: int) -> dict[str, torch.Tensor]:
        """{input_ids, labels, position_ids}, each (rows, window) int64; what is left of a row is padding without labels."""
        import torch

        packed = [self._row(docs) for _ in range(rows)]
        return {name: torch.tensor([p[i] for p in packed]) for i, name in enumerate(("input_ids", "labels", "position_ids"))}

    def _row(self, docs: Iterator[Doc]) -> tuple[list[int], list[int], list[int]]:
        ids: list[int] = []
        labels: list[int] = []
        places: list[int] = []
        misses = 0
        while misses < 3 and len(ids) < self.window - 6:
            doc = next(docs)
            found, start = self.ids(doc)
            if len(found) > self.window - len(ids):
                misses += 1
                continue
            ids += found
            hidden = start if self.targets_only or repeats_an_answer(doc) else 1  # a document's first token follows nothing
            labels += [*[IGNORE] * hidden, *found[hidden:]]
            places += range(len(found))
        pad = self.window - len(ids)
        return ids + [self.tokenizer.eos_token_id] * pad, labels + [IGNORE] * pad, places + list(range(pad))


def repeats_an_answer(doc: Doc) -> bool:
    """Whether the prompt holds a written answer: learnt again with every summary and expression, it is soon known by heart."""
    return ANSWER in doc[0] or TAGS["eyes_mouth_pose"] in doc[0]


def pad(examples: list[tuple[tuple[int, ...], int]], eos: int) -> dict[str, torch.Tensor]:
    """(ids, prompt length) of some documents, one a row, padded on the right; labels on the targets only."""
    import torch

    width = max(len(ids) for ids, _ in examples)
    ids = [[*e, *[eos] * (width - len(e))] for e, _ in examples]
    labels = [[*[IGNORE] * n, *e[n:], *[IGNORE] * (width - len(e))] for e, n in examples]
    places = [list(range(width)) for _ in examples]
    return {"input_ids": torch.tensor(ids), "labels": torch.tensor(labels), "position_ids": torch.tensor(places)}


def loss_of(model: Any, batch: dict[str, torch.Tensor]) -> torch.Tensor:
    """Mean negative log-likelihood of the labelled tokens (nats)."""
    import torch

    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=bfloat16_is_fast()):
        logits = model(
            input_ids=batch["input_ids"],
            position_ids=batch["position_ids"],
            attention_mask=own_document(batch["position_ids"]),
            use_cache=False,
        ).logits  # (B, T, V)
    return torch.nn.functional.cross_entropy(
        logits[:, :-1].flatten(0, 1).float(), batch["labels"][:, 1:].flatten(), ignore_index=IGNORE
    )


@cache
def bfloat16_is_fast() -> bool:
    """Whether this processor multiplies bfloat16 itself. One with AVX-512 that does not took 37.5 ms for (2048, 256) @ (256, 1024), and 10.9 ms in float32."""
    import torch

    told = getattr(torch.cpu, "get_capabilities", None)  # a torch without it is taken at its word, as before
    can = told() if told else {"bf16": True}
    return any(can.get(name) for name in ("avx512_bf16", "amx_bf16", "arm_bf16", "bf16"))


def own_document(places: torch.Tensor) -> torch.Tensor:
    """(B, T) positions that start from 0 with each document -> (B, 1, T, T) bool: what each token may look at."""
    import torch

    document = (places == 0).cumsum(1)
    same = document[:, :, None] == document[:, None, :]
    return (same & torch.ones(places.shape[1], places.shape[1], dtype=torch.bool).tril())[:, None]
