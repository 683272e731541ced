"""The bundled S-BERT embedder, made without pretrained weights: a table of token vectors.

    sentences --BPE--> tokens --PPMI, SVD--> table (V, D) --contrastive on pairs--> table, saved as a SentenceTransformer

The contrastive step is contrast.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ohlora_tui.errors import ModelError
from ohlora_tui.words import normal

Table = NDArray[np.float32]

VOCAB = 16_000
DIM = 256
WINDOW = 2
UNK = "<unk>"


def train_tokenizer(sentences: Sequence[str], vocab: int = VOCAB) -> Any:
    """Syllable BPE over NFC, lower case text; signs are spaces, runs of ㅋㅎㅠㅜ one token."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE(unk_token=UNK))
    steps: list[Any] = [normalizers.NFC(), normalizers.Lowercase()]
    steps += [normalizers.Replace(Regex(f"{c}+"), f" {c} ") for c in "ㅋㅎㅠㅜ"]
    steps += [normalizers.Replace(Regex(r"\?+"), " ? "), normalizers.Replace(Regex(r"[^\w\s?]|_"), " ")]
    steps += [normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()]
    tokenizer.normalizer = normalizers.Sequence(steps)
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    trainer = trainers.BpeTrainer(vocab_size=vocab, special_tokens=[UNK], limit_alphabet=3000, show_progress=False)
    tokenizer.train_from_iterator(sentences, trainer)
    return tokenizer


def ids_of(tokenizer: Any, texts: Sequence[str]) -> list[NDArray[np.int64]]:
    """Token ids of each text, unknown ones (id 0) left out."""
    encoded = tokenizer.encode_batch([normal(t) for t in texts], add_special_tokens=False)
    return [np.array([i for i in e.ids if i], dtype=np.int64) for e in encoded]


def ppmi_table(ids: Sequence[NDArray[np.int64]], vocab: int, dim: int = DIM, seed: int = 0) -> Table:
    """(V, D) vectors: SVD of the positive PMI of tokens that share a sentence or stand within WINDOW, rarer tokens longer."""
    from scipy.sparse import csr_matrix
    from sklearn.utils.extmath import randomized_svd

    lengths = np.array([len(i) for i in ids])
    flat = np.concatenate(ids)
    sentence = np.repeat(np.arange(len(ids)), lengths)
    bag = csr_matrix((np.ones(len(flat), np.float32), (sentence, flat)), shape=(len(ids), vocab))
    bag.data[:] = 1.0
    counts = (bag.T @ bag).tolil().tocsr()
    for step in range(1, WINDOW + 1):
        near = sentence[:-step] == sentence[step:]
        left, right = flat[:-step][near], flat[step:][near]
        pairs = csr_matrix((np.ones(len(left), np.float32), (left, right)), shape=(vocab, vocab))
        counts = counts + 2.0 * (pairs + pairs.T)
    ppmi = _ppmi(counts.tocoo(), vocab)
    u, s, _ = randomized_svd(ppmi, dim, n_iter=3, random_state=seed)
    share = np.bincount(flat, minlength=vocab) / len(flat)
    vectors = u * np.sqrt(s)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
    return np.asarray(vectors * (1e-3 / (1e-3 + share))[:, None], dtype=np.float32)  # SIF: frequent tokens speak softly


def _ppmi(counts: Any, vocab: int) -> Any:
    """Positive PMI with the context distribution smoothed by .75 (Levy et al. 2015); counts below 2 are noise."""
    from scipy.sparse import csr_matrix

    keep = (counts.data >= 2) & (counts.row != counts.col)
    row, col, data = counts.row[keep], counts.col[keep], counts.data[keep].astype(np.float64)
    mass = np.bincount(row, weights=data, minlength=vocab) + 1e-9
    smooth = mass**0.75
    value = np.log(data * smooth.sum() / (mass[row] * smooth[col]))
    good = value > 0
    return csr_matrix((value[good].astype(np.float32), (row[good], col[good])), shape=(vocab, vocab))


def save(table: Table, tokenizer: Any, folder: Path) -> None:
    """A standard SentenceTransformer folder: tokenizer.json, model.safetensors (V, D) float16, modules.json."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, StaticEmbedding

    scaled = table / np.abs(table).max() * 8  # well inside float16; the mean is made unit length anyway
    scaled[0] = 0.0  # the unknown token says nothing
    static = StaticEmbedding(tokenizer, embedding_weights=torch.from_numpy(scaled.astype(np.float16)))
    SentenceTransformer(modules=[static, Normalize()], device="cpu").save(str(folder), create_model_card=False)


GENERAL = "general.safetensors"
"""Beside the model: the table before it saw any line of ours, from which anyone's own lines (and the baseline v1) start."""


def save_general(table: Table, folder: Path) -> None:
    """The table in eight bits with a scale a row: 4 MB, cosines within .002 of float32."""
    from safetensors.numpy import save_file

    scale = np.maximum(np.abs(table).max(axis=1, keepdims=True), 1e-9) / 127
    folder.mkdir(parents=True, exist_ok=True)
    save_file({"table": np.round(table / scale).astype(np.int8), "scale": scale.astype(np.float32)}, folder / GENERAL)


def load_general(folder: Path) -> tuple[Any, Table]:
    """(tokenizer, table (V, D)) that `save_general` left in `folder`. ModelError if it is not there."""
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    if not (folder / GENERAL).is_file():
        raise ModelError(f"{folder} 폴더에 {GENERAL}이 없어요.", "함께 온 검색 모델을 쓰거나 프로그램을 다시 설치해 주세요.")
    found = load_file(folder / GENERAL)
    return Tokenizer.from_file(str(folder / "tokenizer.json")), found["table"].astype(np.float32) * found["scale"]


def encoder(tokenizer: Any, table: Table) -> Callable[[Sequence[str]], Table]:
    """(N,) texts -> (N, D) unit rows by a table in memory."""

    def encode(texts: Sequence[str]) -> Table:
        vectors = np.stack([table[i].sum(0) if len(i) else np.zeros(table.shape[1], np.float32) for i in ids_of(tokenizer, texts)])
        return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9), np.float32)

    return encode
