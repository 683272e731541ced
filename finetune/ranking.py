"""Fit what ranks a shortlist of written rows, on shortlists that were judged row by row.

    python -m finetune.ranking [--judged DIR] [--bank DIR]

judged/near.tsv, header `split past last message written answer verdict`: `past` the user's last two messages, `last` her last answer
(both empty for a first message), `written` and `answer` a row of the shortlist, verdict good, half or bad.
Gives ranking.safetensors in the bank's folder (ohlora_tui/written/ranking.py) and finetune/ranking.json: how well it ranks messages it was not fit on.
Run it last: it is written for the rows of one bank.
"""

from __future__ import annotations

import argparse
import json
import logging
import multiprocessing
import os
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

from finetune.suits import JUDGED, PAST, WORTH, read
from ohlora_tui import embedder
from ohlora_tui.bases import BUNDLED
from ohlora_tui.records import Turn
from ohlora_tui.written.bank import Bank
from ohlora_tui.written.clauses import clauses, heart
from ohlora_tui.written.kinds import Kinds
from ohlora_tui.written.ranking import CLIP, FILE, MARK, VECTOR, Ranking, mark, vectors
from ohlora_tui.written.rows import WrittenRows
from ohlora_tui.written.voice import PARTS, TOLD

OUT = Path(__file__).parent / "ranking.json"
NEAR = ("split", "past", "last", "message", "written", "answer", "verdict")
Floats = NDArray[np.float32]
FOLDS = 5
SHRUNK = 4.0
"""Judgements of a row that its own rate must have to count half beside what its words promise."""
RIDGE = 6.0
HIDDEN, NETWORKS, EPOCHS, RATE, DECAY, DROPOUT = 96, 3, 14, 2e-3, 0.1, 0.1
BATCH, SEED = 32, 17
"""Shortlists a step."""
AMONG = 0.5
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Shortlist:
    """One judged shortlist: `x` (C, F) with 0 for "often", `worth` (C,), of the rows with these answers."""

    split: str
    told: bool  # a later message
    x: Floats
    worth: Floats
    answers: tuple[str, ...]


def shortlists(judged: Sequence[dict[str, str]], rows: WrittenRows) -> list[Shortlist]:
    """The judged shortlists, weighed as in chat; rows that the bank no longer holds are left out."""
    by_turn: dict[tuple[str, str, str, str], list[dict[str, str]]] = {}
    for line in judged:
        by_turn.setdefault((line["split"], line["past"], line["last"], line["message"]), []).append(line)
    held = [(turn, known) for turn, lines in by_turn.items() if (known := [(key, line) for line in lines if (key := rows.key_of(line["written"], line["answer"])) >= 0])]
    found = []
    for ((split, past, _, _), known), x in zip(held, _all_weighed(rows, [(past, last, message, [key for key, _ in known]) for (_, past, last, message), known in held]), strict=True):
        worth = np.array([WORTH[line["verdict"]] for _, line in known], np.float32)
        found.append(Shortlist(split, bool(past), x, worth, tuple(line["answer"] for _, line in known)))
    log.info("%d shortlists, %d of %d rows", len(found), sum(len(s.worth) for s in found), len(judged))
    return found


_ROWS: list[WrittenRows] = []
"""The rows that a forked process finds without their being sent to it."""


def _all_weighed(rows: WrittenRows, turns: Sequence[tuple[str, str, str, list[int]]]) -> list[Floats]:
    """`_weighed` of each (past, last, message, keys), a process a core where processes can be forked: .1 s a shortlist."""
    rows.key_of("", "")
    _ROWS[:] = [rows]
    if "fork" not in multiprocessing.get_all_start_methods():
        return [_weighed_here(turn) for turn in turns]
    with multiprocessing.get_context("fork").Pool(os.cpu_count()) as pool:
        return pool.map(_weighed_here, turns, chunksize=16)


def _weighed_here(turn: tuple[str, str, str, list[int]]) -> Floats:
    return _weighed(_ROWS[0], *turn)


def _weighed(rows: WrittenRows, past: str, last: str, message: str, keys: Sequence[int]) -> Floats:
    before = past.split(PAST)[-TOLD:] if past else []
    story = " ".join(before)
    turn = Turn(heart(message) if before else message, last_summary=before[-1] if before else "")
    parts = clauses(turn.message)[-PARTS:]
    return vectors(rows, turn, parts, story, last, keys, [0.0] * len(keys))


