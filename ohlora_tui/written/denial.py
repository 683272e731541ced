"""What a message denies: 밥 못 먹었어 and 밥 먹었어, 돈이 없어 and 돈이 생겼어 are no answers to each other. Pure text."""

from __future__ import annotations

import re
import unicodedata

from ohlora_tui.written.events import HAVING, LACKING, NO_DENIAL, UNDONE
from ohlora_tui.written.roots import root


def denied(text: str) -> tuple[list[str], str]:
    """(the words that are denied, the text without them)."""
    clean = NO_DENIAL.sub(" ", text)
    found = [next(g for g in m.groups() if g) for m in UNDONE.finditer(clean)]
    return found, UNDONE.sub(" ", clean)


def _opening(word: str) -> str:
    """The first letter of a verb without its closing consonant: 자, 잤어 -> 자."""
    return unicodedata.normalize("NFD", word)[:2]


def _told(word: str, rest: str) -> bool:
    """`rest` says what `word` (a denied verb: 와, 했어) names: its first letters without the closing consonant."""
    rest = " ".join(w for w in rest.split() if not w.endswith(("을", "를")))  # 잠을 is no form of 자
    opened = unicodedata.normalize("NFD", word)[: (2, 3, 4)[min(len(word), 3) - 1]]
    if root(word) and any(root(w) == root(word) for w in rest.split()):
        return True
    light = word[0] in "해했하돼됐되"
    return any(
        unicodedata.normalize("NFD", w[i:]).startswith(opened) for w in rest.split() for i in (range(len(w)) if light else (0,))
    )


def negation(said: str, written: str) -> bool:
    """One denies what the other tells: 밥 못 먹었어 and 밥 먹었어, 돈이 없어 and 돈이 생겼어."""
    (mine, my_rest), (theirs, their_rest) = denied(said), denied(written)
    if any(_told(w, their_rest) for w in mine) or any(_told(w, my_rest) for w in theirs):
        return True
    if mine and theirs and not any(_opening(a) == _opening(b) for a in mine for b in theirs):
        return True  # each denies something else
    lacking = [set(LACKING.findall(NO_DENIAL.sub(" ", t))) for t in (said, written)]
    return any(re.search(re.escape(w) + HAVING, t) for words, t in zip(lacking, (written, said), strict=True) for w in words)
