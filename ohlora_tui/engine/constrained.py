"""Decoding under a constraint, so that a wrong format cannot happen and nothing is retried.

    eyes_mouth_pose   one of 36 texts: a trie of their token ids, walked greedily or scored whole (`best_of`)
    memory            nothing, or `[key: value]` of grounded.py's keys and values: a regex that llguidance holds against the bytes
                      of every token (outlines and lm-format-enforcer fail on Korean byte-level BPE)

A rule reads the ids of its row so far (`sync`), closes the ids that may not follow (`hold`) and says when it has `ended`.
Free text has its rule in speech.py.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from transformers import LogitsProcessor, StoppingCriteria

from ohlora_tui.engine.grounded import memory_regex
from ohlora_tui.heads import END, EXPRESSION_TEXTS
from ohlora_tui.tokens import target_ids

NOTHING_BIAS = 0.0
"""Logit added to "nothing to remember" at the first token; above 0 the memory head keeps silent more often."""

SURE_MEMORY = -2.5
"""Log-probability (nats) a small base's memory needs, whole: of 787 valid rows mini writes 91, of the 40 from here up 47 % are right, of the rest 18 %."""


class Rule(Protocol):
    """What one row of a batch may write."""

    limit: int
    ended: bool
    text: str

    def sync(self, ids: Sequence[int]) -> None:
        """Take in all ids generated so far."""
        ...

    def hold(self, scores: torch.Tensor) -> None:
        """Set the forbidden ids of `scores`, the (vocab,) logits of the next id, to -inf in place."""
        ...


class Trie:
    """Token sequences, none a prefix of another, as a tree. Node 0 is the root; `children[node]` maps an id to a node."""

    def __init__(self, sequences: Sequence[Sequence[int]]) -> None:
        self.sequences = [tuple(s) for s in sequences]
        self.children: list[dict[int, int]] = [{}]
        self.parents, self.tokens, self.ends = [-1], [-1], {}
        for which, sequence in enumerate(self.sequences):
            node = 0
            for token in sequence:
                node = self.children[node].get(token) or self._grow(node, token)
            self.ends[node] = which

    def _grow(self, parent: int, token: int) -> int:
        self.children.append({})
        self.parents.append(parent)
        self.tokens.append(token)
        self.children[parent][token] = len(self.children) - 1
        return len(self.children) - 1

    def path(self, node: int) -> list[int]:
        """The node and its ancestors, root excluded, deepest first."""
        nodes = []
        while node > 0:
            nodes.append(node)
            node = self.parents[node]
        return nodes


def expression_trie(tokenizer: Any) -> Trie:
    """The trie of the 36 expressions as the head writes them after a prompt; the end marker is not needed to tell them apart."""
    return Trie([target_ids(tokenizer, "-", f" {text}")[:-1] for text in EXPRESSION_TEXTS])


class Choice:
    """One of the texts of a trie."""

    def __init__(self, trie: Trie, texts: Sequence[str]) -> None:
        self.limit = max(map(len, trie.sequences))
        self.ended, self.text = False, ""
        self._trie, self._texts = trie, texts
        self._node = self._read = 0

    def sync(self, ids: Sequence[int]) -> None:
        for token in ids[self._read :]:
            if self.ended:
                return
            self._read += 1
            self._node = self._trie.children[self._node][token]
            if self._node in self._trie.ends:
                self.ended, self.text = True, self._texts[self._trie.ends[self._node]]

    def hold(self, scores: torch.Tensor) -> None:
        _keep(scores, list(self._trie.children[self._node]))


class MemoryRule:
    """Nothing, or one `[key: value]` grounded in `message`. Both ways stay open while their first tokens are the same."""

    def __init__(self, tokenizer: Any, bytes_of: Any, message: str, limit: int, least: float = -math.inf) -> None:
        """`least`: log-probability (nats) below which what was written is left unsaid."""
        from llguidance import LLMatcher

        self.limit, self.ended, self.text = limit, False, ""
        self._tokenizer = tokenizer
        self._told: list[float] = []
        self._least = least
        self._next: torch.Tensor | None = None
        self._nothing = target_ids(tokenizer, "-", END)[:-1]
        grammar = memory_regex(message)
        self._matcher = LLMatcher(bytes_of, LLMatcher.grammar_from_regex(grammar)) if grammar else None
        if self._matcher and self._matcher.is_error():
            raise ValueError(self._matcher.get_error())
        self._ids: list[int] = []

    @property
    def tokens(self) -> int:
        """Ids written so far."""
        return len(self._ids)

    @property
    def likelihood(self) -> float:
        """Log-probability (nats) of what was written, whole, as the model alone would have it; 0 before the first token."""
        return sum(self._told)

    def sync(self, ids: Sequence[int]) -> None:
        for token in ids[len(self._ids) :]:
            if self.ended:
                return
            self._step(int(token))

    def _step(self, token: int) -> None:
        if self._next is not None:
            self._told.append(float(self._next[token]))
        self._ids.append(token)
        matcher = self._matcher
        if matcher and not (matcher.validate_tokens([token]) == 1 and matcher.consume_token(token)):
            self._matcher = matcher = None
        self.ended = matcher is None or matcher.is_accepting()
        if matcher and self.ended and self.likelihood >= self._least:
            self.text = self._tokenizer.decode(self._ids, clean_up_tokenization_spaces=False).strip()

    def hold(self, scores: torch.Tensor) -> None:
        at = len(self._ids)
        self._next = scores.log_softmax(-1)
        silent = self._nothing[at : at + 1] if self._ids == self._nothing[:at] else []
        if not at:
            scores[silent] += NOTHING_BIAS
        _keep(scores, silent + (_open_ids(self._matcher, len(scores)) if self._matcher else []))