class Often:
    """How far an answer suits more than its likeness promised: by its words (ridge regression on letter grams), then by its own judgements."""

    def __init__(self, lists: Sequence[Shortlist]) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import Ridge

        answers = [a for s in lists for a in s.answers]
        left = np.concatenate([s.worth - _prior(s.x) for s in lists])
        self._grams = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), min_df=5, sublinear_tf=True)
        told = self._grams.fit_transform(answers)
        self._by_words = Ridge(alpha=RIDGE).fit(told, left)
        folds = np.array([i % FOLDS for i, s in enumerate(lists) for _ in s.answers])
        promised = np.zeros(len(left))
        for fold in range(FOLDS):
            promised[folds == fold] = Ridge(alpha=RIDGE).fit(told[folds != fold], left[folds != fold]).predict(told[folds == fold])
        self._sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
        for answer, rest in zip(answers, left - promised, strict=True):
            self._sums[answer][0] += rest
            self._sums[answer][1] += 1
        self.own = np.array([self._without(a, r) + p for a, r, p in zip(answers, left - promised, promised, strict=True)], np.float32)
        """(sum of C,) of each judged row as if it had not been judged here: what the network is fit on."""

    def _without(self, answer: str, rest: float) -> float:
        total, count = self._sums[answer]
        return float((total - rest) / (count - 1 + SHRUNK))

    def of(self, answers: Sequence[str]) -> Floats:
        """(N,) of any answers."""
        words = self._by_words.predict(self._grams.transform(answers))
        return np.array([w + self._sums[a][0] / (self._sums[a][1] + SHRUNK) if a in self._sums else w for a, w in zip(answers, words, strict=True)], np.float32)


def _prior(x: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-x[:, VECTOR.index("prior")])), np.float32)


def with_often(x: Floats, often: Floats) -> Floats:
    x = x.copy()
    x[:, VECTOR.index("often")] = often
    return x


def _with_own(lists: Sequence[Shortlist], often: Often) -> list[Floats]:
    """The numbers of the lists that `often` was made of, with each row's "often" but for what was judged there."""
    ends = np.cumsum([len(s.worth) for s in lists])[:-1]
    return [with_often(s.x, own) for s, own in zip(lists, np.split(often.own, ends), strict=True)]


def fit(lists: Sequence[Shortlist], xs: Sequence[Floats], often: Floats) -> Ranking:
    """NETWORKS small networks side by side, on `xs`, the lists' numbers with "often" among them; `often`: of the bank's rows, only carried along.

    Each row's own chance to be good, and AMONG of the chance that the first of a shortlist is: by itself the former puts a good row first
    for .437 of the later messages, both together .442, of 3,091 that were not learned (.408 by the rows' probabilities alone)."""
    import torch

    x = np.concatenate(list(xs))
    mean, scale = x.mean(0), x.std(0) + 1e-6
    longest = max(len(s.worth) for s in lists)
    z, y, held = torch.zeros(len(lists), longest, x.shape[1]), torch.zeros(len(lists), longest), torch.zeros(len(lists), longest, dtype=torch.bool)
    for i, (s, own) in enumerate(zip(lists, xs, strict=True)):
        n = len(s.worth)
        z[i, :n], y[i, :n], held[i, :n] = torch.from_numpy(np.clip((own - mean) / scale, -CLIP, CLIP)), torch.from_numpy(s.worth == 1).float(), True
    nets = [_learned(z, y, held, SEED + number) for number in range(NETWORKS)]

    def beside(parts: Sequence[torch.Tensor]) -> Floats:
        return np.concatenate([part.detach().numpy() for part in parts], axis=-1)

    return Ranking(often, mean, scale, beside([n[0].weight.T for n in nets]), beside([n[0].bias for n in nets]),
                   beside([n[3].weight[0] / NETWORKS for n in nets]), np.mean([n[3].bias.detach().numpy() for n in nets], 0))  # fmt: skip


