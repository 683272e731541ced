"""What the README tells people to type exists, and every file it points to is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ohlora_tui.cli import app

ROOT = Path(__file__).parent.parent
PAGES = ("README.md", "README.en.md", "CONTRIBUTING.md")


@pytest.mark.parametrize("page", PAGES)
def test_every_verb_on_the_page_has_its_help(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for verb, sub in set(re.findall(r"ohlora (chat|memory|session|models|doctor|finetune|eval|serve-model)(?: (list|forget|undo|show|history|search|export|import|doctor|pull|info|remove))?", text)):
        assert CliRunner().invoke(app, [verb, *([sub] if sub else []), "--help"]).exit_code == 0, (verb, sub)


@pytest.mark.parametrize("page", PAGES)
def test_every_make_target_on_the_page_exists(page: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"(?:^|`)make ([a-z]+)", (ROOT / page).read_text(encoding="utf-8"), re.M):
        assert re.search(rf"^{target}:", makefile, re.M), target


@pytest.mark.parametrize("page", PAGES)
def test_every_link_to_a_file_leads_somewhere(page: str) -> None:
    for link in re.findall(r"\]\(([^)#:]+)\)", (ROOT / page).read_text(encoding="utf-8")):
        assert (ROOT / link).exists(), link
