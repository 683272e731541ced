"""The public corpora the bundled embedder reads: where each lies under --corpora, its licence, and its sentences and pairs.

A corpus that is not there is left out and the log says so; training only, nothing of them is shipped.
"""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(slots=True)
class Text:
    """Sentences and pairs of meaning, with where they came from."""

    sentences: list[str] = field(default_factory=list)
    answers: list[tuple[str, str]] = field(default_factory=list)  # (message, what is answered)
    alike: list[tuple[str, str]] = field(default_factory=list)  # (sentence, the same in other words)
    sources: list[dict[str, str | int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Corpus:
    """One file: path under --corpora, source, licence, and its reader (adds to a Text, says how many rows)."""

    path: str
    source: str
    licence: str
    read: Callable[[Path, Text], int]


def read_all(folder: Path) -> Text:
    """Everything under `folder` that the table names."""
    text = Text()
    for corpus in CORPORA:
        found = (folder / corpus.path).is_file()
        rows = corpus.read(folder / corpus.path, text) if found else 0
        text.sources.append({"path": corpus.path, "source": corpus.source, "licence": corpus.licence, "rows": rows})
    return text


def _tsv(path: Path, header: bool) -> Iterator[list[str]]:
    lines = path.read_text(encoding="utf-8-sig").splitlines()[header:]
    return (line.split("\t") for line in lines)


def _add(text: Text, pairs: Iterable[tuple[str, str]], to: list[tuple[str, str]]) -> int:
    fresh = [(a.strip(), b.strip()) for a, b in pairs if a.strip() and b.strip()]
    to += [(a, b) for a, b in fresh if a != b]
    text.sentences += [s for pair in fresh for s in pair]
    return len(fresh)


def _chatbot(path: Path, text: Text) -> int:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return _add(text, [(r["Q"], r["A"]) for r in csv.DictReader(handle)], text.answers)


def _questions(path: Path, text: Text) -> int:
    rows = [r for r in _tsv(path, True) if len(r) == 3]
    text.sentences += [s for r in rows if r[2] != "0" for s in r[:2]]
    return _add(text, [(r[0], r[1]) for r in rows if r[2] == "0"], text.alike)


def _sts(path: Path, text: Text) -> int:
    rows = [r for r in _tsv(path, True) if len(r) >= 7]
    text.sentences += [s for r in rows for s in r[5:7]]
    return _add(text, [(r[5], r[6]) for r in rows if float(r[4]) >= 4], text.alike)


def _paraphrases(path: Path, text: Text) -> int:
    """Every set of paraKQC is ten paraphrases in a row; each is paired with the next."""
    lines = [cells[2] for cells in _tsv(path, False) if len(cells) >= 3]
    groups = [lines[i : i + 10] for i in range(0, len(lines), 10)]
    return _add(text, [(g[i], g[(i + 1) % len(g)]) for g in groups for i in range(len(g))], text.alike)


def _gists(path: Path, text: Text) -> int:
    return _add(text, [(r[0], r[1]) for r in _tsv(path, False) if len(r) >= 2], text.alike)


def _spoken(path: Path, text: Text) -> int:
    said = [r[1] for r in _tsv(path, False) if len(r) >= 2]
    text.sentences += said
    return len(said)


def _reviews(path: Path, text: Text) -> int:
    lines = gzip.decompress(path.read_bytes()).decode("utf-8").splitlines()
    text.sentences += lines
    return len(lines)


def _safety(path: Path, text: Text) -> int:
    rows = json.loads(path.read_text(encoding="utf-8"))
    found = [r[k] for r in rows for k in ("question", "context", "sentence") if r.get(k)]
    text.sentences += found
    return len(rows)


CORPORA = (
    Corpus("songys_chatbot_data/ChatbotData.csv", "songys/Chatbot_data", "MIT", _chatbot),
    Corpus("songys_question_pair/train.txt", "songys/Question_pair", "MIT", _questions),
    Corpus("kor_sts/sts-train.tsv", "kakaobrain/KorNLUDatasets", "CC BY-SA 4.0", _sts),
    Corpus("para_kqc/paraKQC_v1.txt", "warnikchow/paraKQC", "CC BY-SA 4.0", _paraphrases),
    Corpus("sae4k/sae4k_v1.txt", "warnikchow/sae4k", "CC BY-SA 4.0", _gists),
    Corpus("3i4k/fci.txt", "warnikchow/3i4k", "CC BY-SA 4.0", _spoken),
    Corpus("nsmc_reviews/reviews.txt.gz", "e9t/nsmc, raw reviews", "CC0", _reviews),
    Corpus("naver_safety/data_SQuARe_question_valid.json", "naver-ai/korean-safety-benchmarks", "MIT", _safety),
    Corpus("naver_safety/data_KoSBi_kosbi_valid.json", "naver-ai/korean-safety-benchmarks", "MIT", _safety),
)
