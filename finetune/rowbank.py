"""Write the bank of written rows that answers for the mini base: training split only.

    python -m finetune.rowbank [--data DIR] [--wordings DIR] [--retriever DIR] [--out DIR]

Gives what ohlora_tui/written/bank.py reads: rows.csv.gz, keys.tsv.gz, index.safetensors, rows.json.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import logging
import re
import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

from finetune.wordings import Wordings, read_wordings
from ohlora_tui.bases import BUNDLED
from ohlora_tui.dataset import COLUMNS, cells_of, packed, read_rows
from ohlora_tui.embedder import Embedder, StaticTable, load
from ohlora_tui.records import Row
from ohlora_tui.words import bare, stems
from ohlora_tui.written import wordchain
from ohlora_tui.written.bank import matter_id, stories

DATA = Path(__file__).parent / "data" / "persona"
WORDINGS = DATA.parent / "wordings"
ASKED = DATA.parent / "ask_back"
LINES = ("remarks.tsv", "recalls.tsv")
"""Lines that stand beside the bank, packed; asks.tsv stands there as it is written."""
SUITS = Path(__file__).parent / "suits.json"
LEXICON = DATA.parent / "memory_lines" / "lexicon.tsv"
NO_GAME = re.compile(r"[가-힣]암$|종양|탈장|치질|변비|설사|생리|자궁|고환|장례|납골|부고|교통사고|수술|치매|항암|똥")
"""Illness and death are headwords of memories, and nothing to open a game with (탈장 was)."""
COPY = 0.66
"""Shared letter pairs from which a wording brings nothing that its row is not found by already."""
log = logging.getLogger(__name__)


def write(rows: Sequence[Row], embedder: Embedder, out: Path, wordings: Wordings | None = None) -> None:
    """The bank of `rows` in folder `out`; only rows whose split is train are taken, with their `wordings`."""
    kept = [r for r in rows if r.split == "train"]
    out.mkdir(parents=True, exist_ok=True)
    table = io.StringIO()
    writer = csv.DictWriter(table, COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(cells_of(r) for r in kept)
    (out / "rows.csv.gz").write_bytes(packed(table.getvalue()))
    shutil.copyfile(ASKED / "asks.tsv", out / "asks.tsv")
    for name in LINES:
        (out / f"{name}.gz").write_bytes(packed((ASKED / name).read_text(encoding="utf-8")))
    (out / wordchain.FILE).write_text("\n".join(nouns(LEXICON.read_text(encoding="utf-8").splitlines()[1:])) + "\n", encoding="utf-8")
    keys = keys_of(kept, wordings or {})
    messages = [bare(text) for _, text in keys]
    lines = (f"{owner}\t{text}\t{plain}\n" for (owner, text), plain in zip(keys, messages, strict=True))
    (out / "keys.tsv.gz").write_bytes(packed("".join(lines)))
    arrays: dict[str, NDArray[np.generic]] = {"matters": np.array([matter_id(m) for m in messages], np.uint64)}
    for name, texts in (("keys", messages), ("stories", stories(kept))):
        if isinstance(embedder, StaticTable):
            arrays[f"{name}_ids"], arrays[f"{name}_ends"] = embedder.tokens(texts)
    save_file({name: np.ascontiguousarray(a) for name, a in arrays.items()}, out / "index.safetensors")
    counts = Counter(w for m in messages[: len(kept)] for w in stems(m))
    known = {"fingerprint": embedder.fingerprint, "suits": json.loads(SUITS.read_text(encoding="utf-8")), "counts": {w: n for w, n in sorted(counts.items()) if n > 1}}
    (out / "rows.json").write_text(json.dumps(known, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    size = sum(f.stat().st_size for f in out.iterdir()) / 1e6
    log.info("%d rows, %d keys, %.1f MB", len(kept), len(keys), size)


def nouns(lines: Sequence[str]) -> list[str]:
    """The headwords she plays with (wordchain.py): one Hangul word of two to four letters each."""
    heads = sorted({line.partition("\t")[0] for line in lines})
    return [head for head in heads if re.fullmatch("[가-힣]{2,4}", head) and not NO_GAME.search(head)]


def keys_of(rows: Sequence[Row], wordings: Wordings) -> list[tuple[int, str]]:
    """(row number, message): the rows' own messages, then every other wording of theirs."""
    own = [(at, r.turn.message) for at, r in enumerate(rows)]
    return own + [(at, text) for at, r in enumerate(rows) for text in _apart(r.turn.message, wordings.get((r.scenario, r.turn.message), ()))]


def _apart(message: str, wordings: Sequence[str]) -> list[str]:
    """The wordings that are no near copy of the message or of one before them: one in twelve is."""
    kept = [message]
    for text in wordings:
        if all(("?" in text) != ("?" in other) or _dice(text, other) < COPY for other in kept):
            kept.append(text)
    return kept[1:]


def _dice(one: str, other: str) -> float:
    """Share of letter pairs two bare messages have in common, 0..1."""
    a, b = ({t[i : i + 2] for i in range(max(1, len(t) - 1))} for t in (bare(one).replace(" ", ""), bare(other).replace(" ", "")))
    return 2 * len(a & b) / (len(a) + len(b))


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Write the bank of written rows")
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--wordings", type=Path, default=WORDINGS)
    parser.add_argument("--retriever", type=Path, default=BUNDLED / "retriever")
    parser.add_argument("--out", type=Path, default=BUNDLED / "mini" / "rows")
    args = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    write(read_rows(args.data), load(args.retriever), args.out, read_wordings(args.wordings))


if __name__ == "__main__":
    main()
