"""Models on this machine: one base in memory, up to four adapters on it, one generation at a time."""

from __future__ import annotations

import math
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ohlora_tui import faces
from ohlora_tui.bases import Base
from ohlora_tui.engine.constrained import (
    SURE_MEMORY,
    Choice,
    Constrain,
    Job,
    MemoryRule,
    Rule,
    Watch,
    best_of,
    byte_table,
    expression_trie,
    left_padded,
)
from ohlora_tui.engine.loading import SMALL, attach, load_base
from ohlora_tui.engine.mixing import NO_ADAPTER, Voices
from ohlora_tui.engine.prefix import Prefixes
from ohlora_tui.engine.quantized import let_go
from ohlora_tui.engine.raw import Wish, rule_of
from ohlora_tui.engine.speech import Speech
from ohlora_tui.engine.thread import MODEL_THREAD
from ohlora_tui.errors import EngineError, as_engine_error
from ohlora_tui.faces import Faces
from ohlora_tui.heads import EXPRESSION_TEXTS, HEADS, START, Head, plain, with_examples
from ohlora_tui.records import Memory, Turn
from ohlora_tui.settings import Settings
from ohlora_tui.tokens import eos_id, prompt_ids, target_ids

ANSWER, MEMORY, FACE = "output_message", "memory", "eyes_mouth_pose"
MEMORY_TOKENS = 96
"""Most tokens of a memory. Its grammar is finite and ends by itself: a byte-level tokenizer may need 3 a syllable."""


