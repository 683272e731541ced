"""Every test is offline, in its own data folder, with the models' threads held to one."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["OMP_NUM_THREADS"] = "1"  # read when numpy is imported: nothing of ours before it
os.environ["TOKENIZERS_PARALLELISM"] = "false"

if TYPE_CHECKING:
    from ohlora_tui.nearness import Index
    from ohlora_tui.written.voice import Voice


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test touches the user's data folder or reads their settings."""
    for name in [n for n in os.environ if n.startswith("OHLORA_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("OHLORA_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(autouse=True, scope="session")
def letters_of_the_bundled_rows_are_made_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Two seconds a data folder otherwise, and every test has its own."""
    from ohlora_tui.bases import BUNDLED
    from ohlora_tui.written import keeping

    bundled, shared = BUNDLED / "mini" / "rows" / "keys.tsv.gz", tmp_path_factory.getbasetemp().parent / "letters"
    real = keeping.letters

    def once(texts: Sequence[str], keys: Path, home: Path | None) -> Index:
        return real(texts, keys, shared if keys == bundled else home)

    keeping.letters = once
    yield
    keeping.letters = real


@pytest.fixture(scope="session")
def voice(letters_of_the_bundled_rows_are_made_once: None) -> Voice:
    """She as she ships, without a model: nobody may change her."""
    from ohlora_tui import embedder
    from ohlora_tui.bases import BUNDLED
    from ohlora_tui.written.voice import Voice

    return Voice.load(BUNDLED / "mini" / "rows", embedder.load(BUNDLED / "retriever"))


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here may open a connection beyond this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        local = self.family == socket.AF_UNIX or (isinstance(address, tuple) and str(address[0]) in ("127.0.0.1", "::1"))
        if not local:
            raise AssertionError(f"a test tried to reach {address!r}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)
