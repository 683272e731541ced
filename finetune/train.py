"""One LoRA head on a base: TRL's SFTTrainer on our own examples, so that training reads what chat writes.

    python -m finetune.train --col memory --base mini --data finetune/data/persona --out DIR
    accelerate launch --num_processes 2 -m finetune.train …      # several processes share each update

`train_head` is what `ohlora finetune` calls. It keeps the pass with the lowest validation loss; what it writes: finetune/keep.py.
While it runs or after an interruption out/checkpoints holds what resume=True goes on from.
"""

from __future__ import annotations

import argparse
import math
import os
import shutil
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from finetune import curve, estimate, faces, keep, watch
from finetune.examples import distinct, examples, templated, usable
from finetune.loading import is_large, load, named, pinned
from finetune.progress import plain
from finetune.recipe import NAMES, Recipe, recipe_for
from finetune.sft import make_trainer, samples_of
from ohlora_tui import tokens
from ohlora_tui.bases import Base, find
from ohlora_tui.dataset import data_hash, read_rows
from ohlora_tui.devices import device, free_gib, quiet, roomy, speed
from ohlora_tui.errors import DataError, ModelError
from ohlora_tui.heads import HEADS, Head
from ohlora_tui.records import Row

FACE = "eyes_mouth_pose"
"""The head whose letters are fit beside it where the base is small (`faces.py`)."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came out of one training."""

    head: str
    folder: Path
    rows: int
    valid_rows: int
    skipped: int  # rows without this head's target
    losses: tuple[tuple[float, float], ...]  # (pass, validation loss)
    best: float  # lowest validation loss, nats a target token
    seconds: float
    samples: tuple[tuple[str, str, str], ...]  # (prompt, written target, what the head writes now)
    drawn: curve.Curve  # training and validation loss by passes


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a training would read (`--dry-run`)."""

    head: str
    rows: int
    valid_rows: int
    skipped: int
    tokens: int  # of all examples together
    longest: int  # tokens of the longest example
    updates: int  # at most, early stopping aside
    parameters: int  # of the base with its adapter
    trainable: int
    gib: float  # an estimate (finetune/estimate.py)
    free_gib: float  # on this device, now
    seconds: float  # an estimate: counted FLOPs, this device's matrix speed
    device: str


def train_head(
    head: str, base: Base, rows: list[Row], recipe: Recipe, out: Path, progress: watch.Progress, resume: bool = False
) -> Result:
    """Trains adapter `head` of `base` on the train rows into `out`, judged on the valid rows.

    ModelError if the base is not on this machine or its memory does not suffice, DataError for rows that cannot be learnt,
    KeyboardInterrupt after Ctrl+C with a checkpoint in `out/checkpoints` to resume from.
    """
    quiet()
    began, task = time.monotonic(), HEADS[head]
    train, valid, skipped = _split(task, rows, recipe)
    checkpoint = watch.newest_checkpoint(out) if resume else None
    _seeded(recipe.seed)
    _check_board(recipe)
    with roomy(f"{head}을(를) 학습하기에", f"--batch-size {max(1, recipe.batch_size // 2)} 이나 --rank {max(1, recipe.rank // 2)} 로 줄여 주세요."):
        model, tokenizer = load(base, recipe.quantize)
        had = model.get_input_embeddings().weight.shape[0]
        if told := tokens.fit_embeddings(model, tokenizer):
            progress(watch.Step(head, 0, 0, 0.0, note=told))
        data = {name: examples(task, part, tokenizer, recipe.max_length) for name, part in (("train", train), ("valid", valid))}
        lookers = [
            watch.teller(head, progress, sum(len(e.input_ids) for e in data["train"])),
            watch.shower(task, tokenizer, valid, progress),
            watch.keeper(recipe.keep_s),
        ]
        trainer = make_trainer(model, tokenizer, data, recipe, str(out / "checkpoints"), lookers, had if told else None)
        with watch.stops_softly(trainer) as stopped, warnings.catch_warnings(action="ignore"):  # peft's note that it saves the new rows
            trainer.train(resume_from_checkpoint=checkpoint)
    if stopped():
        raise KeyboardInterrupt
    losses = tuple((round(e["epoch"], 3), round(e["eval_loss"], 4)) for e in trainer.state.log_history if "eval_loss" in e)
    best = min((loss for _, loss in losses), default=float("nan"))
    about = _about(head, base, recipe, train, valid, skipped, trainer) | {"valid_losses": losses, "best_valid_loss": best}
    samples = tuple(samples_of(task, trainer.model, tokenizer, valid[:5]))
    about["seconds"] = round(time.monotonic() - began, 1)
    drawn = _keep(trainer, tokenizer, out, base, about) if trainer.is_world_process_zero() else {}
    if head == FACE and trainer.is_world_process_zero() and not is_large(model.config):
        faces.fit([*train, *valid], faces.likelihoods(trainer.model.eval(), tokenizer)).save(out)
    return Result(head, out, len(train), len(valid), skipped, losses, best, about["seconds"], samples, drawn)


def train_heads(
    heads: Sequence[str], base: Base, rows: list[Row], recipes: Callable[[str], Recipe], out: Path, progress: watch.Progress, resume: bool = False
) -> Iterator[Result]:
    """One head after the other into `out`/HEAD. `resume`: from the one that was interrupted on; those before it are done. Errors as train_head's."""
    at = next((n for n, head in enumerate(heads) if watch.whole_checkpoints(out / head)), 0) if resume else 0
    for number, head in enumerate(heads[at:]):
        yield train_head(head, base, rows, recipes(head), out / head, progress, resume and number == 0)


