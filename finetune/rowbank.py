"""Write the bank of written rows that answers for the mini base: training split only.

    python -m finetune.rowbank [--data DIR] [--retriever DIR] [--out DIR]

Gives rows.csv (the rows), index.safetensors (letter grams and vectors, float16), rows.json (weights, threshold, fingerprint, word counts).
"""

from __future__ import annotations

import argparse
import csv
import json
import logging
import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from ohlora_tui import nearness
from ohlora_tui.bases import BUNDLED
from ohlora_tui.dataset import COLUMNS, cells_of, read_rows
from ohlora_tui.embedder import Embedder, load
from ohlora_tui.records import Row
from ohlora_tui.words import bare, stems

DATA = Path(__file__).parent / "data" / "persona"
ASKS = DATA.parent / "ask_back" / "asks.tsv"
SETTINGS = {"letters": 0.5, "meaning": 0.5, "reply": 0.3, "words": 1.0, "threshold": 0.49}
"""Weights of the four nearnesses (their sum is scaled to 1) and the threshold. Read one by one on 160 validation messages and on
the 1,040 of the coverage lists before their rows were written: of the answers that score .49-.51 10 of 15 were sensible, of those below about half."""
log = logging.getLogger(__name__)


def write(rows: Sequence[Row], embedder: Embedder, out: Path) -> None:
    """The bank of `rows` in folder `out`; only rows whose split is train are taken."""
    kept = [r for r in rows if r.split == "train"]
    out.mkdir(parents=True, exist_ok=True)
    with (out / "rows.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, [*COLUMNS, "scenario", "topic"], extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(cells_of(r) for r in kept)
    shutil.copyfile(ASKS, out / "asks.tsv")
    messages = [bare(r.turn.message) for r in kept]
    vectors = {
        "messages": embedder.encode(messages),
        "answers": embedder.encode([r.turn.answer for r in kept]),
        "summaries": embedder.encode([r.turn.last_summary for r in kept if r.turn.last_summary]),  # follow-ups alone: 3 MB less
    }
    arrays = nearness.build(messages) | {name: v.astype(np.float16) for name, v in vectors.items()}
    save_file({name: np.ascontiguousarray(a) for name, a in arrays.items()}, out / "index.safetensors")
    counts = Counter(w for m in messages for w in stems(m))
    known = {
        "fingerprint": embedder.fingerprint,
        "rows": len(kept),
        **SETTINGS,
        "counts": {w: n for w, n in sorted(counts.items()) if n > 1},
    }
    (out / "rows.json").write_text(json.dumps(known, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    log.info("%d rows, %d grams, %.1f MB", len(kept), len(arrays["grams"]), sum(f.stat().st_size for f in out.iterdir()) / 1e6)


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Write the bank of written rows")
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--retriever", type=Path, default=BUNDLED / "retriever")
    parser.add_argument("--out", type=Path, default=BUNDLED / "mini" / "rows")
    args = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    write(read_rows(args.data), load(args.retriever), args.out)


if __name__ == "__main__":
    main()
