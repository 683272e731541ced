"""A pool: one message and the twenty memories among which its own must be found, graded by a rubric. Used to calibrate and to measure.

line [알레르기: 새우] "짬뽕 시켰는데 …" -> its memory, others of the same key (알레르기: 땅콩), the nearest by meaning, and some at random
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ohlora_tui.memory import keys
from ohlora_tui.relevance import value_words
from ohlora_tui.words import times

Encode = Callable[[Sequence[str]], NDArray[np.float32]]
"""(N,) texts -> (N, D) unit rows."""
SIZE = 20
AMONG = 200
"""Memories that a draw's distractors come from: the nearest of more are nearer, so splits of other sizes would be no measure of each other."""
NEAR, SAME_KEY = 6, 3
"""Hard distractors: of the nearest by meaning, and of the same key with another value."""
OWN, KEY, FAMILY = 1.0, 0.5, 0.25
"""The rubric: this memory; a memory of the same key, which speaks of the same kind of fact; one of the same family; 0 for the rest."""


@dataclass(frozen=True, slots=True)
class Line:
    """One written line: does this memory belong to this message? `memory` is "" where none does."""

    split: str
    memory: str
    message: str
    kind: str  # plain, oblique, plan, none
    also: frozenset[str] = frozenset()  # other memories that two judges found to help as well: no wrong answers


@dataclass(frozen=True, slots=True)
class Pool:
    """One message and its memories; `gold` is the index of the one that belongs to it, -1 for none; `grades` (K,) by the rubric."""

    message: str
    memories: tuple[str, ...]
    gold: int
    grades: tuple[float, ...]


def key_of(memory: str) -> str:
    """`[내일 일정: 등산]` -> 일정: the key without its day."""
    return keys.SLOT.sub("", memory.strip("[]").partition(": ")[0]).strip() or "일정"


def grade(own: str, memory: str) -> float:
    """What the rubric gives `memory` for a message that `own` belongs to ("" for none)."""
    if not own or own == memory:
        return OWN if own else 0.0
    mine, theirs = key_of(own), key_of(memory)
    if mine == theirs:
        return KEY
    one, other = keys.kind(mine), keys.kind(theirs)
    return FAMILY if one is not keys.OTHER and one.family == other.family else 0.0


def draw(lines: Sequence[Line], encode: Encode, seed: int, draws: int) -> list[Pool]:
    """`draws` pools of SIZE memories for every line, drawn from the memories of these lines."""
    rng = np.random.default_rng(seed)
    memories = list(dict.fromkeys(line.memory for line in lines if line.memory and line.kind != "plan"))
    matrix, by_key = encode(memories), {m: key_of(m) for m in memories}
    made = []
    for line in lines:
        vector = encode([line.message])[0]
        near = [int(i) for i in np.argsort(-(matrix @ vector)) if not also_right(memories[i], line)]
        own = [line.memory] if line.memory else []
        kin = [i for i in near if own and by_key[memories[i]] == key_of(line.memory)]
        for _ in range(draws):
            some = set(rng.permutation(len(memories))[:AMONG].tolist())
            picked = _picked([i for i in near if i in some], [i for i in kin if i in some], SIZE - len(own), rng)
            texts = (*own, *(memories[i] for i in picked))
            made.append(Pool(line.message, texts, 0 if own else -1, tuple(grade(line.memory, t) for t in texts)))
    return made


def _picked(near: Sequence[int], kin: Sequence[int], count: int, rng: np.random.Generator) -> list[int]:
    """Hard ones first: of the same key, of the nearest; the rest at random."""
    same = [int(i) for i in rng.permutation(np.array(kin, int))[:SAME_KEY]]
    close = [int(i) for i in rng.permutation(np.array([i for i in near[: 2 * NEAR] if i not in same], int))[:NEAR]]
    rest = [i for i in near if i not in {*same, *close}]
    return [*same, *close, *(int(i) for i in rng.permutation(np.array(rest, int))[: count - len(same) - len(close)])]


def also_right(memory: str, line: Line) -> bool:
    """A memory that shares a word of its value with the line's own would be right as well, and so would a plan at the asked time,
    and what judges found to help."""
    if memory in line.also:
        return True
    if line.kind == "plan" and times(line.message) & times(memory):
        return True
    return bool(line.memory) and bool(set(value_words(_value(memory))) & set(value_words(_value(line.memory))))


def _value(memory: str) -> str:
    return memory.strip("[]").partition(": ")[2] or memory
