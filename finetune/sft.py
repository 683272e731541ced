"""TRL's SFTTrainer over our own examples. What is said and kept while it runs: finetune/watch.py."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from finetune.loading import is_large
from finetune.recipe import Recipe
from ohlora_tui import tokens
from ohlora_tui.devices import device
from ohlora_tui.heads import Head
from ohlora_tui.records import Row


def make_trainer(
    model: Any, tokenizer: Any, data: dict[str, list[Any]], recipe: Recipe, out: str, callbacks: list[Any], first_new: int | None
) -> Any:
    """TRL's SFTTrainer over ready examples: no packing, no truncation, labels as they are. Checkpoints go to `out`.

    `first_new`: the first embedding row that the base lacked, trained with the adapter; None if it lacked none.
    Several processes (accelerate launch) share each update: `batch_size` rows each.
    """
    import torch
    from datasets import Dataset
    from transformers import EarlyStoppingCallback
    from trl import SFTConfig, SFTTrainer

    if recipe.threads:
        torch.set_num_threads(recipe.threads)
    tables = {name: Dataset.from_list([e.as_dict() for e in part]) for name, part in data.items()}
    where, large = device(), is_large(model.config)
    config = SFTConfig(
        output_dir=out, num_train_epochs=recipe.epochs, learning_rate=recipe.lr, lr_scheduler_type="cosine",
        warmup_steps=recipe.warmup, per_device_train_batch_size=recipe.batch_size, per_device_eval_batch_size=2 * recipe.batch_size,
        gradient_accumulation_steps=recipe.accumulate, max_grad_norm=1.0, seed=recipe.seed, data_seed=recipe.seed,
        eval_strategy="epoch",
        eval_on_start=True, save_strategy="epoch", save_total_limit=2, load_best_model_at_end=True, metric_for_best_model="eval_loss",
        greater_is_better=False, logging_steps=10, disable_tqdm=True, use_cpu=where == "cpu", bf16=where == "cuda" or large,
        report_to=["tensorboard"] if recipe.tensorboard else [],
        gradient_checkpointing=large, packing=False, max_length=None, dataset_kwargs={"skip_prepare_dataset": True},
        dataloader_pin_memory=where == "cuda", eos_token=None, pad_token=None, ddp_find_unused_parameters=False,
        restore_callback_states_from_checkpoint=True,
    )  # fmt: skip
    trainer = SFTTrainer(
        model=model, args=config, train_dataset=tables["train"], eval_dataset=tables["valid"], processing_class=tokenizer,
        peft_config=_lora(recipe, model, first_new), callbacks=[*callbacks, EarlyStoppingCallback(recipe.patience)],
    )  # fmt: skip
    trainer.remove_callback(_printer())  # it prints bare dictionaries; what is said goes through watch.Teller
    return trainer


def _printer() -> Any:
    from transformers import PrinterCallback

    return PrinterCallback


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
        target_modules=recipe.targets if recipe.targets == "all-linear" else recipe.targets.split(","),
        task_type="CAUSAL_LM",
        trainable_token_indices=new_rows,
    )


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
