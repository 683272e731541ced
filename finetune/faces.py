"""What stands beside the expression's head, letters and meaning: fit on the rows it learnt from, and how far to trust each, on validation rows.

    python -m finetune.faces --adapter ohlora_tui/models/mini/adapters/eyes_mouth_pose     # for a head that is there already
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from finetune import face_meaning
from finetune.loading import load
from ohlora_tui.bases import MINI
from ohlora_tui.dataset import read_rows
from ohlora_tui.faces import LEVELS_OF, SLOTS, WIDTH, Faces, small
from ohlora_tui.heads import EXPRESSION_TEXTS, HEADS, plain
from ohlora_tui.letters import places
from ohlora_tui.records import Row, Turn
from ohlora_tui.tokens import prompt_ids, target_ids

RIDGE = 1.0
"""Inverse regularisation: log-likelihood on mini's valid rows -1.629 with 1, -1.621 with 3; alone 1 is better (-1.729, -1.782)."""
ROUNDS = 150
TRUSTED = 1000
"""Validation rows that three numbers are fit on: the head needs .06 s for each."""
EVEN = 0.2
"""How far a decision leans to what is rare: log-probability less EVEN times the log of the class's share (logit adjustment, Menon et al. 2021,
https://arxiv.org/abs/2007.07314). 1,636 valid rows, exact and macro-F1: 0 .536 .611, .1 .540 .633, .2 .536 .639, .3 .532 .643, .4 .522 .649, .5 .501 .647."""
Likelihoods = Callable[[Turn], NDArray[np.float32]]
"""A turn -> (36,) log-likelihoods of the expressions by the head."""


def fit(rows: Sequence[Row], likelihoods: Likelihoods) -> Faces:
    """Letters and meaning of the train rows, trust by the valid rows; only rows with an expression count."""
    train, valid = ([r.turn for r in rows if r.split == split and r.turn.expression] for split in ("train", "valid"))
    letters = _letters(train)
    valid = valid[:: -(-len(valid) // TRUSTED)] if valid else valid
    if not valid:
        return letters
    own = np.stack([likelihoods(t) for t in valid])
    gold = np.array([EXPRESSION_TEXTS.index(t.expression.text) for t in valid if t.expression])
    by_letters = np.stack([letters.letters(t.message, t.answer) for t in valid])
    meaning = face_meaning.fit(train)
    if meaning:
        by_meaning = np.stack([meaning(plain(t.message), plain(t.answer)) for t in valid])
        meaning = replace(meaning, trust=_trust((own, by_letters, by_meaning), gold))
    two = _trust((own, by_letters), gold)
    return replace(letters, lift=_lift(train), trust=(float(two[0]), float(two[1])), meaning=meaning)


def likelihoods(model: Any, tokenizer: Any) -> Likelihoods:
    """What a loaded head says of all expressions, each to its end: the prompt is read once, then all 36 in one batch (.06 s; .33 s with the prompt 36 times)."""
    import torch

    head = HEADS["eyes_mouth_pose"]
    written = [target_ids(tokenizer, "-", f" {text}")[:-1] for text in EXPRESSION_TEXTS]
    wide = max(map(len, written))
    targets = torch.tensor([ids + [0] * (wide - len(ids)) for ids in written], device=model.device)  # (36, wide)
    counts = torch.tensor([[1.0] * len(ids) + [0.0] * (wide - len(ids)) for ids in written], device=model.device)

    def of(turn: Turn) -> NDArray[np.float32]:
        read = prompt_ids(tokenizer, head.prompt(turn))
        with torch.inference_mode():
            begun = model(input_ids=torch.tensor([read], device=model.device), use_cache=True)
            begun.past_key_values.batch_repeat_interleave(len(written))
            rest = model(input_ids=targets[:, :-1], past_key_values=begun.past_key_values, use_cache=True).logits  # (36, wide - 1, V)
            scores = torch.cat([begun.logits[:, -1:].expand(len(written), -1, -1), rest], 1).float().log_softmax(-1)  # (36, wide, V)
        found: NDArray[np.float32] = (scores.gather(2, targets[..., None])[..., 0] * counts).sum(1).cpu().numpy()
        return found

    return of


def _letters(turns: Sequence[Turn]) -> Faces:
    from sklearn.linear_model import LogisticRegression

    x, weights, bias, at = _matrix(turns), np.zeros((2 * SLOTS, WIDTH)), np.full(WIDTH, -10.0), 0
    for part, levels in LEVELS_OF:
        found = [getattr(t.expression, part) for t in turns]
        classes = sorted(set(found), key=levels.index)
        where = [at + levels.index(c) for c in classes]
        at += len(levels)
        bias[where] = 0.0
        if len(classes) > 1:
            model = LogisticRegression(C=RIDGE, max_iter=ROUNDS).fit(x, [classes.index(f) for f in found])
            both = len(classes) == 2  # one row of weights, of the second against the first
            weights[:, where] = np.concatenate([0 * model.coef_, model.coef_]).T if both else model.coef_.T
            bias[where] = [0.0, *model.intercept_] if both else model.intercept_
    return small(weights, bias)


def _lift(turns: Sequence[Turn]) -> NDArray[np.float32]:
    """(36,) what each expression gains by how rare it is among the train rows; one more of each is counted, so that none is unheard of."""
    counted = Counter(t.expression.text for t in turns if t.expression)
    shares = np.array([counted[text] + 1 for text in EXPRESSION_TEXTS], np.float32)
    lift: NDArray[np.float32] = -EVEN * np.log(shares / shares.sum())
    return lift


def _matrix(turns: Sequence[Turn]) -> object:
    """(N, 2 * SLOTS) sparse: the answer's grams, then the message's, each text of length 1."""
    from scipy.sparse import csr_matrix

    found = [(places(plain(t.answer), SLOTS), places(plain(t.message), SLOTS) + SLOTS) for t in turns]
    where = np.concatenate([np.concatenate(pair) for pair in found])
    data = np.concatenate([np.full(len(p), len(p) ** -0.5) for pair in found for p in pair])
    ends = np.concatenate([[0], np.cumsum([len(a) + len(b) for a, b in found])])
    return csr_matrix((data, where, ends), shape=(len(turns), 2 * SLOTS))


def _trust(told: Sequence[NDArray[np.float32]], gold: NDArray[np.int64]) -> NDArray[np.float32]:
    """What each of `told`, (N, 36) log-likelihoods, counts, none below 0, so that the gold expressions are likeliest."""
    from scipy.optimize import minimize

    every = np.stack([one - np.logaddexp.reduce(one, axis=1, keepdims=True) for one in told])  # (T, N, 36)

    def loss(trust: NDArray[np.float64]) -> float:
        logits = np.tensordot(trust, every, 1)
        return float((np.logaddexp.reduce(logits, axis=1) - logits[np.arange(len(gold)), gold]).mean())

    best = minimize(loss, np.full(len(every), 1 / len(every)), bounds=[(0, None)] * len(every), method="L-BFGS-B").x
    return np.asarray(best.round(3), np.float32)


def main() -> None:
    from peft import PeftModel

    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--adapter", type=Path, required=True)
    reader.add_argument("--data", type=Path, default=Path(__file__).parent / "data" / "persona")
    wish = reader.parse_args()
    base, tokenizer = load(MINI)
    model = PeftModel.from_pretrained(base, str(wish.adapter)).eval()
    found = fit(read_rows(wish.data), likelihoods(model, tokenizer))
    found.save(wish.adapter)
    print(f"letters.safetensors: trust {found.trust}, with meaning {found.meaning.trust if found.meaning else 'none'}")


if __name__ == "__main__":
    main()