def _learned(z: Any, y: Any, held: Any, seed: int) -> Any:
    """One network, from z (L, C, F), y (L, C) and which places a row holds (L, C)."""
    import torch

    torch.manual_seed(seed)
    net = torch.nn.Sequential(torch.nn.Linear(z.shape[-1], HIDDEN), torch.nn.ReLU(), torch.nn.Dropout(DROPOUT), torch.nn.Linear(HIDDEN, 1))
    how = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=DECAY)
    fade = torch.optim.lr_scheduler.OneCycleLR(how, RATE, total_steps=EPOCHS * (len(z) // BATCH + 1))
    for _ in range(EPOCHS):
        for at in torch.randperm(len(z)).split(BATCH):
            scores, good, here = net(z[at])[..., 0], y[at], held[at]
            loss = torch.nn.functional.binary_cross_entropy_with_logits(scores[here], good[here])
            if (some := good.any(1)).any():
                all_of = scores.masked_fill(~here, -1e9)[some]
                loss = loss + AMONG * (all_of.logsumexp(1) - all_of.masked_fill(good[some] == 0, -1e9).logsumexp(1)).mean()
            how.zero_grad()
            loss.backward()
            how.step()
            fade.step()
    return net.eval()


def report(lists: Sequence[Shortlist], scores: Sequence[Floats]) -> dict[str, Any]:
    """Area under the ROC curve of good against the rest, and what the first row of each shortlist is."""
    from sklearn.metrics import roc_auc_score

    first = [float(s.worth[int(np.argmax(z))]) for s, z in zip(lists, scores, strict=True)]
    share = {name: round(sum(w == worth for w in first) / max(1, len(first)), 3) for name, worth in WORTH.items()}
    good = np.concatenate([s.worth for s in lists]) == 1
    auroc = round(float(roc_auc_score(good, np.concatenate(list(scores)))), 4)
    return {"shortlists": len(lists), "auroc": auroc, "first": share, "any_good": round(float(np.mean([(s.worth == 1).any() for s in lists])), 3)}


def crossed(lists: Sequence[Shortlist]) -> list[Floats]:
    """The chance of each shortlist's rows to be good by networks that were fit on the other four fifths of the shortlists."""
    found: dict[int, Floats] = {}
    for fold in range(FOLDS):
        rest, here = [s for i, s in enumerate(lists) if i % FOLDS != fold], [i for i in range(len(lists)) if i % FOLDS == fold]
        often = Often(rest)
        ranking = fit(rest, _with_own(rest, often), np.zeros(0, np.float32))
        found |= {i: ranking.suits(with_often(lists[i].x, often.of(lists[i].answers))) for i in here}
    return [found[i] for i in range(len(lists))]


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Fit what ranks a shortlist of written rows")
    parser.add_argument("--judged", type=Path, default=JUDGED)
    parser.add_argument("--bank", type=Path, default=BUNDLED / "mini" / "rows")
    parser.add_argument("--retriever", type=Path, default=BUNDLED / "retriever")
    args = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    model = embedder.load(args.retriever)
    bank = Bank.load(args.bank, model)
    lists = shortlists(read(args.judged / "near.tsv", NEAR, may_be_empty=("past", "last")), WrittenRows(bank, Kinds.load(args.bank, model)))
    often = Often(lists)
    ranking = fit(lists, _with_own(lists, often), often.of([r.turn.answer for r in bank.rows]))
    write(ranking, args.bank)
    told = _told(lists)
    OUT.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    log.info("%s", json.dumps(told, ensure_ascii=False, indent=1))


def write(ranking: Ranking, folder: Path) -> None:
    """The ranking of the bank in `folder`, beside it."""
    arrays = {name: np.ascontiguousarray(value.astype(np.float16 if name == "often" else np.float32)) for name, value in vars(ranking).items()}
    save_file({**arrays, MARK: np.frombuffer(mark(folder), np.uint8)}, folder / FILE)


def _told(lists: Sequence[Shortlist]) -> dict[str, Any]:
    """How well shortlists that were not learned are ranked, by the network and by the rows' own probabilities."""
    scores, priors = crossed(lists), [_prior(s.x) for s in lists]
    found: dict[str, Any] = {}
    for name, told in (("first", False), ("later", True)):
        here = [i for i, s in enumerate(lists) if s.told is told]
        for way, values in (("alone", priors), ("ranked", scores)):
            found[f"{name}_{way}"] = report([lists[i] for i in here], [values[i] for i in here])
    return found


if __name__ == "__main__":
    main()
