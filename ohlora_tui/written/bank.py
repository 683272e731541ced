"""The bank of written rows, on disk and in memory: every row under its own message and under other wordings of it.

rows.csv.gz (the rows), keys.tsv.gz (row number, message, bare message), index.safetensors (token ids, matters), rows.json (counts).
A key is a message under which a row is found: keys 0..N-1 are the rows' own messages, the wordings come after them.
"""

from __future__ import annotations

import gc
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ohlora_tui import nearness
from ohlora_tui.dataset import read_rows, unpacked
from ohlora_tui.embedder import Embedder, StaticTable, Vectors
from ohlora_tui.errors import DataError, ModelError
from ohlora_tui.records import Row
from ohlora_tui.written import keeping
from ohlora_tui.written.roots import matter


@contextmanager
def all_stay() -> Iterator[None]:
    """While a quarter of a million small objects are made that all stay: looking for garbage among them doubles the time.
    What was made is not looked at again either: the next look through all of it costs .07 s."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.freeze()
            gc.enable()


@dataclass(frozen=True)
class Bank:
    """`rows` (N); of each key `owners` (K,) its row, `texts` its message as written, `bare` the same as it is compared; `letters`: which keys hold which."""

    rows: Sequence[Row]
    owners: NDArray[np.int32]
    texts: Sequence[str]
    bare: Sequence[str]
    index: dict[str, NDArray[np.generic]]
    known: dict[str, Any]
    embedder: Embedder
    letters: nearness.Index

    @classmethod
    @all_stay()
    def load(cls, folder: Path, embedder: Embedder, home: Path | None = None) -> Bank:
        """The bank in `folder`; what is made of it is kept in the data folder `home`. ModelError if a file is missing or damaged."""
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        try:
            rows = read_rows(folder / "rows.csv.gz")
            owners, texts, bare = _columns(unpacked(folder / "keys.tsv.gz"))
            known = json.loads((folder / "rows.json").read_text(encoding="utf-8"))
            index = load_file(folder / "index.safetensors")
            letters = keeping.letters(bare, folder / "keys.tsv.gz", home)
            return cls(rows, np.array(owners, np.int32), texts, bare, index, known, embedder, letters)
        except (OSError, ValueError, LookupError, SafetensorError, DataError) as wrong:
            raise ModelError(f"{folder}의 글 모음을 읽을 수 없어요: {wrong}.", "프로그램을 다시 설치해 주세요.") from wrong

    @cached_property
    def vectors(self) -> Vectors:
        """(K, D) of the keys' bare messages."""
        return self._vectors("keys", lambda: self.bare)

    @cached_property
    def stories(self) -> Vectors:
        """(F, D) of the last summaries of the rows that carry one, in row order."""
        return self._vectors("stories", lambda: stories(self.rows))

    def _vectors(self, name: str, texts: Callable[[], Sequence[str]]) -> Vectors:
        """From the stored token ids (0.2 s for 30,000); another embedder than theirs reads the texts again."""
        if self.known["fingerprint"] == self.embedder.fingerprint and isinstance(self.embedder, StaticTable):
            return self.embedder.pooled(self.index[f"{name}_ids"], self.index[f"{name}_ends"])  # type: ignore[arg-type]
        return self.embedder.encode(texts())

    def going_on(self, summary: str) -> Sequence[int]:
        """The keys of the rows that were written to follow a turn with this very summary."""
        return self._followers.get(summary, [])

    @cached_property
    def _followers(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for key, owner in enumerate(self.owners.tolist()):
            if summary := self.rows[owner].turn.last_summary:
                found.setdefault(summary, []).append(key)
        return found

    def of_matter(self, message: str) -> list[int]:
        """Keys with the same words as the bare `message` but for endings and fillers."""
        return np.flatnonzero(self.index["matters"] == matter_id(message)).tolist() if matter(message) else []


def _columns(keys: str) -> tuple[list[int], list[str], list[str]]:
    """Owners, texts and bare texts of `keys.tsv`: one split of all is twice as fast as one a line (.11 s of 147,000). ValueError for a line of other cells."""
    cells = keys.rstrip("\n").replace("\n", "\t").split("\t")
    if len(cells) != 3 * (keys.count("\n") or 1):
        raise ValueError(f"{len(cells)} cells in {keys.count(chr(10))} lines")
    return [*map(int, cells[::3])], cells[1::3], cells[2::3]


def stories(rows: Sequence[Row]) -> list[str]:
    return [r.turn.last_summary for r in rows if r.turn.last_summary]


def matter_id(message: str) -> int:
    """64 bits of the roots of a bare message's words: computing the roots of 30,000 messages at each start would take a second."""
    return int.from_bytes(hashlib.blake2b(" ".join(sorted(matter(message))).encode(), digest_size=8).digest(), "little")
