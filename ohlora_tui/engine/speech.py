"""Token ids as they come -> text that may be shown: whole syllables only, and never a prompt mark."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ohlora_tui.heads import END, MARKERS
from ohlora_tui.tokens import eos_id, target_ids

BROKEN = "\ufffd"
"""What a decoder writes for bytes that are no character (yet): a Korean syllable is up to three byte-level tokens."""
NO_REPEAT = 5
"""A text repeats no run of this many of its own tokens (words of the prompt may be taken up). An emoji may be four byte tokens,
so 5 is the least that lets it come twice; it ends the endless loops of a small base."""
FORK = 2
"""Tokens a new answer may share with the start of one that was already given; the next one must differ."""
_UNSHOWN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control signs and direction overrides a byte-level model may write; they must not reach a terminal."""


class Speech:
    """One freely written text. `sync` it with the ids so far; `text` grows by whole syllables, `ended` at a mark, EOS or the limit."""

    def __init__(self, tokenizer: Any, limit: int, emit: Callable[[str], None] | None = None, avoid: Iterable[str] = ()) -> None:
        self.text = ""
        self.tokens = 0  # ids that made `text`, without those of the end marker
        self.ended = False
        self.limit = limit
        self._tokenizer = tokenizer
        self._emit = emit
        self._eos = eos_id(tokenizer)
        self._ends = [self._eos, target_ids(tokenizer, "-", END)[0]]
        self._silent = {i for i in tokenizer.all_special_ids if tokenizer.convert_ids_to_tokens(i) not in MARKERS}
        self._taken = [target_ids(tokenizer, "-", f" {text}{END}") for text in avoid]
        self._ids: list[int] = []
        self._read = 0

    def sync(self, ids: Sequence[int]) -> None:
        """Take in the ids generated so far (all of them, those already read included)."""
        for token in ids[self._read :]:
            self._read += 1
            if self.ended:
                return
            self.ended = token == self._eos
            if not self.ended and token not in self._silent:
                self._ids.append(token)
                self._say()
        self.ended = self.ended or self._read >= self.limit

    def hold(self, scores: Any) -> None:
        """Of the (vocab,) logits of the next id: no end before the first word, no run of NO_REPEAT tokens twice, no old answer."""
        scores[repeats(self._ids) if self._read else self._ends] = float("-inf")
        for taken in self._taken:
            at = min(FORK, len(taken) - 1)
            if self._read == at and self._ids == taken[:at]:
                scores[taken[at]] = float("-inf")

    def _say(self) -> None:
        written = self._tokenizer.decode(self._ids, clean_up_tokenization_spaces=False)
        marks = [at for at in map(written.find, MARKERS) if at >= 0]
        self.ended = bool(marks)
        ready = showable(written[: min(marks)] if marks else written)
        if len(ready) > len(self.text):
            piece, self.text, self.tokens = ready[len(self.text) :], ready, self._read
            if self._emit:
                self._emit(piece)


def showable(written: str) -> str:
    """The part of unfinished text that can be shown: one line, no open syllable, nothing that may become a mark, no outer spaces."""
    whole = _UNSHOWN.sub("", written.rstrip(BROKEN).replace(BROKEN, "").replace("\n", " ").replace("\t", " "))
    held = max((size for mark in MARKERS for size in range(1, len(mark)) if whole.endswith(mark[:size])), default=0)
    return whole[: len(whole) - held].strip()


def repeats(written: Sequence[int], size: int = NO_REPEAT) -> list[int]:
    """Ids that would close a run of `size` ids already written once."""
    tail = list(written[len(written) - size + 1 :]) if len(written) >= size else []
    runs = range(len(written) - size + 1)
    return [written[at + size - 1] for at in runs if tail and list(written[at : at + size - 1]) == tail]
