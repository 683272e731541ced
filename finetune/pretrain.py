"""The mini base from scratch: tokenizer, then a small GPT-NeoX (Polyglot-Ko's architecture) on Korean text and the persona's tasks.

    python -m finetune.pretrain --corpora DIR --minutes 75 --out DIR
    python -m finetune.pretrain --corpora DIR --like ohlora_tui/models/mini/base/training.json --out DIR   # as the shipped one was

Two phases (finetune/phases.py). `reading`: whole documents of finetune.corpus.Mix, loss on every token, Muon for the matrices and
AdamW for the rest. `talking`: the four tasks and everyday answers, loss on the targets only, AdamW. The weights with the lowest loss
on the valid persona rows are kept, as fp16 safetensors beside `training.json` (data, licences, steps, seconds, losses, seed).
"""

from __future__ import annotations

import argparse
import copy
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from finetune.corpus import SOURCES, Mix, texts_for_tokenizer
from finetune.phases import Plan, Trainer
from finetune.tokenizer import save, train_tokenizer
from finetune.wordings import read_wordings
from ohlora_tui import tokens
from ohlora_tui.dataset import data_hash, read_rows
from ohlora_tui.heads import HEADS

if TYPE_CHECKING:
    from transformers import GPTNeoXForCausalLM, PreTrainedTokenizerFast


