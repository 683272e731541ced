"""One LoRA head on a base: TRL's SFTTrainer on our own examples, so that training reads what chat writes.

    python -m finetune.train --col memory --base mini --data finetune/data/persona --out DIR

`train_head` is what `ohlora finetune` calls. It keeps the pass with the lowest validation loss and writes

    out/adapter_config.json  adapter_model.safetensors (fp16)  recipe.json (base, data hash, seed, versions, losses, seconds)
    out/checkpoints          while it runs or after an interruption, to go on from with resume=True
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
import sys
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from finetune.examples import examples, templated, usable
from finetune.loading import is_large, load, named, pinned
from finetune.recipe import Recipe, recipe_for
from finetune.sft import Progress, Step, make_trainer, newest_checkpoint, samples_of, stops_softly
from ohlora_tui import tokens
from ohlora_tui.bases import Base, find
from ohlora_tui.dataset import data_hash, read_rows
from ohlora_tui.errors import DataError
from ohlora_tui.heads import HEADS, Head
from ohlora_tui.records import Row


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


def train_head(
    head: str, base: Base, rows: list[Row], recipe: Recipe, out: Path, progress: Progress, resume: bool = False
) -> Result:
    """Trains adapter `head` of `base` on the train rows into `out`, judged on the valid rows.

    ModelError if the base is not on this machine, DataError for rows that cannot be learnt, KeyboardInterrupt after Ctrl+C
    with a checkpoint in `out/checkpoints` to resume from.
    """
    began = time.monotonic()
    task = HEADS[head]
    train, valid, skipped = _split(task, rows, recipe)
    model, tokenizer = load(base)
    had = model.get_input_embeddings().weight.shape[0]
    if told := tokens.fit_embeddings(model, tokenizer):
        progress(Step(head, 0, 0, 0.0, note=told))
    data = {name: examples(task, part, tokenizer, recipe.max_length) for name, part in (("train", train), ("valid", valid))}
    trainer = make_trainer(task, model, tokenizer, data, recipe, out, progress, had if told else None)
    with stops_softly(trainer) as stopped, warnings.catch_warnings(action="ignore"):  # peft's note that it saves the new rows
        trainer.train(resume_from_checkpoint=newest_checkpoint(out) if resume else None)
    if stopped():
        raise KeyboardInterrupt
    losses = tuple((round(e["epoch"], 3), round(e["eval_loss"], 4)) for e in trainer.state.log_history if "eval_loss" in e)
    best = min((loss for _, loss in losses), default=float("nan"))
    samples = tuple(samples_of(task, trainer.model, tokenizer, valid[:5]))
    _save(trainer.model, out, base)
    shutil.rmtree(out / "checkpoints", ignore_errors=True)
    result = Result(head, out, len(train), len(valid), skipped, losses, best, round(time.monotonic() - began, 1), samples)
    _write_recipe(result, base, recipe, train, valid, trainer)
    return result


def default_recipe(head: str, base: Base, **asked: Any) -> Recipe:
    """The recipe for this base's size; values of `asked` that are not None replace its own. ModelError if the base is not here."""
    from transformers import AutoConfig

    with named(base):
        return recipe_for(head, is_large(AutoConfig.from_pretrained(base.source, **pinned(base))), **asked)


def rehearse(head: str, base: Base, rows: list[Row], recipe: Recipe) -> Rehearsal:
    """What a training would read, without training: every row is checked and tokenised as train_head would do it."""
    from transformers import AutoTokenizer

    with named(base):
        tokenizer = AutoTokenizer.from_pretrained(base.source, **pinned(base))
    train, valid, skipped = _split(HEADS[head], rows, recipe)
    made = [examples(HEADS[head], part, tokenizer, recipe.max_length) for part in (train, valid)]
    lengths = [len(e.input_ids) for part in made for e in part]
    updates = math.ceil(len(train) / recipe.batch_size / recipe.accumulate) * recipe.epochs
    return Rehearsal(head, len(train), len(valid), skipped, sum(lengths), max(lengths), round(updates))


