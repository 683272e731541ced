"""Memories as a text to keep, read or hand on: JSON and CSV that `importing` reads back, Markdown for people. Pure."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from ohlora_tui.records import Memory

VERSION = 1
"""Of the JSON document; it grows when a field changes its meaning."""
FIELDS = ("id", "key", "value", "quote", "said_at", "valid_from", "valid_until", "pinned")
PAST_FIELDS = ("state", "superseded_by")
"""Columns that a CSV with past memories has besides; `state` is live or past."""

Past = Sequence[Memory] | None
"""Superseded memories and those put away; None: they were not asked for."""


def fields(memory: Memory) -> dict[str, Any]:
    """One memory as JSON: times as ISO-8601 with an offset."""
    times = {name: at.isoformat() if (at := getattr(memory, name)) else None for name in ("said_at", "valid_from", "valid_until")}
    return {name: getattr(memory, name) for name in FIELDS} | times


def as_json(live: Sequence[Memory], past: Past = None) -> str:
    """`{"version", "memories"}`; with past ones also `history`, each with the id of the memory that stands for it (or null)."""
    document: dict[str, Any] = {"version": VERSION, "memories": [fields(m) for m in live]}
    if past is not None:
        document["history"] = [fields(m) | {"superseded_by": m.superseded_by} for m in past]
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def as_csv(live: Sequence[Memory], past: Past = None) -> str:
    """A header and one line a memory; what is not known is an empty cell."""
    text = io.StringIO()
    table = csv.DictWriter(text, FIELDS if past is None else FIELDS + PAST_FIELDS, lineterminator="\n", extrasaction="ignore")
    table.writeheader()
    for state, memories in (("live", live), ("past", past or ())):
        for memory in memories:
            cells = {"pinned": str(memory.pinned).lower(), "state": state, "superseded_by": memory.superseded_by}
            table.writerow(fields(memory) | cells)
    return text.getvalue()


def as_markdown(live: Sequence[Memory], past: Past = None) -> str:
    """A list for reading: what is known, when it was said, in which words."""
    parts = ["# 오로라가 기억하는 것", "", *(_line(m) for m in live)]
    if past:
        parts += ["", "## 지난 기억", "", *(_line(m) for m in past)]
    return "\n".join(parts) + "\n"


def _line(memory: Memory) -> str:
    said = f"{memory.said_at:%Y-%m-%d}" if memory.said_at else ""
    notes = ", ".join(note for note in (said, "고정" if memory.pinned else "") if note)
    quote = f" — “{plain(memory.quote)}”" if memory.quote else ""
    return f"- **{plain(memory.key)}**: {plain(memory.value)}{f' ({notes})' if notes else ''}{quote}"


def plain(text: str) -> str:
    """Text that Markdown shows as it is, on one line: memory text is never markup."""
    return re.sub(r"([\\`*_{}\[\]<>#|~&])", r"\\\1", " ".join(text.split()))


FORMATS: dict[str, Callable[[Sequence[Memory], Past], str]] = {"json": as_json, "md": as_markdown, "csv": as_csv}
"""Name of a format = value of --format = ending of its files."""
