"""Hyper-parameters of one fine-tuning, with unit and source; each head's own where it differs."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from ohlora_tui.errors import SettingsError
from ohlora_tui.heads import HEADS


@dataclass(frozen=True)
class Recipe:
    """One line a value; the docstring under it is its help."""

    epochs: float = 3.0
    """Passes over the rows; the pass with the lowest validation loss is kept."""
    rank: int = 16
    """LoRA rank. r16 on all linear layers beat r128 on query_key_value alone on every head compared, at half the size."""
    alpha: int = 32
    """LoRA alpha; the adapter's weight is alpha / rank = 2."""
    dropout: float = 0.05
    """LoRA dropout, share of inputs."""
    lr: float = 2e-3
    """Peak learning rate of AdamW. 2e-3 suits a base of a few million parameters; 2e-4 one of a billion."""
    batch_size: int = 16
    """Rows a step."""
    accumulate: int = 1
    """Steps whose gradients are added up before an update."""
    warmup: float = 0.05
    """Share of the updates with a rising learning rate; after it the rate falls as a cosine."""
    max_length: int = 256
    """Most tokens of prompt + target; only the left of the prompt is ever cut."""
    templates: int = 0
    """Templated memory rows added to the memory head's written ones (finetune/templates.py). Count."""
    patience: int = 2
    """Passes without a lower validation loss before training ends early."""
    keep_s: float = 300.0
    """Seconds after which a checkpoint is kept within a pass: what a kill -9 loses at most."""
    targets: str = "all-linear"
    """Layers that get LoRA: peft's all-linear, or names parted by commas."""
    quantize: str = "none"
    """none | 4bit: the frozen base in 4 bits (QLoRA, bitsandbytes, an NVIDIA GPU)."""
    tensorboard: bool = False
    """Losses for TensorBoard as well, beside the checkpoints."""
    seed: int = 17
    threads: int = 0
    """CPU threads; 0 = as many as torch chooses."""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


SMALL = Recipe()
"""For a base under 100 million parameters (mini): minutes on one CPU thread."""
LARGE = Recipe(lr=2e-4, batch_size=2, accumulate=8, max_length=384)
"""For the 1.3B: 16 rows an update, two at a time."""

_OWN: dict[str, dict[str, Any]] = {"memory": {"templates": 3000}, "eyes_mouth_pose": {"dropout": 0.1}}
_OWN_SMALL: dict[str, dict[str, Any]] = {"output_message": {"epochs": 2.0, "lr": 1e-3}, "memory": {"epochs": 2.0, "lr": 1e-3}}
"""What a head does otherwise than its table, on any base and on a small one (LOG.md: answers are known by heart after a pass)."""


V2_EPOCHS = {"output_message": 60.0, "memory": 20.0, "summary": 60.0, "eyes_mouth_pose": 30.0}
V2 = Recipe(rank=128, alpha=16, dropout=0.05, lr=3e-4, batch_size=4, max_length=384, targets="query_key_value", patience=60)
"""The predecessor's second version (May 2025) on Polyglot-Ko: r 128 on query_key_value, batch 4, passes as in V2_EPOCHS, no early stopping."""
NAMES = ("ours", "v2")


def recipe_for(head: str, large: bool, name: str = "ours", **asked: Any) -> Recipe:
    """The recipe of a head on a small or large base, or the predecessor's (`v2`); values of `asked` that are not None replace its own."""
    if name not in NAMES:
        raise SettingsError(f"{name!r} 레시피는 없어요.", f"쓸 수 있는 것: {', '.join(NAMES)}.")
    if head not in HEADS:
        raise SettingsError(f"{head!r} 열은 학습할 수 없어요.", f"쓸 수 있는 것: {', '.join(HEADS)}.")
    known = {f.name for f in fields(Recipe)}
    if unknown := [k for k in asked if k not in known]:
        raise SettingsError(f"모르는 학습 설정이에요: {', '.join(unknown)}.", f"쓸 수 있는 것: {', '.join(sorted(known))}.")
    own = _OWN.get(head, {}) | ({} if large else _OWN_SMALL.get(head, {}))
    recipe = replace(V2, epochs=V2_EPOCHS[head]) if name == "v2" else replace(LARGE if large else SMALL, **own)
    recipe = replace(recipe, **{k: v for k, v in asked.items() if v is not None})
    _check(recipe)
    return recipe


def _check(recipe: Recipe) -> None:
    for name in ("epochs", "rank", "alpha", "lr", "batch_size", "accumulate", "max_length", "patience", "keep_s"):
        if getattr(recipe, name) <= 0:
            raise SettingsError(
                f"{name} 값 {getattr(recipe, name)}은 0보다 커야 해요.", f"--{name.replace('_', '-')} 값을 고쳐 주세요."
            )
    for name in ("dropout", "warmup"):
        if not 0 <= getattr(recipe, name) < 1:
            raise SettingsError(f"{name} 값 {getattr(recipe, name)}은 0 이상 1 미만이어야 해요.", f"--{name} 값을 고쳐 주세요.")
    if recipe.quantize not in ("none", "4bit"):
        raise SettingsError(f"quantize 값 {recipe.quantize!r}을 쓸 수 없어요.", "none 또는 4bit를 적어 주세요.")
    if recipe.templates < 0 or recipe.threads < 0:
        raise SettingsError("templates와 threads는 0 이상이어야 해요.", "값을 고쳐 주세요.")
