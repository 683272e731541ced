"""What the verbs share: the store opened as the settings say, tables and JSON on standard output."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from db.store import Store


@contextmanager
def opened_store() -> Iterator[Store]:
    """The user's store; what its opening checks found goes to standard error."""
    from db.store import Store
    from ohlora_tui.conversation import local_now
    from ohlora_tui.settings import load

    settings = load()
    store = Store.open(settings.store_path, settings.backups, local_now())
    for notice in store.notices:
        print(notice, file=sys.stderr)
    try:
        yield store
    finally:
        store.close()


def show(headings: Sequence[str], rows: Sequence[Sequence[str]], empty: str) -> None:
    """A plain table; `empty` where there is nothing to show. Cell text is never markup."""
    if not rows:
        print(empty)
        return
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*headings, box=SIMPLE, header_style="bold", pad_edge=False)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console(highlight=False).print(table)


def print_json(document: Any) -> None:
    """One JSON document and nothing else."""
    print(json.dumps(document, ensure_ascii=False, default=str))