class LocalEngine:
    """An `Engine` (protocol.py) that runs the base in this process."""

    def __init__(self, name: str, model: Any, tokenizer: Any, heads: Sequence[str], settings: Settings, letters: Faces | None = None) -> None:
        self.name = name
        self.heads = frozenset(heads)
        """Names of the heads that have an adapter; the others are skipped."""
        base = model.get_base_model() if self.heads else model
        self.small = sum(p.numel() for p in base.parameters()) < SMALL
        self._model, self._tokenizer, self._settings = model, tokenizer, settings
        self._longest = int(getattr(base.config, "max_position_embeddings", 2048))
        self._voices = Voices(model if self.heads else None)
        if not self.small:
            let_go()  # of peft's adapters, .06 GiB of the 1.3B's four
        self._beside: tuple[str, MemoryRule] | None = None
        """(message, what its memory came to), where it was written beside the last answer."""
        self._tokens, self._prefixes = 0, Prefixes(kept=not self.small)
        self._faces, self._letters = expression_trie(tokenizer), letters
        self._bytes_of = byte_table(tokenizer, base.get_output_embeddings().weight.shape[0]) if MEMORY in self.heads else None
        self._plain_config(base)

    @classmethod
    def load(
        cls, base: Base, adapters: dict[str, Path], settings: Settings, progress: Callable[[str], None] = lambda line: None
    ) -> LocalEngine:
        """Base and adapters from disk (never the network), warmed up. `progress` gets one Korean line a step. ModelError."""
        progress("모델을 준비하고 있어요.")

        def made() -> LocalEngine:
            torch.set_num_threads(settings.threads or 1)
            model, tokenizer = load_base(base, settings, adapters, progress)
            letters = faces.load(adapters[FACE]) if FACE in adapters else None
            return cls(base.name, attach(model, adapters, progress), tokenizer, tuple(adapters), settings, letters)

        engine = MODEL_THREAD.run(made)
        engine._warm_up()
        progress(f"{base.name} 모델이 준비됐어요.")
        return engine

    @property
    def tokens(self) -> int:
        """Tokens of the last streamed answer, end marker left out."""
        return self._tokens

    def stream(
        self, turn: Turn, *, stop: threading.Event, examples: Sequence[Turn] = (), avoid: frozenset[str] = frozenset(), remember: bool = False
    ) -> Iterator[str]:
        """Her answer, piece by piece; `remember`: a large base writes the memory in the same batch. Closing the iterator ends both within one token."""
        head = HEADS[ANSWER]
        prompt = with_examples(head, examples, turn) if examples and ANSWER not in self.heads else head.prompt(turn)
        pieces: queue.SimpleQueue[str | BaseException | None] = queue.SimpleQueue()
        gone = threading.Event()
        self._tokens = 0
        speech = Speech(self._tokenizer, self._settings.answer_tokens, pieces.put, avoid)
        jobs = [self._job(ANSWER, prompt, speech), *(self._memory_beside(turn) if remember else ())]
        worker = threading.Thread(target=self._speak, args=(jobs, lambda: stop.is_set() or gone.is_set(), pieces), daemon=True)
        worker.start()
        try:
            while (piece := pieces.get()) is not None:
                if isinstance(piece, BaseException):
                    raise as_engine_error("대답", piece) from piece
                yield piece
        finally:
            gone.set()
            worker.join()
            self._tokens = speech.tokens

    def likelihood(self, turn: Turn, answer: str) -> float:
        """Mean log-probability (nats) a token of `answer` and its end: one forward."""
        head, told = HEADS[ANSWER], replace(turn, answer=answer)
        scores = self.likelihoods(ANSWER, head.prompt(told), head.target(told))
        return sum(score for _, score in scores) / len(scores)

    def likelihoods(self, name: str, prompt: str, target: str) -> list[tuple[str, float]]:
        """(token, log-probability in nats) of each token of `target` and its end, written after `prompt` by the head `name`."""
        written = target_ids(self._tokenizer, prompt, target)
        read = prompt_ids(self._tokenizer, prompt, self._longest - max(HEADS[ANSWER].max_tokens + 1, len(written)))

        def score() -> list[float]:
            model = self._open()
            with torch.inference_mode(), self._voices.speaking([name if name in self.heads else NO_ADAPTER]) as extra:
                logits = model(torch.tensor([read + written], device=model.device), **extra).logits[0]  # (T, V)
                scores = logits[len(read) - 1 : -1].float().log_softmax(-1)  # (written, V)
                return scores.gather(1, torch.tensor(written, device=scores.device)[:, None])[:, 0].tolist()  # type: ignore[no-any-return]

        with self._guarded("대답"):
            found = MODEL_THREAD.run(score)
        return list(zip(self._tokenizer.convert_ids_to_tokens(written), found, strict=True))

    def complete(self, wish: Wish, emit: Callable[[str], None], stopped: Callable[[], bool]) -> Rule:
        """A raw prompt continued under the head `wish.model`, the plain base for any other name: what `serving.py` gives others.

        `emit` gets free text piece by piece. The rule holds the text; it has `ended` unless `stopped()` came first. ValueError: no regex.
        """
        rule = rule_of(wish, self._tokenizer, self._faces, self._bytes_of, emit, self._least(wish.model))
        with self._guarded("글"):
            if wish.choice == EXPRESSION_TEXTS and self.small and wish.model == FACE in self.heads:
                rule.text = self._face(Turn(wish.message, answer=wish.prompt.removesuffix(START)), stopped)
                rule.ended = rule.text != ""
            else:
                self._run([self._job(wish.model, wish.prompt, rule)], stopped, wish.temperature)
            return rule

    def memory(self, turn: Turn, *, stop: threading.Event) -> Memory | None:
        """The fact to remember, a known key and the user's own words; None for nothing, or if the head has no adapter."""
        if MEMORY not in self.heads:
            return None
        with self._guarded("기억"):
            rule = self._written_beside(turn)
            if rule is None:
                job, rule = self._memory_job(turn)
                self._run([job], stop.is_set)
            found: Memory | None = HEADS[MEMORY].parse(rule.text)
            return found

    def _memory_job(self, turn: Turn) -> tuple[Job, MemoryRule]:
        rule = MemoryRule(self._tokenizer, self._bytes_of, plain(turn.message), MEMORY_TOKENS, self._least(MEMORY))
        return self._job(MEMORY, HEADS[MEMORY].prompt(turn), rule), rule

    def _memory_beside(self, turn: Turn) -> list[Job]:
        """The memory's row of an answer's batch, kept for `memory`; none for a small base, whose steps cost by the row."""
        self._beside = None
        if self.small or MEMORY not in self.heads:
            return []
        job, rule = self._memory_job(turn)
        self._beside = turn.message, rule
        return [replace(job, greedy=True)]

    def _written_beside(self, turn: Turn) -> MemoryRule | None:
        """What was written beside the answer to this very message, once, if it came to its end."""
        (message, rule), self._beside = self._beside or ("", None), None
        return rule if rule and message == turn.message and rule.ended else None

    def after(self, turn: Turn, heads: Sequence[Head], *, stop: threading.Event) -> dict[str, str]:
        """Texts of those `heads` that have an adapter and came to their end before `stop`.

        A small base writes the summary alone and scores all 36 expressions (exact .409 against .355 greedy on 93 rows); a large
        one writes both in one mixed batch, the expression greedily along its trie: one decode step costs it 0.4 s on a CPU.
        """
        present = [h for h in heads if h.name in self.heads]
        with self._guarded("요약과 표정"):
            return self._apart(turn, present, stop) if self.small else self._together(turn, present, stop)

    def close(self) -> None:
        """Free the model; waits for a generation that is still running."""
        MODEL_THREAD.run(lambda: setattr(self, "_model", None))
        torch.cuda.empty_cache()  # does nothing without a GPU

    def _together(self, turn: Turn, heads: Sequence[Head], stop: threading.Event) -> dict[str, str]:
        jobs = {h.name: self._job(h.name, h.prompt(turn), self._rule(h)) for h in heads}
        if jobs:
            self._run(list(jobs.values()), stop.is_set)
        return {name: job.rule.text for name, job in jobs.items() if job.rule.ended}

    def _apart(self, turn: Turn, heads: Sequence[Head], stop: threading.Event) -> dict[str, str]:
        done: dict[str, str] = {}
        for head in sorted(heads, key=lambda h: h.name != FACE):  # the face first: it is seen at once
            if head.name == FACE:
                text = self._face(turn, stop.is_set)
                done |= {head.name: text} if text else {}
            else:
                done |= self._together(turn, [head], stop)
        return done

    def faces_of(self, turn: Turn) -> NDArray[np.float32]:
        """(36,) log-likelihoods of the expressions by the head alone, exactly."""
        ids = prompt_ids(self._tokenizer, HEADS[FACE].prompt(turn), self._longest - 64)

        def score() -> NDArray[np.float32]:
            with self._voices.speaking([FACE]):
                return best_of(self._open(), ids, self._faces)[1].numpy()

        return MODEL_THREAD.run(score)

    def _face(self, turn: Turn, stopped: Callable[[], bool]) -> str:
        """The likeliest expression, by its letters too where there are some; "" if `stopped()` came first."""
        if (own := MODEL_THREAD.turn(lambda: self.faces_of(turn), stopped)) is None:
            return ""
        return EXPRESSION_TEXTS[int((self._letters.weighed(own, turn.message, turn.answer) if self._letters else own).argmax())]

    def _least(self, name: str) -> float:
        return SURE_MEMORY if self.small and name == MEMORY else -math.inf

    def _rule(self, head: Head) -> Rule:
        if head.constraint == "expression":
            return Choice(self._faces, EXPRESSION_TEXTS)
        return Speech(self._tokenizer, head.max_tokens)

    def _job(self, name: str, prompt: str, rule: Rule) -> Job:
        ids = prompt_ids(self._tokenizer, prompt, self._longest - rule.limit)
        return Job(name if name in self.heads else NO_ADAPTER, ids, rule)

    def _speak(self, jobs: Sequence[Job], stopped: Callable[[], bool], pieces: queue.SimpleQueue[str | BaseException | None]) -> None:
        """The generating thread: whatever happens, the reader gets an end or the error, never silence."""
        try:
            self._run(jobs, stopped, self._settings.temperature)
            pieces.put(None)
        except BaseException as wrong:
            pieces.put(wrong)

    def _run(self, jobs: Sequence[Job], stopped: Callable[[], bool], temperature: float = 0.0) -> None:
        """Write all jobs in one left-padded batch until each has ended or `stopped()`. The rules hold what was written."""
        from transformers import GenerationConfig, LogitsProcessorList, StoppingCriteriaList

        ids, mask = left_padded([job.prompt for job in jobs], eos_id(self._tokenizer))
        rules, length = [job.rule for job in jobs], ids.shape[1]
        heat = {"do_sample": True, "temperature": temperature} if temperature else {"do_sample": False}
        config = GenerationConfig(max_new_tokens=max(r.limit for r in rules), **self._ends(), **heat)

        def write() -> None:
            model = self._open()
            with self._voices.speaking([job.adapter for job in jobs]) as extra, torch.inference_mode():
                told = model.generate(
                    ids.to(model.device), generation_config=config, attention_mask=mask.to(model.device),
                    past_key_values=self._prefixes.before(jobs), return_dict_in_generate=True,
                    logits_processor=LogitsProcessorList([Constrain(rules, [job.greedy for job in jobs])]),
                    stopping_criteria=StoppingCriteriaList([Watch(rules, length, stopped)]), **extra,
                )  # fmt: skip
                self._prefixes.after(jobs, told.past_key_values, length)

        MODEL_THREAD.turn(write, stopped)

    def _open(self) -> Any:
        """The model. EngineError once it is closed."""
        if self._model is None:
            raise EngineError(f"{self.name} 모델은 이미 닫혔어요.", "앱을 다시 시작해 주세요.")
        return self._model

    def _ends(self) -> dict[str, int]:
        eos = eos_id(self._tokenizer)
        return {"eos_token_id": eos, "pad_token_id": eos}

    def _plain_config(self, base: Any) -> None:
        """Nothing of the base's own generation defaults (sampling, another eos) may reach our decoding."""
        from transformers import GenerationConfig

        base.generation_config = GenerationConfig(**self._ends())
        self._model.generation_config = base.generation_config

    def _warm_up(self) -> None:
        """One token, so that the first answer does not pay for the libraries' first call."""
        self._run([self._job(ANSWER, HEADS[ANSWER].prompt(Turn("안녕")), Speech(self._tokenizer, 1))], lambda: False)

    @contextmanager
    def _guarded(self, what: str) -> Iterator[None]:
        try:
            yield
        except Exception as wrong:
            raise as_engine_error(what, wrong) from wrong
