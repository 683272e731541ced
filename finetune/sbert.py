"""An embedder from any sentence-transformers or plain transformer base, by sentence-transformers' own trainer."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from finetune.contrast import Kind, Watch
from ohlora_tui.errors import ModelError

EPOCHS = 1
"""Passes over the pairs: a pretrained encoder needs one; more only learn the lines by heart."""
MOST = 20_000
"""Pairs of a kind in a run: the lexicon and the wordings have more than a pretrained encoder needs."""
RATE, BATCH, WARMUP = 2e-5, 32, 0.1
"""sentence-transformers' defaults for fine-tuning (docs, training overview)."""


def train(base: str, out: Path, kinds: Sequence[Kind], judge: Callable[[Any], float], watch: Watch, seed: int) -> dict[str, list[float]]:
    """The base fine-tuned on the kinds with in-batch negatives, saved into `out`; mean loss by tenth. ModelError if it cannot be loaded."""
    import torch
    from datasets import Dataset
    from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer, SentenceTransformerTrainingArguments
    from sentence_transformers.losses import MultipleNegativesRankingLoss
    from transformers.trainer_callback import PrinterCallback
    from transformers.trainer_utils import get_last_checkpoint

    try:
        model = SentenceTransformer(base, trust_remote_code=False)
    except (OSError, ValueError) as wrong:
        raise ModelError(f"{base} 검색 모델을 불러올 수 없어요: {str(wrong).splitlines()[0]}", "폴더나 Hugging Face 아이디를 확인해 주세요.") from wrong
    rng = random.Random(seed)
    data = {}
    for kind in kinds:
        chosen = rng.sample(list(kind.pairs), min(MOST, len(kind.pairs)))
        data[kind.name] = Dataset.from_dict({"anchor": [a for a, _ in chosen], "positive": [b for _, b in chosen]})
    state = str((watch.state or out / "checkpoints" / "state.pt").parent)
    arguments = SentenceTransformerTrainingArguments(
        output_dir=state, num_train_epochs=EPOCHS, per_device_train_batch_size=BATCH, learning_rate=RATE, warmup_steps=WARMUP, seed=seed, data_seed=seed,
        logging_steps=0.05, save_strategy="steps", save_steps=0.1, save_total_limit=2, report_to=[], disable_tqdm=True, dataloader_pin_memory=torch.cuda.is_available(),
    )  # fmt: skip
    losses = {name: MultipleNegativesRankingLoss(model) for name in data}
    trainer = SentenceTransformerTrainer(model=model, args=arguments, train_dataset=data, loss=losses, callbacks=[_teller(judge, watch, model)])
    trainer.remove_callback(PrinterCallback)  # it prints a dictionary a step among our lines
    trainer.train(resume_from_checkpoint=get_last_checkpoint(state) if watch.resume else None)
    model.save(str(out), create_model_card=False)
    logged = [e["loss"] for e in trainer.state.log_history if "loss" in e]
    return {"all": [round(float(np.mean(part)), 4) for part in np.array_split(logged, 10) if len(part)]}


def _teller(judge: Callable[[Any], float], watch: Watch, model: Any) -> Any:
    """A callback that passes the tenths on, each with its loss and how well the model finds the valid lines."""
    from transformers import TrainerCallback

    class Teller(TrainerCallback):
        def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            losses = [e["loss"] for e in state.log_history if "loss" in e][-10:]
            judged = judge(lambda texts: model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False))
            if watch.progress:
                watch.progress(round(10 * state.global_step / max(1, state.max_steps)), {"all": float(np.mean(losses or [0.0]))}, judged)

    return Teller()
