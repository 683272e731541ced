"""The two phases of the base's training, on one model, with the log of what happened."""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from finetune.corpus import Doc, Mix, tagged
from finetune.examples import IGNORE, usable
from finetune.packing import Packer, loss_of, pad
from ohlora_tui import tokens
from ohlora_tui.heads import HEADS, STOP
from ohlora_tui.records import Row, Turn

if TYPE_CHECKING:
    import torch
    from transformers import GPTNeoXForCausalLM, PreTrainedTokenizerFast

SAMPLES = (
    "로라야 나 왔어|오늘 회사에서 너무 힘들었어|저녁 뭐 먹을까?|너 이름이 뭐야?|비가 엄청 와|잠이 안 와|시험 망쳤어ㅠㅠ|너는 뭐 좋아해?|"
    "고마워 로라야|나 내일 소개팅해|심심한데 뭐 하지|너 사람이야?|남자친구랑 싸웠어|주말에 영화 볼 건데 추천해 줘|감기 걸린 것 같아|잘 자|"
    "나 드디어 취직했어!|너무 외로워|배고프다|노래 하나 추천해 줘"
).split("|")
"""Ordinary messages that are printed with their answers while training; nothing is chosen by them."""


@dataclass(frozen=True)
class Plan:
    """The whole recipe of the base."""

    minutes: float = 75.0
    """Wall-clock minutes for both phases together, looks at the valid rows included."""
    talk_share: float = 0.12
    """Share of the minutes for the second phase."""
    hidden: int = 256
    """Width. 256 x 6 layers: 6.3 million parameters, 12.6 MB in fp16."""
    layers: int = 6
    window: int = 128
    """Tokens a row; whole documents are packed into it, none is cut. The longest written document has about 90."""
    batch: int = 16
    """Rows a step: 2,048 tokens."""
    muon_lr: float = 0.02
    """Muon's learning rate for the matrices (it beat AdamW at equal time, 3.52 to 3.96 nats)."""
    adam_lr: float = 3e-3
    """AdamW's for embeddings, norms and biases."""
    talk_lr: float = 5e-4
    """AdamW's for everything in the second phase."""
    warmup: int = 60
    """Steps to the full learning rate."""
    dropout: float = 0.1
    """Share of each layer's outputs dropped. Without it the answers of held-out rows got worse from the fifth pass on (5.03 -> 5.42)."""
    weight_decay: float = 0.05
    """Of the matrices, times the learning rate."""
    decay_from: float = 0.5
    """Share of the first phase after which the learning rate falls linearly to a twentieth."""
    eval_every_s: float = 420.0
    """Seconds between two looks at the valid rows in the first phase; a sixth of it in the second."""
    samples: int = 20
    """Messages answered for the eye at each look. Count."""
    seed: int = 17
    threads: int = 1


@dataclass(frozen=True)
class Phase:
    """One phase: its documents, its optimisers, and the seconds between which it runs."""

    name: str
    packer: Packer
    docs: Iterator[Doc]
    optimisers: list[Any]
    done: Callable[[], float]  # 0..1
    keep: float  # share of the phase with the full learning rate
    every: float  # seconds between two looks


