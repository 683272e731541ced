"""An `Engine` that asks an OpenAI-compatible server: a head is the `model` field of `/v1/completions`.

Nothing is loaded here and torch is not imported. What a server can hold the text to it is asked for (choice, regex); what comes
back is checked here in any case, and never asked for again in a loop. What a message says goes to that server.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from ohlora_tui.cleaning import clean
from ohlora_tui.engine.reading import chunks, piece_of, scores_after, tokens_of
from ohlora_tui.engine.wire import Refused, Wire
from ohlora_tui.engine.wording import Hearing, memory_pattern, nearest_expression
from ohlora_tui.errors import EngineError
from ohlora_tui.heads import EXPRESSION_TEXTS, HEADS, STOP, Head, plain, with_examples
from ohlora_tui.records import Memory, Turn
from ohlora_tui.settings import Settings

ANSWER, MEMORY, FACE = "output_message", "memory", "eyes_mouth_pose"
HELD_TOKENS = 96
"""Most tokens of a text under a constraint, as LocalEngine's memory: a byte-level tokenizer may need 3 a syllable."""
OURS = "ohlora"
"""`owned_by` of `ohlora serve-model`, which knows `avoid` and `message` and scores an answer exactly."""
MOST_AVOIDED = 1000
"""Answers to avoid that our server takes in one request (raw.MOST_TEXTS)."""
AGAIN_HEAT = 0.8
"""Temperature of the one other try where a server that does not know `avoid` gives an answer that was already given."""
COMPLETIONS, MODELS = "/v1/completions", "/v1/models"


@dataclass(frozen=True, slots=True)
class Served:
    """What `/v1/models` lists: the base, which of our heads, everything by name, and whether it is our own server."""

    base: str
    heads: frozenset[str]
    names: tuple[str, ...]
    ours: bool


def served_in(listing: Mapping[str, Any], wish: str, url: str) -> Served:
    """`wish`: the base to prefer where several are listed. EngineError if no model is."""
    data = listing.get("data")
    models = {m["id"]: m for m in data if isinstance(m, dict) and isinstance(m.get("id"), str)} if isinstance(data, list) else {}
    if not models:
        raise EngineError(f"{url} 서버에 모델이 하나도 없어요.", "서버가 다 켜졌는지 확인해 주세요.")
    heads = frozenset(models) & frozenset(HEADS)
    others = [name for name in models if name not in HEADS and not models[name].get("parent")]
    parents = [m["parent"] for m in models.values() if isinstance(m.get("parent"), str)]
    base = wish if wish in others else next(iter([*others, *parents]), "")
    if not base and ANSWER not in heads:
        raise EngineError(f"{url} 서버에 대답을 쓸 모델이 없어요 (있는 것: {_listed(tuple(models))}).", "기반 모델이나 output_message를 함께 올려 주세요.")
    ours = bool(base in models and models[base].get("owned_by") == OURS)
    return Served(base or ANSWER, heads, tuple(models), ours)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(clean(name)[:60] for name in names[:20])