def new_model(plan: Plan, vocabulary: int, eos: int) -> GPTNeoXForCausalLM:
    """A fresh GPT-NeoX in Polyglot-Ko's shape: parallel residual, half of each head rotary; embeddings tied to save 3 MB."""
    from transformers import GPTNeoXConfig, GPTNeoXForCausalLM

    config = GPTNeoXConfig(
        vocab_size=vocabulary,
        hidden_size=plan.hidden,
        num_hidden_layers=plan.layers,
        num_attention_heads=max(1, plan.hidden // 64),
        intermediate_size=4 * plan.hidden,
        max_position_embeddings=512,
        tie_word_embeddings=True,
        bos_token_id=eos,
        eos_token_id=eos,
        pad_token_id=eos,
        rope_parameters={"rope_type": "default", "rope_theta": 10000.0, "partial_rotary_factor": 0.5},
    )
    return GPTNeoXForCausalLM(config)


def store(model: GPTNeoXForCausalLM, tokenizer: PreTrainedTokenizerFast, out: Path) -> None:
    """fp16 safetensors, config and tokenizer; the model in memory stays fp32."""
    import torch
    from transformers.utils import logging

    logging.disable_progress_bar()
    copy.deepcopy(model).to(torch.float16).save_pretrained(str(out))
    (out / "model.safetensors").chmod(0o644)
    save(tokenizer, out)


def pretrain(
    corpora: Path, data: Path, out: Path, plan: Plan, start: Path | None = None, weights: Mapping[str, Sequence[float]] | None = None
) -> dict[str, Any]:
    """Trains the base into `out` and returns its log. `start`: a base to go on from instead of a fresh one; `weights`: another mix than Mix.WEIGHTS."""
    import torch

    torch.set_num_threads(plan.threads)
    torch.manual_seed(plan.seed)
    out.mkdir(parents=True, exist_ok=True)
    rows = read_rows(data)
    mix = Mix(corpora, rows, plan.seed, weights, read_wordings(data.parent / "wordings"))
    model, tokenizer = _loaded(start) if start else _made(plan, mix)
    trainer = Trainer(model, tokenizer, mix, rows, plan)
    trainer.store = lambda best: store(best, tokenizer, out)
    if plan.talk_share < 1:
        trainer.read(plan.minutes * 60 * (1 - plan.talk_share))
    trainer.talk(plan.minutes * 60)
    log = log_of(trainer, mix, start)
    (out / "training.json").write_text(json.dumps(log, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return log


def again(corpora: Path, data: Path, out: Path, like: Path) -> dict[str, Any]:
    """Every part that a log (`training.json`) tells of, in its order with its plan and mix, each from the one before; the log of the last.

    The parts before the last are left beside `out` (`NAME.part-1` …). Minutes, not steps, are repeated: another machine takes other
    steps, and the rows are those of today, so the weights are comparable and never the same.
    """
    start: Path | None = None
    told = parts(json.loads(like.read_text(encoding="utf-8")))
    for number, (plan, weights) in enumerate(told, 1):
        folder = out if number == len(told) else out.with_name(f"{out.name}.part-{number}")
        log = pretrain(corpora, data, folder, plan, start, weights)
        print(f"part {number} of {len(told)}: {log['tokens']:,} tokens, valid {log['best_valid']} -> {folder}", flush=True)
        start = folder
    return log


def parts(log: dict[str, Any]) -> list[tuple[Plan, dict[str, list[float]]]]:
    """(plan, mix) of all parts, the oldest first. A part that was stopped early is as long as it was, and only read."""
    known = {f.name for f in fields(Plan)}
    found: list[tuple[Plan, dict[str, list[float]]]] = []
    at: dict[str, Any] | None = log
    while at:
        stopped = {} if "minutes" in at["plan"] else {"minutes": at["seconds"] / 60, "talk_share": 0.0}
        found.append((Plan(**{k: v for k, v in at["plan"].items() if k in known} | stopped), at["weights"]))
        at = at.get("before")
    return found[::-1]


def _made(plan: Plan, mix: Mix) -> tuple[GPTNeoXForCausalLM, PreTrainedTokenizerFast]:
    """A fresh model with a tokenizer learnt from the mix."""
    must = (text for r in mix.rows for h in HEADS.values() for text in (h.prompt(r.turn), h.target(r.turn)))
    tokenizer = train_tokenizer(texts_for_tokenizer(mix), must)
    return new_model(plan, len(tokenizer), tokens.eos_id(tokenizer)), tokenizer


def _loaded(start: Path) -> tuple[GPTNeoXForCausalLM, PreTrainedTokenizerFast]:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    same: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    return AutoModelForCausalLM.from_pretrained(str(start), dtype=torch.float32, **same), AutoTokenizer.from_pretrained(
        str(start), **same
    )


def log_of(trainer: Trainer, mix: Mix, start: Path | None) -> dict[str, Any]:
    """What was trained on what, for how long and how well; after a `start`, its log stands under "before"."""
    before = start / "training.json" if start else None
    return {
        "plan": asdict(trainer.plan),
        "parameters": sum(p.numel() for p in trainer.model.parameters()),
        "steps": trainer.steps,
        "tokens": trainer.seen,
        "seconds": round(trainer.seconds()),
        "best_valid": round(trainer.best[0], 4) if trainer.best else None,
        "curve": trainer.curve,
        "documents": mix.sizes(),
        "weights": {name: list(ends) for name, ends in mix.weights.items()},
        "persona": {"train_rows": len(mix.rows), "valid_rows": len(trainer.valid), "train_sha256": data_hash(mix.rows)},
        "sources": [asdict(s) for s in SOURCES],
        "versions": {name: version(name) for name in ("torch", "transformers", "tokenizers")},
        "before": json.loads(before.read_text(encoding="utf-8")) if before and before.is_file() else None,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--corpora", type=Path, required=True, help="folder with the public corpora (finetune/corpus.py names them)"
    )
    parser.add_argument("--data", type=Path, default=Path("finetune/data/persona"), help="persona rows")
    parser.add_argument("--out", type=Path, required=True, help="folder of the finished base")
    parser.add_argument("--start", type=Path, help="a base to go on from instead of a fresh one")
    parser.add_argument("--like", type=Path, help="a training.json: all its parts again, with its own plans (the options below do not count)")
    for field in fields(Plan):
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=type(field.default), default=field.default)
    asked = parser.parse_args()
    plan = Plan(**{field.name: getattr(asked, field.name) for field in fields(Plan)})
    made = again(asked.corpora, asked.data, asked.out, asked.like) if asked.like else None
    log = made or pretrain(asked.corpora, asked.data, asked.out, plan, asked.start)
    print(f"{asked.out}: {log['parameters']:,} parameters, {log['tokens']:,} tokens, valid {log['best_valid']}")


if __name__ == "__main__":
    main()