def _keep(trainer: Any, tokenizer: Any, out: Path, base: Base, about: dict[str, Any]) -> curve.Curve:
    """Everything beside the adapter, the checkpoints gone; the curve to draw."""
    keep.weights(trainer.model, tokenizer, out, base)
    keep.recipe(about, out)
    keep.card(about, out, base)
    shutil.rmtree(out / "checkpoints", ignore_errors=True)
    return keep.picture(about, out)


def _about(
    head: str, base: Base, recipe: Recipe, train: Sequence[Row], valid: Sequence[Row], skipped: int, trainer: Any
) -> dict[str, Any]:
    data = {"train_rows": len(train), "valid_rows": len(valid), "skipped": skipped,
            "train_sha256": data_hash(train), "valid_sha256": data_hash(valid)}  # fmt: skip
    return {
        "head": head, "base": {"name": base.name, "revision": base.revision, "licence": base.licence}, "recipe": recipe.as_dict(),
        "data": data, "processes": trainer.args.world_size,
        "curve": [{"step": e["step"], "loss": round(e["loss"], 4)} for e in trainer.state.log_history if "loss" in e],
    }  # fmt: skip


def _seeded(seed: int) -> None:
    """Before the adapter's weights are drawn: TRL draws them ahead of its own seed, so that they hung on what ran before."""
    from transformers import set_seed

    set_seed(seed)


def _check_board(recipe: Recipe) -> None:
    from importlib.util import find_spec

    if recipe.tensorboard and find_spec("tensorboard") is None:
        raise ModelError("--tensorboard에는 tensorboard 꾸러미가 있어야 해요.", "pip install tensorboard 뒤에 다시 해 주세요.")


def default_recipe(head: str, base: Base, name: str = "ours", **asked: Any) -> Recipe:
    """The recipe for this base's size; values of `asked` that are not None replace its own. ModelError if the base is not here."""
    from transformers import AutoConfig

    with named(base):
        config = AutoConfig.from_pretrained(base.place, **pinned(base))
    large = is_large(config)
    recipe = recipe_for(head, large, name, **asked)
    return _fitted(recipe, config) if large and device() == "cuda" and not asked.get("batch_size") else recipe


