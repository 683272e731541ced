"""The rooms keep to the import law, and what `--help` loads stays light."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("ohlora_tui", "db", "finetune", "evaluate")
FILES = sorted(p for room in ROOMS for p in (ROOT / room).rglob("*.py"))
LOW_NAMES = "errors records settings devices heads dataset bases cleaning tokens words letters faces face_meaning embedder nearness relevance need topic associations pools kernel memory.keys"
LOW = {f"ohlora_tui.{n}" for n in LOW_NAMES.split()}
HEAVY = {"torch", "transformers", "peft", "trl", "sentence_transformers", "sqlite_utils", "textual", "sklearn", "llguidance"}

ALLOWED: dict[str, set[str]] = {
    "ohlora_tui.errors": set(),
    "ohlora_tui.records": set(),
    "ohlora_tui.settings": {"ohlora_tui.errors"},
    "ohlora_tui.heads": {"ohlora_tui.errors", "ohlora_tui.records"},
    "ohlora_tui.dataset": LOW,
    "ohlora_tui.bases": LOW,
    "ohlora_tui.written": LOW | {"ohlora_tui.written"},
    "ohlora_tui.engine": LOW | {"ohlora_tui.engine", "ohlora_tui.memory", "ohlora_tui.written"},
    "ohlora_tui.memory": LOW | {"ohlora_tui.memory"},
    "db": {"db", "ohlora_tui.records", "ohlora_tui.errors", "ohlora_tui.cleaning"},
    "ohlora_tui.tui": LOW | {"ohlora_tui.tui", "ohlora_tui.events"},
    "finetune": LOW | {"finetune", "ohlora_tui.written"},
    "evaluate": LOW | {"evaluate", "ohlora_tui.engine", "ohlora_tui.memory"},
}
"""Room (longest prefix wins) -> what it may import of ours. Rooms not named (chat, index, conversation, once, cli) are on top."""


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports_of(tree: ast.AST) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found |= {f"{node.module}.{a.name}" for a in node.names}
    return found


def within(name: str, rooms: set[str]) -> bool:
    return any(name == r or name.startswith(r + ".") for r in rooms)


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_imports_point_down(path: Path) -> None:
    module = module_of(path)
    room = max((r for r in ALLOWED if within(module, {r})), key=len, default=None)
    if room is None:
        return
    ours = {n for n in imports_of(ast.parse(path.read_text(encoding="utf-8"))) if n.split(".")[0] in ROOMS}
    assert {n for n in ours if not within(n, ALLOWED[room]) and n not in ("ohlora_tui.__version__",)} == set()


@pytest.mark.parametrize("room", ["tui", "finetune", "evaluate"])
def test_tui_finetune_and_evaluate_never_import_each_other(room: str) -> None:
    prefix = "ohlora_tui.tui" if room == "tui" else room
    others = {"ohlora_tui.tui", "finetune", "evaluate"} - {prefix}
    for path in FILES:
        if within(module_of(path), {prefix}):
            assert not {n for n in imports_of(ast.parse(path.read_text(encoding="utf-8"))) if within(n, others)}, path


def test_help_loads_nothing_heavy() -> None:
    code = "import sys, ohlora_tui.cli, ohlora_tui.chat, ohlora_tui.conversation, ohlora_tui.once, ohlora_tui.settings;print(*sys.modules)"
    loaded = set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())
    assert not loaded & (HEAVY | {"rich", "numpy"})


def test_no_file_grows_beyond_300_lines() -> None:
    assert not [(module_of(p), n) for p in FILES if (n := len(p.read_text(encoding="utf-8").splitlines())) > 300]


def test_every_direct_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["dev"]
    names = {w.split(">")[0].split("<")[0].split("=")[0] for w in wanted}
    pinned = {line.split(">")[0].split("=")[0].split("<")[0] for line in (ROOT / "constraints.txt").read_text().split()}
    assert names <= pinned