class Trainer:
    """Runs the phases; `best` is (mean valid loss, weights) of the best look so far, `store(model)` writes them down."""

    def __init__(
        self, model: GPTNeoXForCausalLM, tokenizer: PreTrainedTokenizerFast, mix: Mix, rows: list[Row], plan: Plan
    ) -> None:
        self.model, self.tokenizer, self.mix, self.plan = model, tokenizer, mix, plan
        self.store: Callable[[GPTNeoXForCausalLM], None] = lambda model: None
        self.valid = [r for r in rows if r.split == "valid"]
        self.began = time.monotonic()
        self.curve: list[dict[str, Any]] = []
        self.best: tuple[float, dict[str, torch.Tensor]] | None = None
        self.seen = self.steps = 0
        for layer in (m for n, m in model.named_modules() if n.endswith(("post_attention_dropout", "post_mlp_dropout"))):
            layer.p = plan.dropout

    def seconds(self) -> float:
        return time.monotonic() - self.began

    def read(self, until: float) -> None:
        """The first phase, until `until` seconds: every token of every document, Muon + AdamW."""
        import torch

        matrices = [p for n, p in self.model.named_parameters() if p.ndim == 2 and "embed" not in n]
        others = [p for n, p in self.model.named_parameters() if p.ndim != 2 or "embed" in n]
        muon = torch.optim.Muon(matrices, lr=self.plan.muon_lr, weight_decay=self.plan.weight_decay)
        adam = torch.optim.AdamW(others, lr=self.plan.adam_lr, betas=(0.9, 0.95), weight_decay=0.0)
        done, packer = self._share(until), Packer(self.tokenizer, self.plan.window, targets_only=False)
        self._run(
            Phase("reading", packer, self._documents(done), [muon, adam], done, self.plan.decay_from, self.plan.eval_every_s)
        )

    def talk(self, until: float) -> None:
        """The second phase, until `until` seconds: the four tasks and everyday answers, targets only, AdamW."""
        import torch

        adam = torch.optim.AdamW(self.model.parameters(), lr=self.plan.talk_lr, betas=(0.9, 0.95), weight_decay=0.01)
        packer = Packer(self.tokenizer, self.plan.window, targets_only=True)
        docs = (doc for doc in self._documents(lambda: 1.0) if doc[0])
        self._run(Phase("talking", packer, docs, [adam], self._share(until), 0.1, self.plan.eval_every_s / 6))

    def _share(self, until: float) -> Callable[[], float]:
        start = self.seconds()
        return lambda: min(1.0, (self.seconds() - start) / max(1e-9, until - start))

    def _documents(self, done: Callable[[], float]) -> Iterator[Doc]:
        while True:
            yield self.mix.draw(done())[1]

    def _run(self, phase: Phase) -> None:
        """Steps until the phase is done; a look every `phase.every` seconds and at the end."""
        full = [[g["lr"] for g in o.param_groups] for o in phase.optimisers]
        next_look, losses, steps_then, then = self.seconds() + phase.every, [0.0], self.steps, self.seconds()
        while phase.done() < 1:
            self._set_rates(phase, full)
            losses = [*losses[-99:], self._step(phase)]
            if self.steps % 50 == 0:
                rate = (self.steps - steps_then) * self.plan.batch * self.plan.window / (self.seconds() - then)
                print(
                    f"{phase.name} {self.steps} {self.seconds():.0f} s loss {_mean(losses):.3f} {rate:.0f} tokens/s", flush=True
                )
            if self.seconds() > next_look:
                self.look(phase.name, _mean(losses))
                next_look = self.seconds() + phase.every
        self.look(phase.name, _mean(losses))

    def _step(self, phase: Phase) -> float:
        """One update; its loss."""
        import torch

        batch = phase.packer.batch(phase.docs, self.plan.batch)
        self.model.train()
        loss = loss_of(self.model, batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimiser in phase.optimisers:
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        self.steps += 1
        self.seen += batch["input_ids"].numel()
        return loss.item()

    def _set_rates(self, phase: Phase, full: list[list[float]]) -> None:
        """Warm-up, then flat, then a linear fall to a twentieth."""
        done = phase.done()
        factor = 1.0 if done < phase.keep else 1 - 0.95 * (done - phase.keep) / (1 - phase.keep)
        factor *= min(1.0, (self.steps + 1) / self.plan.warmup)
        for optimiser, rates in zip(phase.optimisers, full, strict=True):
            for group, rate in zip(optimiser.param_groups, rates, strict=True):
                group["lr"] = rate * factor

    def look(self, phase: str, train_loss: float) -> None:
        """Loss on the valid rows by head, a few answers for the eye; the best weights so far are kept and stored."""
        by_head = {name: round(self.valid_loss(name), 4) for name in HEADS}
        mean = sum(by_head.values()) / len(by_head)
        where = {"phase": phase, "step": self.steps, "tokens": self.seen, "seconds": round(self.seconds())}
        self.curve.append(where | {"train": round(train_loss, 4), "valid": round(mean, 4)} | by_head)
        print(json.dumps(self.curve[-1], ensure_ascii=False), flush=True)
        for message in SAMPLES[: self.plan.samples]:
            answer = self.say("output_message", Turn(message))
            told = [self.say(name, Turn(message, answer=answer)) for name in ("memory", "summary")]
            print("  " + " | ".join((message, answer, *told)), flush=True)
        if self.best is None or mean < self.best[0]:
            self.best = (mean, copy.deepcopy(self.model.state_dict()))
            self.store(self.model)

    def valid_loss(self, name: str) -> float:
        """Mean nats a target token over the valid rows of one head."""
        import torch

        packer = Packer(self.tokenizer, 2 * self.plan.window, targets_only=True)
        found = [packer.ids(tagged(HEADS[name], r.turn)) for r in usable(HEADS[name], self.valid)]
        self.model.eval()
        total = count = 0.0
        with torch.no_grad():
            for at in range(0, len(found), 32):
                batch = pad(found[at : at + 32], self.tokenizer.eos_token_id)
                n = int((batch["labels"][:, 1:] != IGNORE).sum())
                total, count = total + loss_of(self.model, batch).item() * n, count + n
        return total / max(1.0, count)

    def say(self, name: str, turn: Turn) -> str:
        """Greedy text of one head, by its tagged prompt."""
        import torch

        ids = torch.tensor([tokens.prompt_ids(self.tokenizer, tagged(HEADS[name], turn)[0])])
        ends = [self.tokenizer.eos_token_id, self.tokenizer.convert_tokens_to_ids(f" {STOP}")]
        self.model.eval()
        with torch.no_grad():
            out = self.model.generate(
                ids,
                attention_mask=torch.ones_like(ids),
                max_new_tokens=HEADS[name].max_tokens,
                do_sample=False,
                eos_token_id=ends,
            )
        return str(self.tokenizer.decode(out[0, ids.shape[1] :], skip_special_tokens=True)).split(STOP)[0].strip()


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)