def _split(task: Head, rows: list[Row], recipe: Recipe) -> tuple[list[Row], list[Row], int]:
    """(train rows with templates behind them, valid rows, rows left out); test rows are never touched."""
    fit = usable(task, [r for r in rows if r.split != "test"])
    train = [r for r in fit if r.split == "train"]
    valid = [r for r in fit if r.split == "valid"]
    if not train or not valid:
        lacking = "train" if not train else "valid"
        raise DataError(f"{task.name}을(를) 학습할 {lacking} 줄이 없어요.", "data_type 열에 train과 valid 줄이 모두 있어야 해요.")
    skipped = sum(r.split != "test" for r in rows) - len(fit)
    more = templated(recipe.templates, recipe.seed) if task.name == "memory" else []
    return train + more, valid, skipped


def _save(model: Any, out: Path, base: Base) -> None:
    """The adapter in peft's layout, fp16, naming the base by its name and no path of this machine."""
    from safetensors.torch import load_file, save_file

    model.save_pretrained(str(out), save_embedding_layers=False)
    file, config = out / "adapter_model.safetensors", out / "adapter_config.json"
    save_file({k: v.half().contiguous() for k, v in load_file(file).items()}, file, metadata={"format": "pt"})
    settings = json.loads(config.read_text(encoding="utf-8"))
    named = base.source if base.source.count("/") == 1 and not Path(base.source).exists() else base.name
    settings |= {
        "base_model_name_or_path": named,
        "revision": None,
        "inference_mode": True,
        "target_modules": sorted(settings["target_modules"]),
    }
    config.write_text(json.dumps(settings, ensure_ascii=False, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    (out / "README.md").unlink(missing_ok=True)  # peft's empty model card


def _write_recipe(result: Result, base: Base, recipe: Recipe, train: Sequence[Row], valid: Sequence[Row], trainer: Any) -> None:
    """recipe.json: everything needed to train the same adapter again, and how it went."""
    from importlib.metadata import version

    curve = [{"step": e["step"], "loss": round(e["loss"], 4)} for e in trainer.state.log_history if "loss" in e]
    told = {
        "head": result.head, "base": {"name": base.name, "revision": base.revision, "licence": base.licence}, "recipe": recipe.as_dict(),
        "data": {"train_rows": result.rows, "valid_rows": result.valid_rows, "skipped": result.skipped,
                 "train_sha256": data_hash(train), "valid_sha256": data_hash(valid)},
        "valid_losses": result.losses, "best_valid_loss": result.best, "curve": curve, "seconds": result.seconds,
        "versions": {name: version(name) for name in ("torch", "transformers", "peft", "trl")},
    }  # fmt: skip
    (result.folder / "recipe.json").write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--col", choices=[*HEADS, "all"], required=True)
    parser.add_argument("--base", default="mini")
    parser.add_argument("--data", type=Path, default=Path("finetune/data/persona"))
    parser.add_argument("--out", type=Path, required=True, help="folder of the adapters; each head gets its own in it")
    parser.add_argument("--resume", action="store_true")
    for name, kind in (("epochs", float), ("rank", int), ("lr", float), ("batch-size", int), ("threads", int), ("seed", int)):
        parser.add_argument(f"--{name}", type=kind)
    asked = vars(parser.parse_args())
    where = {name: asked.pop(name) for name in ("col", "base", "data", "out", "resume")}
    base, rows = find(where["base"]), read_rows(where["data"])
    for head in HEADS if where["col"] == "all" else (where["col"],):
        result = train_head(head, base, rows, default_recipe(head, base, **asked), where["out"] / head, say, where["resume"])
        print(f"{head}: {result.rows} rows, valid {result.best}, {result.seconds} s -> {result.folder}")


def say(step: Step) -> None:
    told = " ".join(f"{name} {value:.4f}" for name, value in (("loss", step.loss), ("valid", step.valid)) if value is not None)
    print(f"{step.head} {step.step}/{step.steps} {step.epoch:.2f} {told}{step.note}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
