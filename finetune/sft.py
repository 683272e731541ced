"""TRL's SFTTrainer over our own examples, and what is said and kept while it runs."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from finetune.loading import is_large
from finetune.recipe import Recipe
from ohlora_tui import tokens
from ohlora_tui.errors import DataError
from ohlora_tui.heads import Head
from ohlora_tui.records import Row


@dataclass(frozen=True, slots=True)
class Step:
    """Where a training stands: for the progress bar and the loss curve."""

    head: str
    step: int
    steps: int
    epoch: float
    loss: float | None = None  # mean of the last steps, nats a target token
    valid: float | None = None  # after a pass
    note: str = ""  # a sentence for the user


Progress = Callable[[Step], None]


def _lora(recipe: Recipe, model: Any, first_new: int | None) -> Any:
    """LoRA on every linear layer; embedding rows from `first_new` on are trained with it and saved in the adapter."""
    from peft import LoraConfig

    new_rows = None
    if first_new is not None:
        table = model.get_input_embeddings()
        name = next(n for n, m in model.named_modules() if m is table).rsplit(".", 1)[-1]
        new_rows = {name: list(range(first_new, table.weight.shape[0]))}
    return LoraConfig(
        r=recipe.rank,
        lora_alpha=recipe.alpha,
        lora_dropout=recipe.dropout,
        target_modules="all-linear",
        task_type="CAUSAL_LM",
        trainable_token_indices=new_rows,
    )


def make_trainer(
    task: Head,
    model: Any,
    tokenizer: Any,
    data: dict[str, list[Any]],
    recipe: Recipe,
    out: Path,
    progress: Progress,
    first_new: int | None,
) -> Any:
    """TRL's SFTTrainer over ready examples: no packing, no truncation, labels as they are."""
    import torch
    from datasets import Dataset
    from transformers import EarlyStoppingCallback
    from trl import SFTConfig, SFTTrainer

    if recipe.threads:
        torch.set_num_threads(recipe.threads)
    tables = {name: Dataset.from_list([e.as_dict() for e in part]) for name, part in data.items()}
    gpu, large = torch.cuda.is_available(), is_large(model.config)
    config = SFTConfig(
        output_dir=str(out / "checkpoints"), num_train_epochs=recipe.epochs, learning_rate=recipe.lr, lr_scheduler_type="cosine",
        warmup_steps=recipe.warmup, per_device_train_batch_size=recipe.batch_size, per_device_eval_batch_size=2 * recipe.batch_size,
        gradient_accumulation_steps=recipe.accumulate, max_grad_norm=1.0, seed=recipe.seed, data_seed=recipe.seed,
        eval_strategy="epoch",
        eval_on_start=True, save_strategy="epoch", save_total_limit=2, load_best_model_at_end=True, metric_for_best_model="eval_loss",
        greater_is_better=False, logging_steps=10, report_to=[], disable_tqdm=True, use_cpu=not gpu, bf16=gpu or large,
        gradient_checkpointing=large, packing=False, max_length=None, dataset_kwargs={"skip_prepare_dataset": True},
        dataloader_pin_memory=gpu, eos_token=None, pad_token=None,
    )  # fmt: skip
    return SFTTrainer(
        model=model, args=config, train_dataset=tables["train"], eval_dataset=tables["valid"], processing_class=tokenizer,
        peft_config=_lora(recipe, model, first_new), callbacks=[_teller(task.name, progress), EarlyStoppingCallback(recipe.patience)],
    )  # fmt: skip


def _teller(head: str, progress: Progress) -> Any:
    """A trainer callback that passes every logged loss on."""
    from transformers import TrainerCallback

    class Teller(TrainerCallback):
        def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, float] | None = None, **_: Any) -> None:
            logs = logs or {}
            if "loss" in logs or "eval_loss" in logs:
                progress(
                    Step(head, state.global_step, state.max_steps, state.epoch or 0.0, logs.get("loss"), logs.get("eval_loss"))
                )

    return Teller()


@contextmanager
def stops_softly(trainer: Any) -> Iterator[Callable[[], bool]]:
    """Ctrl+C inside: the step is finished and a checkpoint kept; the yielded function then says True."""
    from transformers import TrainerCallback

    asked: list[int] = []

    class Stopper(TrainerCallback):
        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            if asked:
                control.should_save = control.should_training_stop = True

    trainer.add_callback(Stopper())
    try:
        before = signal.signal(signal.SIGINT, lambda number, frame: asked.append(number))
    except ValueError:  # not the main thread: nobody can press Ctrl+C here
        yield lambda: False
        return
    try:
        yield lambda: bool(asked)
    finally:
        signal.signal(signal.SIGINT, before)


def newest_checkpoint(out: Path) -> str:
    """The newest checkpoint of an interrupted training. DataError if there is none."""
    found = sorted((out / "checkpoints").glob("checkpoint-*"), key=lambda p: int(p.name.split("-")[1]))
    if not found:
        raise DataError(f"{out}에 이어서 할 학습이 없어요.", "--resume 없이 처음부터 시작해 주세요.")
    return str(found[-1])


def samples_of(task: Head, model: Any, tokenizer: Any, rows: Sequence[Row]) -> Iterator[tuple[str, str, str]]:
    """(prompt, written target, greedy text) of some valid rows."""
    import torch

    model.eval()
    for row in rows:
        prompt = task.prompt(row.turn)
        ids = torch.tensor([tokens.prompt_ids(tokenizer, prompt)], device=model.device)
        with torch.inference_mode():
            out = model.generate(
                input_ids=ids, attention_mask=torch.ones_like(ids), max_new_tokens=task.max_tokens, do_sample=False, use_cache=True,
                eos_token_id=tokens.eos_id(tokenizer), pad_token_id=tokens.eos_id(tokenizer),
            )  # fmt: skip
        yield prompt, task.target(row.turn), tokenizer.decode(out[0, ids.shape[1] :], skip_special_tokens=True)