class RemoteEngine:
    """Heads that the server lists; the others are skipped, as LocalEngine skips a head without adapter."""

    def __init__(self, wire: Wire, served: Served, settings: Settings) -> None:
        self.name = " ".join(clean(served.base).split())[:60]
        self.heads = served.heads
        self.url, self.place = wire.url, wire.place
        self._wire, self._served, self._settings = wire, served, settings
        self._tokens = 0
        self._closed = threading.Event()
        self._loose: set[str] = set()  # models whose server refuses fields that are not OpenAI's

    @classmethod
    def connect(cls, settings: Settings) -> RemoteEngine:
        """Ask `settings.server` what it serves. SettingsError for a bad address, EngineError if it cannot be reached or read."""
        wire = Wire(settings.server, settings.server_key)
        return cls(wire, served_in(wire.document(MODELS), settings.base, wire.url), settings)

    @property
    def tokens(self) -> int:
        """Tokens of the last streamed answer as the server counts them (some count the end marker), else the pieces that came."""
        return self._tokens

    def stream(
        self, turn: Turn, *, stop: threading.Event, examples: Sequence[Turn] = (), avoid: frozenset[str] = frozenset(), remember: bool = False
    ) -> Iterator[str]:
        """Her answer, piece by piece. Closing the iterator or `stop` closes the connection, which ends the generation there.

        A server that does not know `avoid` is asked once more, warmer, if it gave an old answer; twice the same: nothing is said.
        """
        head = HEADS[ANSWER]
        prompt = with_examples(head, examples, turn) if ANSWER not in self.heads and examples else head.prompt(turn)
        heat, self._tokens = self._settings.temperature, 0
        for temperature in (heat,) if self._served.ours else (heat, max(heat, AGAIN_HEAT)):
            ask = self._ask(ANSWER, prompt, self._settings.answer_tokens) | {"temperature": temperature}
            extra = {"avoid": sorted(avoid)[:MOST_AVOIDED]} if avoid and self._served.ours else {}
            said = told = ""
            for piece in self._pieces(ask, extra | {"stream_options": {"include_usage": True}}, stop):
                said += piece
                if not any(old.startswith(said) for old in avoid):  # it cannot become one of them any more
                    yield said[len(told) :]
                    told = said
            if said not in avoid or not said:
                if told != said:
                    yield said[len(told) :]
                return

    def likelihood(self, turn: Turn, answer: str) -> float:
        """Mean log-probability (nats) a token of `answer` and its end, from `echo` and `logprobs`.

        Ours scores exactly what LocalEngine scores. vLLM reads prompt and answer as one text, so a token may span their border, and
        its next token stands for the end. A server that gives no figures: -inf, so that nothing counts as sure.
        """
        head = HEADS[ANSWER]
        told = replace(turn, answer=answer)
        prompt = head.prompt(told)
        body = self._ask(ANSWER, prompt + head.target(told), 1) | {"echo": True, "logprobs": 1, "stream": False}
        try:
            found = self._wire.document(COMPLETIONS, body, self._closed.is_set)
        except Refused as wrong:
            if wrong.status in (400, 422, 501):
                return -math.inf
            raise
        scores = scores_after(found, len(prompt))
        return sum(scores) / len(scores) if scores else -math.inf

    def memory(self, turn: Turn, *, stop: threading.Event) -> Memory | None:
        """The fact to remember; None for nothing, or if the head is not served. EngineError (a note on the turn) if it is no `[key: value]`."""
        pattern = memory_pattern(plain(turn.message))
        if MEMORY not in self.heads or not pattern:
            return None
        head = HEADS[MEMORY]
        held = {"structured_outputs": {"regex": pattern}, "guided_regex": pattern}
        text = self._whole(MEMORY, head.prompt(turn), HELD_TOKENS, held, stop)
        try:
            found: Memory | None = head.parse(text or "")
            return found
        except ValueError as wrong:
            raise EngineError(f"서버가 쓴 기억을 읽지 못했어요: {(text or '')[:60]!r}") from wrong

    def after(self, turn: Turn, heads: Sequence[Head], *, stop: threading.Event) -> dict[str, str]:
        """Texts of those `heads` that are served and came to their end before `stop`, all asked for at the same time."""
        present = [h for h in heads if h.name in self.heads]
        with ThreadPoolExecutor(max(1, len(present))) as pool:
            texts = list(pool.map(lambda h: self._side(h, turn, stop), present))
        return {h.name: text for h, text in zip(present, texts, strict=True) if text is not None}

    def close(self) -> None:
        """Every connection that is still open is closed; nothing is kept."""
        self._closed.set()

    def _side(self, head: Head, turn: Turn, stop: threading.Event) -> str | None:
        if head.constraint != "expression":
            return self._whole(head.name, head.prompt(turn), head.max_tokens, {}, stop)
        choices = [f" {text}" for text in EXPRESSION_TEXTS]
        held: dict[str, Any] = {"structured_outputs": {"choice": choices}, "guided_choice": choices}
        held |= {"message": turn.message} if self._served.ours else {}
        text = self._whole(head.name, head.prompt(turn), HELD_TOKENS, held, stop)
        return text and nearest_expression(text)

    def _whole(self, name: str, prompt: str, limit: int, extra: Mapping[str, Any], stop: threading.Event) -> str | None:
        """All that a head writes; None if `stop` came first."""
        text = "".join(self._pieces(self._ask(name, prompt, limit), extra, stop))
        return None if stop.is_set() else text

    def _ask(self, name: str, prompt: str, limit: int) -> dict[str, Any]:
        model = name if name in self.heads else self._served.base
        return {"model": model, "prompt": prompt, "max_tokens": limit, "temperature": 0.0, "stop": [STOP], "stream": True}

    def _pieces(self, ask: dict[str, Any], extra: Mapping[str, Any], stop: threading.Event) -> Iterator[str]:
        """Text to show as it comes. A server that refuses fields it does not know is asked once more without them."""
        model = ask["model"]
        try:
            yield from self._heard(ask if model in self._loose else ask | dict(extra), stop)
        except Refused as wrong:
            if wrong.status == 404:
                raise self._no_model(model, wrong) from wrong
            if wrong.status not in (400, 422) or model in self._loose or not extra:
                raise
            if not self._served.ours:  # ours knows them all: it refused this one request, for what it holds
                self._loose.add(model)
            yield from self._heard(ask, stop)

    def _heard(self, ask: dict[str, Any], stop: threading.Event) -> Iterator[str]:
        hearing = Hearing(ask["max_tokens"])

        def stopped() -> bool:
            return stop.is_set() or self._closed.is_set()

        for number, chunk in enumerate(chunks(self._wire.lines(COMPLETIONS, ask, stopped), stopped, self.url)):
            piece = piece_of(chunk, self.url)
            if ask["model"] in (ANSWER, self._served.base):
                self._tokens = tokens_of(chunk) or self._tokens + bool(piece)
            if shown := hearing.take(piece):
                yield shown
            if hearing.over or number > 4 * ask["max_tokens"] + 64:
                return

    def _no_model(self, model: str, wrong: Refused) -> EngineError:
        try:
            names = served_in(self._wire.document(MODELS), "", self.url).names
        except EngineError:
            return wrong
        if model in names:
            return wrong
        return EngineError(f"{self.url} 서버에 {model!r} 모델이 없어요.", f"서버에 있는 것: {_listed(names)}.")