def byte_table(tokenizer: Any, rows: int) -> Any:
    """llguidance's view of the tokenizer, the bytes of every id, for a model with `rows` logits. Made once a base (up to 1 s)."""
    from llguidance.hf import from_tokenizer

    return from_tokenizer(tokenizer, n_vocab=max(rows, len(tokenizer)), slices=[])


def _open_ids(matcher: Any, rows: int) -> list[int]:
    """Ids that the grammar allows next."""
    allowed = torch.frombuffer(bytearray(matcher.compute_logit_bias()), dtype=torch.uint8)[:rows]
    return allowed.nonzero().flatten().tolist()


def _keep(scores: torch.Tensor, ids: list[int]) -> None:
    kept = scores[ids].clone()
    scores.fill_(-torch.inf)
    scores[ids] = kept


def left_padded(prompts: Sequence[list[int]], pad: int) -> tuple[torch.Tensor, torch.Tensor]:
    """(ids, mask), both (n, longest), prompts flush right."""
    longest = max(map(len, prompts))
    ids = torch.tensor([[pad] * (longest - len(p)) + p for p in prompts])
    mask = torch.tensor([[0] * (longest - len(p)) + [1] * len(p) for p in prompts])
    return ids, mask


@dataclass(frozen=True, slots=True)
class Job:
    """One row of a batch: what is read, by which adapter (mixing.NO_ADAPTER: none), and what may be written."""

    adapter: str
    prompt: list[int]
    rule: Rule
    greedy: bool = False
    """Never sampled, whatever the temperature of its batch."""


class Constrain(LogitsProcessor):
    """Each row of the batch under its own rule; of a `greedy` row only the likeliest id stays open."""

    def __init__(self, rules: Sequence[Rule], greedy: Sequence[bool]) -> None:
        self._rules, self._greedy = rules, greedy

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        scores = scores.float()
        for row, rule in enumerate(self._rules):
            if not rule.ended:
                rule.hold(scores[row])
            if self._greedy[row]:
                _keep(scores[row], [int(scores[row].argmax())])
        return scores


class Watch(StoppingCriteria):
    """Feeds every rule its row's new ids and ends the rows that are done, or all of them once `stopped()`."""

    def __init__(self, rules: Sequence[Rule], prompt_length: int, stopped: Callable[[], bool]) -> None:
        self._rules, self._start, self._stopped = rules, prompt_length, stopped

    def __call__(self, input_ids: torch.Tensor, scores: Any, **_: Any) -> torch.Tensor:
        written = input_ids[:, self._start :].tolist()
        for rule, ids in zip(self._rules, written, strict=True):
            rule.sync(ids)
        over = self._stopped()
        return torch.tensor([over or rule.ended for rule in self._rules], device=input_ids.device)


def best_of(model: Any, prompt: Sequence[int], trie: Trie) -> tuple[int, torch.Tensor]:
    """(index of the likeliest sequence after `prompt`, (n,) log-likelihoods in nats), exactly, in one forward.

    Prompt and trie go in as one row; each node sees the prompt and its own ancestors only, so that the 36 expressions cost
    their 140 distinct tokens (mini's tokenizer) and not 36 whole texts: 0.08 s for 15 M parameters on one core.
    """
    nodes, start = len(trie.tokens) - 1, len(prompt)
    ids = torch.tensor([[*prompt, *trie.tokens[1:]]], device=model.device)
    seen = torch.ones(start + nodes, start + nodes).tril().bool()
    seen[start:, start:] = False
    depths = [0] * nodes
    for node in range(1, nodes + 1):
        path = trie.path(node)
        depths[node - 1] = len(path) - 1
        seen[start + node - 1, [start + a - 1 for a in path]] = True
    mask = torch.zeros(seen.shape, dtype=model.dtype).masked_fill(~seen, torch.finfo(model.dtype).min)
    places = torch.tensor([[*range(start), *(start + d for d in depths)]], device=model.device)
    with torch.inference_mode():
        out = model(input_ids=ids, attention_mask=mask[None, None].to(model.device), position_ids=places, use_cache=False)
        logp = out.logits[0, start - 1 :].float().log_softmax(-1).cpu()  # row n: after node n, row 0: after the prompt
    scores = torch.stack([sum(logp[trie.parents[n], trie.tokens[n]] for n in trie.path(end)) for end in trie.ends])
    which = list(trie.ends.values())
    ordered = torch.empty(len(which)).index_copy_(0, torch.tensor(which), scores)
    return int(ordered.argmax()), ordered
