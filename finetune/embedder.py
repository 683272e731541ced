"""The bundled S-BERT embedder, made without pretrained weights: a table of token vectors.

    sentences --BPE--> tokens --PPMI, SVD--> table (V, D) --contrastive on pairs--> table, saved as a SentenceTransformer

A batch of one kind holds pairs (left, right): row i of the left belongs to row i of the right, every other one is a negative.
Kinds are never mixed in a batch, so a memory is only ever told apart from memories and an answer from answers.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ohlora_tui.errors import ModelError
from ohlora_tui.words import normal

Table = NDArray[np.float32]
log = logging.getLogger(__name__)

VOCAB = 16_000
DIM = 256
WINDOW = 2
TAU = 0.07
UNK = "<unk>"


@dataclass(frozen=True, slots=True)
class Kind:
    """Pairs of one kind. `epochs` passes over them; `nones`: right sides that belong to no left side (messages that need no memory)."""

    name: str
    pairs: Sequence[tuple[str, str]]
    epochs: int
    nones: Sequence[str] = ()


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


def contrast(
    table: Table, tokenizer: Any, kinds: Sequence[Kind], *, rate: float, batch: int, drop: float, seed: int
) -> tuple[Table, dict[str, list[float]]]:
    """The table after contrastive training on `kinds` (batches of all kinds shuffled), and the mean loss of each kind by tenth of the run."""
    import torch

    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    data = [_encoded(tokenizer, kind) for kind in kinds]
    plan = list(_batches(kinds, batch, rng))
    weight = torch.nn.Parameter(torch.from_numpy(table.copy()))
    optimiser = torch.optim.Adam([weight], lr=rate)
    losses: dict[str, list[list[float]]] = {k.name: [[] for _ in range(10)] for k in kinds}
    for step, (kind, picked) in enumerate(plan):
        for group in optimiser.param_groups:
            group["lr"] = rate * min(1.0, 2.0 * (1 - step / len(plan)))  # flat, then linear to 0 over the second half
        loss = _loss(weight, data[kind], picked, drop, rng)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses[kinds[kind].name][step * 10 // len(plan)].append(float(loss.detach()))
        if step % max(1, len(plan) // 10) == 0:
            log.info("step %d of %d, %s loss %.3f", step, len(plan), kinds[kind].name, float(loss.detach()))
    curve = {name: [round(float(np.mean(part)), 4) for part in parts if part] for name, parts in losses.items()}
    return weight.detach().numpy(), curve


@dataclass(frozen=True, slots=True)
class _Encoded:
    left: list[NDArray[np.int64]]
    right: list[NDArray[np.int64]]
    nones: list[NDArray[np.int64]]
    same_left: NDArray[np.int64]  # equal numbers: the same text
    same_right: NDArray[np.int64]


def _encoded(tokenizer: Any, kind: Kind) -> _Encoded:
    lefts, rights = [a for a, _ in kind.pairs], [b for _, b in kind.pairs]
    number = {text: n for n, text in enumerate(dict.fromkeys(lefts + rights))}
    return _Encoded(
        ids_of(tokenizer, lefts), ids_of(tokenizer, rights), ids_of(tokenizer, kind.nones),
        np.array([number[t] for t in lefts]), np.array([number[t] for t in rights]),
    )  # fmt: skip


def _batches(kinds: Sequence[Kind], size: int, rng: np.random.Generator) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """(kind, indices) for every batch of every epoch, all shuffled together."""
    plan = []
    for number, kind in enumerate(kinds):
        for _ in range(kind.epochs):
            order = rng.permutation(len(kind.pairs))
            plan += [(number, order[i : i + size]) for i in range(0, len(order), size) if len(order[i : i + size]) > 1]
    for at in rng.permutation(len(plan)):
        yield plan[at]


def _loss(weight: Any, data: _Encoded, picked: NDArray[np.int64], drop: float, rng: np.random.Generator) -> Any:
    """InfoNCE in both directions; equal texts are no negatives of each other; messages for no memory are pushed below .2."""
    import torch

    left = bag(weight, [data.left[i] for i in picked], drop, rng)  # (B, D)
    right = bag(weight, [data.right[i] for i in picked], drop, rng)  # (B, D)
    scores = left @ right.T / TAU  # (B, B)
    equal = (data.same_left[picked][:, None] == data.same_left[picked]) | (
        data.same_right[picked][:, None] == data.same_right[picked]
    )
    np.fill_diagonal(equal, False)
    scores = scores.masked_fill(torch.from_numpy(equal), -1e4)
    gold = torch.arange(len(picked))
    backward = torch.nn.functional.cross_entropy(scores.T, gold)
    if not data.nones:
        return (torch.nn.functional.cross_entropy(scores, gold) + backward) / 2
    chosen = rng.choice(len(data.nones), min(len(data.nones), len(picked) // 4), replace=False)
    away = left @ bag(weight, [data.nones[i] for i in chosen], drop, rng).T  # (B, M)
    forward = torch.nn.functional.cross_entropy(torch.cat([scores, away / TAU], dim=1), gold)
    silence = torch.nn.functional.softplus((away - 0.2) / TAU).mean()
    return (forward + backward) / 2 + 0.5 * silence


def bag(weight: Any, ids: Sequence[NDArray[np.int64]], drop: float, rng: np.random.Generator) -> Any:
    """Unit mean vectors (B, D) of the texts, each token left out with probability `drop` (at least one stays)."""
    import torch

    kept = [_dropped(i, drop, rng) for i in ids]
    offsets = np.cumsum([0] + [len(i) for i in kept[:-1]])
    flat = torch.from_numpy(np.concatenate(kept) if kept else np.zeros(0, np.int64))
    bags = torch.nn.functional.embeddingbag(flat, weight, torch.from_numpy(offsets), mode="mean")
    return torch.nn.functional.normalize(bags, dim=1)


def _dropped(ids: NDArray[np.int64], drop: float, rng: np.random.Generator) -> NDArray[np.int64]:
    if len(ids) < 2 or drop <= 0:
        return ids
    keep = rng.random(len(ids)) >= drop
    if not keep.any():
        keep[rng.integers(len(ids))] = True
    return ids[keep]


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