def _fitted(recipe: Recipe, config: Any) -> Recipe:
    """The recipe in as many rows a step as this GPU's free memory holds, the update the same."""
    shape = estimate.shape_of(config, recipe, recipe.max_length, 0.6 if recipe.quantize == "4bit" else 2.0)
    cost = estimate.count(replace(shape, tokens=8, batch=1), config)
    return estimate.fitted(recipe, shape, cost.parameters, cost.trainable, free_gib("cuda"))


def rehearse(head: str, base: Base, rows: list[Row], recipe: Recipe) -> Rehearsal:
    """What a training would read and cost, without training: every row is checked and tokenised as train_head would do it."""
    from transformers import AutoConfig, AutoTokenizer

    quiet()
    with named(base):
        tokenizer = AutoTokenizer.from_pretrained(base.place, **pinned(base))
        config = AutoConfig.from_pretrained(base.place, **pinned(base))
    train, valid, skipped = _split(HEADS[head], rows, recipe)
    made = [examples(HEADS[head], part, tokenizer, recipe.max_length) for part in (train, valid)]
    lengths = [len(e.input_ids) for part in made for e in part]
    updates = math.ceil(len(train) / recipe.batch_size / recipe.accumulate) * recipe.epochs
    large, where = is_large(config), device()
    bytes_a_weight = 0.6 if recipe.quantize == "4bit" else 2.0 if large else 4.0
    cost = estimate.count(estimate.shape_of(config, recipe, round(sum(lengths) / len(lengths)), bytes_a_weight), config)
    read = sum(len(e.input_ids) for e in made[0]) * recipe.epochs
    took = estimate.seconds(cost.flops_a_token, read, speed(where, "bfloat16" if large else "float32"))
    return Rehearsal(
        head, len(train), len(valid), skipped, sum(lengths), max(lengths), round(updates), cost.parameters, cost.trainable, cost.gib,
        free_gib(where), took, where,
    )  # fmt: skip


def _split(task: Head, rows: list[Row], recipe: Recipe) -> tuple[list[Row], list[Row], int]:
    """(train rows with templates behind them, valid rows, rows left out); test rows are never touched."""
    distinct(rows)
    fit = usable(task, [r for r in rows if r.split != "test"])
    train = [r for r in fit if r.split == "train"]
    valid = [r for r in fit if r.split == "valid"]
    if not train or not valid:
        lacking = "train" if not train else "valid"
        raise DataError(f"{task.name}을(를) 학습할 {lacking} 줄이 없어요.", "data_type 열에 train과 valid 줄이 모두 있어야 해요.")
    skipped = sum(r.split != "test" for r in rows) - len(fit)
    more = templated(recipe.templates, recipe.seed) if task.name == "memory" else []
    return train + more, valid, skipped


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--col", choices=[*HEADS, "all"], required=True)
    parser.add_argument("--base", default="mini")
    parser.add_argument("--data", type=Path, default=Path("finetune/data/persona"))
    parser.add_argument("--out", type=Path, required=True, help="folder of the adapters; each head gets its own in it")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--recipe", dest="name", choices=NAMES, default="ours")
    for name, kind in (("epochs", float), ("rank", int), ("lr", float), ("batch-size", int), ("accumulate", int), ("threads", int), ("seed", int)):
        parser.add_argument(f"--{name}", type=kind)
    asked = vars(parser.parse_args())
    where = {name: asked.pop(name) for name in ("col", "base", "data", "out", "resume")}
    base, rows = find(where["base"]), read_rows(where["data"])
    first = os.environ.get("RANK", "0") == "0"
    heads = tuple(HEADS) if where["col"] == "all" else (where["col"],)
    for result in train_heads(heads, base, rows, lambda head: default_recipe(head, base, **asked), where["out"], plain, where["resume"]):
        if first:
            print(f"{result.head}: {result.rows} rows, valid {result.best}, {result.seconds} s -> {result.folder}")


if __name__ == "__main__":
    main()
