"""A raw prompt that someone else wrote, and what may be written after it: what `serving.py` asks of LocalEngine."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ohlora_tui.engine.constrained import Choice, MemoryRule, Rule, Trie
from ohlora_tui.engine.speech import Speech
from ohlora_tui.engine.wording import NOTHING
from ohlora_tui.heads import EXPRESSION_TEXTS
from ohlora_tui.tokens import target_ids

MOST_TOKENS = 512
"""Most tokens of one completion, as of a training example (tokens.MAX_LENGTH)."""
LONGEST_PROMPT = 100_000
"""Letters of a prompt; the engine keeps the last of what its context cannot hold."""
MOST_TEXTS = 1_000
"""Choices, or answers to avoid, in one request."""


@dataclass(frozen=True, slots=True)
class Wish:
    """One checked request of `/v1/completions`."""

    model: str  # a head, or the base
    prompt: str
    limit: int = 16  # tokens
    temperature: float = 0.0
    stop: tuple[str, ...] = ()
    choice: tuple[str, ...] = ()  # one of these, without outer spaces
    regex: str = ""  # the shortest text that matches
    avoid: frozenset[str] = frozenset()  # answers not to be given again (ours; OpenAI has no such field)
    message: str = ""  # what the user said, where the prompt does not hold it: an expression is told by that too (ours)
    stream: bool = False
    usage: bool = False  # tokens in the last chunk of a stream
    echo: bool = False  # nothing is written: how likely the text behind the prompt's last mark is


def wish_of(body: Any) -> Wish:
    """A request body as a Wish. ValueError names the field that cannot be used."""
    if not isinstance(body, dict):
        raise ValueError("the body must be a JSON object")
    for name in ("n", "best_of"):
        if body.get(name) not in (None, 1):
            raise ValueError(f"{name}: one completion at a time")
    held = _held(body)
    wish = Wish(
        model=_text(body, "model"),
        prompt=_prompt(body),
        limit=int(_number(body, "max_tokens", 16, 0, MOST_TOKENS)),
        temperature=float(_number(body, "temperature", 0, 0, 2)),
        stop=_texts(body, "stop"),
        choice=tuple(dict.fromkeys(t.strip() for t in _texts(held, "choice"))),
        regex=_text(held, "regex") if held.get("regex") is not None else "",
        avoid=frozenset(_texts(body, "avoid")),
        message=_text(body, "message") if body.get("message") is not None else "",
        stream=bool(body.get("stream")),
        usage=bool(_mapping(body, "stream_options").get("include_usage")),
        echo=bool(body.get("echo")),
    )
    if wish.choice and wish.regex:
        raise ValueError("choice and regex exclude each other")
    if not wish.echo and (wish.limit < 1 or body.get("logprobs") is not None):
        raise ValueError("max_tokens 0 and logprobs need echo")
    return wish


def _held(body: Mapping[str, Any]) -> dict[str, Any]:
    """The constraint, under vLLM's name of today or its older ones."""
    older = {"choice": body.get("guided_choice"), "regex": body.get("guided_regex")}
    return {k: v for k, v in older.items() if v is not None} | {
        k: v for k, v in _mapping(body, "structured_outputs").items() if v is not None
    }


def _mapping(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = body.get(name) or {}
    if not isinstance(found, dict):
        raise ValueError(f"{name} must be an object")
    return found


def _text(body: Mapping[str, Any], name: str) -> str:
    found = body.get(name)
    if not isinstance(found, str) or not found:
        raise ValueError(f"{name} must be a text")
    return found


def _prompt(body: Mapping[str, Any]) -> str:
    found = body.get("prompt")
    alone = found[0] if isinstance(found, list) and len(found) == 1 else found
    if not isinstance(alone, str) or not alone or len(alone) > LONGEST_PROMPT:
        raise ValueError(f"prompt must be one text of 1 to {LONGEST_PROMPT} letters")
    return alone


def _texts(body: Mapping[str, Any], name: str) -> tuple[str, ...]:
    found = body.get(name)
    listed = [found] if isinstance(found, str) else found or []
    if not isinstance(listed, list) or len(listed) > MOST_TEXTS or not all(isinstance(t, str) and t.strip() for t in listed):
        raise ValueError(f"{name} must be up to {MOST_TEXTS} texts")
    return tuple(listed)


def _number(body: Mapping[str, Any], name: str, default: float, least: float, most: float) -> float:
    found = default if body.get(name) is None else body[name]
    if isinstance(found, bool) or not isinstance(found, int | float) or not least <= found <= most:
        raise ValueError(f"{name} must be a number from {least} to {most}")
    return found


def rule_of(wish: Wish, tokenizer: Any, faces: Trie, bytes_of: Any, emit: Callable[[str], None], least: float = -math.inf) -> Rule:
    """What the engine holds the text to. `least`: log-probability (nats) a text of a regex needs that may also be nothing. ValueError if the regex is none or this engine has no grammar."""
    if wish.choice:
        return Choice(trie_of(wish, tokenizer, faces), wish.choice)
    if wish.regex:
        return Pattern(tokenizer, bytes_of, wish.regex, wish.limit, least)
    return Free(tokenizer, wish.limit, emit, wish.avoid)


class Free(Speech):
    """Free text that knows whether it was cut off."""

    @property
    def cut_off(self) -> bool:
        """Whether all tokens it may have are used up: there may have been more to say."""
        return self._read >= self.limit


def trie_of(wish: Wish, tokenizer: Any, faces: Trie) -> Trie:
    """The choices as token ids. With their end, so that none is the beginning of another; the expressions need none."""
    if wish.choice == EXPRESSION_TEXTS:
        return faces
    return Trie([target_ids(tokenizer, "-", f" {text}") for text in wish.choice])


class Pattern(MemoryRule):
    """A text of a regex that a client sent. Where NOTHING is its last alternative, that is the end marker's own ids, as in `MemoryRule`."""

    def __init__(self, tokenizer: Any, bytes_of: Any, regex: str, limit: int, least: float = -math.inf) -> None:
        from llguidance import LLMatcher

        grammar = regex.removesuffix(f"|{NOTHING}")
        optional = NOTHING in (regex, regex[len(grammar) + 1 :])
        super().__init__(tokenizer, bytes_of, "", limit, least if optional else -math.inf)  # no message: the grammar is the client's
        self._nothing = self._nothing if optional else []
        if bytes_of is None:
            raise ValueError("regex: this base has no memory head, so no grammar is loaded")
        if grammar != NOTHING:
            self._matcher = LLMatcher(bytes_of, LLMatcher.grammar_from_regex(grammar))
            if self._matcher.is_error():
                raise ValueError(f"regex: {self._matcher.get_error()}")
