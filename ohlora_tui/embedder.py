"""Sentences as vectors. The bundled model is a table of token vectors (a sentence-transformers StaticEmbedding), read with
tokenizers and numpy alone: importing sentence_transformers costs 6 s here, this 0.1 s. Any other folder goes through the library.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ohlora_tui.errors import ModelError
from ohlora_tui.words import normal

Vectors = NDArray[np.float32]
CHUNK = 2048
"""Texts pooled at a time: 16 MB of token vectors."""


class Embedder(Protocol):
    """Texts to unit vectors; `fingerprint` changes whenever the vectors do."""

    fingerprint: str
    dim: int

    def encode(self, texts: Sequence[str]) -> Vectors: ...


def load(folder: Path | str) -> Embedder:
    """The sentence-transformers model in `folder`: in numpy if it is a static table, by the library otherwise."""
    folder = Path(folder)
    if not (folder / "modules.json").is_file():
        raise ModelError(f"{folder} 폴더에 검색 모델이 없어요.", "`ohlora models list`로 설치된 모델을 확인해 주세요.")
    try:
        modules = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
        if modules[0]["type"].endswith("StaticEmbedding"):
            return StaticTable(folder / modules[0]["path"])
        return Library(folder)
    except (OSError, ValueError, KeyError, IndexError) as wrong:
        raise ModelError(f"{folder} 폴더의 검색 모델을 읽을 수 없어요: {wrong}.", "프로그램을 다시 설치해 주세요.") from wrong


def _hash(files: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _unit(vectors: NDArray[Any]) -> Vectors:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(length, 1e-9), dtype=np.float32)


class StaticTable:
    """Mean of the token vectors, made unit length. The same vectors as SentenceTransformer(folder) (a test compares them)."""

    def __init__(self, folder: Path) -> None:
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._table = load_file(folder / "model.safetensors")["embedding.weight"]  # (V, D) float16
        self.dim = int(self._table.shape[1])
        self.fingerprint = _hash([folder / "tokenizer.json", folder / "model.safetensors"])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """(N,) texts -> (N, D) float32 unit rows; a text without tokens is a row of zeros."""
        return self.pooled(*self.tokens(texts))

    def tokens(self, texts: Sequence[str]) -> tuple[NDArray[Any], NDArray[np.int32]]:
        """(N,) texts -> all their token ids in a row (T,), and where each text ends (N,): 16 bytes a message instead of 1,024.

        uint16 for a table of up to 65,536 tokens (ours has 16,000), uint32 for a larger one.
        """
        wide: Any = np.uint16 if len(self._table) <= 1 << 16 else np.uint32
        encoded = self._tokenizer.encode_batch([normal(t) for t in texts], add_special_tokens=False)
        ids = [np.array(e.ids, wide) for e in encoded]
        return np.concatenate([*ids, np.zeros(0, wide)]), np.cumsum([len(i) for i in ids], dtype=np.int32)

    def pooled(self, ids: NDArray[Any], ends: NDArray[np.int32]) -> Vectors:
        """The unit vectors (N, D) of texts given as `tokens` gives them; 60,000 messages take 0.4 s."""
        sums = np.zeros((len(ends), self.dim), np.float32)
        starts = np.concatenate([[0], ends[:-1]]).astype(np.int64) if len(ends) else ends
        for at in range(0, len(ends), CHUNK):
            some = slice(at, at + CHUNK)
            sums[some] = self._summed(ids, starts[some], ends[some] - starts[some])
        return _unit(sums)

    def _summed(self, ids: NDArray[Any], starts: NDArray[Any], lengths: NDArray[Any]) -> Vectors:
        """(n, D) sums of each text's token vectors: all first tokens, then all second ones … (numpy's reduceat takes six times as long)."""
        order = np.argsort(-lengths, kind="stable")  # the longest first: those with a further token stand together
        first, longest = starts[order], lengths[order]
        sums = np.zeros((len(order), self.dim), np.float32)
        for step in range(int(longest[0])):
            count = int(np.searchsorted(-longest, -step, side="left"))
            sums[:count] += self._table[ids[first[:count] + step]]
        found = np.empty_like(sums)
        found[order] = sums
        return found


KEPT = 50_000
"""Vectors of a transformer that are remembered (150 MB at 768 numbers): it reads 25 texts a second on a CPU, and calibration asks for
the same 25,000 texts sixteen times over."""


class Library:
    """Any other sentence-transformers model; what it has read it does not read again."""

    def __init__(self, folder: Path) -> None:
        from sentence_transformers import SentenceTransformer

        self._model = SentenceTransformer(str(folder), device="cpu", trust_remote_code=False)
        self._kept: dict[str, Any] = {}
        self.dim = int(self._model.get_embedding_dimension() or 0)
        self.fingerprint = _hash(sorted(folder.rglob("*.safetensors")) + sorted(folder.rglob("tokenizer.json")))

    def encode(self, texts: Sequence[str]) -> Vectors:
        """(N,) texts -> (N, D) float32 unit rows."""
        plain = [normal(t) for t in texts]
        if new := [t for t in dict.fromkeys(plain) if t not in self._kept]:
            made = self._model.encode(new, convert_to_numpy=True, show_progress_bar=False)
            self._kept.update(zip(new, _unit(np.asarray(made, np.float32)), strict=True))
        found = np.array([self._kept[t] for t in plain], np.float32).reshape(len(plain), self.dim)
        for old in [*itertools.islice(self._kept, max(0, len(self._kept) - KEPT))]:
            del self._kept[old]
        return found
