"""Killed at any moment, or shared by two apps, the store keeps what it acknowledged."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from db.care import doctor
from db.store import Store

ROOT = Path(__file__).parent.parent
WRITER = str(ROOT / "tests" / "crash_writer.py")
LATER = datetime(2027, 6, 1, tzinfo=UTC)
KILLS = 120


def run(*args: str) -> subprocess.Popen[str]:
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen([sys.executable, WRITER, *args], env=env, stdout=subprocess.PIPE, text=True)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
def test_120_kills_lose_nothing_acknowledged(tmp_path: Path) -> None:
    helper = run("crash", str(tmp_path), str(KILLS))
    acknowledged = json.loads(helper.communicate(timeout=100)[0])
    assert len(acknowledged["said"]) >= KILLS / 2 and len(acknowledged["forgot"]) >= KILLS / 10  # the children did write
    store = Store.open(tmp_path / "ohlora.db", tmp_path / "backups", LATER)
    turns = {turn.id: turn for session in store.sessions() for turn in store.turns(session.id)}
    assert [text for id, text in acknowledged["said"] if turns[id].message != text] == []
    assert [text for id, text in acknowledged["done"] if turns[id].answer != text] == []
    assert {turn.state for turn in turns.values()} <= {"done", "stopped"}
    assert doctor(store) == []  # whole, and nothing was ever set aside as damaged
    assert [f.name for f in tmp_path.rglob("*") if f.suffix in (".part", ".new")] == []
    held = b"".join(f.read_bytes() for f in tmp_path.rglob("*") if f.is_file())
    assert [value for _, value in acknowledged["forgot"] if value.encode() in held] == []


def test_two_apps_write_at_once(tmp_path: Path) -> None:
    writers = [run("write", str(tmp_path), name, "60") for name in ("하나", "둘")]
    assert [w.wait(timeout=60) for w in writers] == [0, 0]
    store = Store.open(tmp_path / "ohlora.db", tmp_path / "backups", LATER)
    assert sorted((s.title, s.turns) for s in store.sessions()) == [("둘", 60), ("하나", 60)]
    assert len(store.memories()) == 120 and doctor(store) == []
