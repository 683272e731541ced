"""A handful of written rows to train tiny models on."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from ohlora_tui.dataset import cells_of, read_rows
from ohlora_tui.records import Row

_ROWS = read_rows(Path(__file__).parents[1] / "finetune" / "data" / "persona" / "p1.csv")
FEW = [r for r in _ROWS if r.split == "train"][:24] + [r for r in _ROWS if r.split == "valid"][:6]


def write_csv(rows: Sequence[Row], path: Path) -> Path:
    """The rows as a CSV of the persona columns."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(cells_of(rows[0])))
        writer.writeheader()
        writer.writerows(cells_of(row) for row in rows)
    return path
