"""`ohlora eval`: what cannot be measured is one sentence; what was measured is kept and can be shown again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ohlora_tui.cli import app
from ohlora_tui.errors import OhLoraError
from ohlora_tui.verbs import evaluate

REPORT = {
    "version": "0.1.0",
    "date": "2026-11-25T12:00:00+09:00",
    "data": {"rows_sha256": "ab" * 32, "n_rows": 12, "split": "test", "base": "mini"},
    "heads": {
        "eyes_mouth_pose": {"exact": {"value": 0.5, "low": 0.3, "high": 0.7, "n": 12}},
        "memory": {"key": {"f1": {"value": 0.4, "low": 0.2, "high": 0.6, "n": 12}}},
    },
}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OHLORA_HOME", str(tmp_path / "home"))
    return tmp_path


@pytest.mark.parametrize("words", [["--only", "everything"], ["--split", "train"], ["--data", "no/such.csv"]])
def test_what_cannot_be_measured_is_one_sentence(words: list[str]) -> None:
    found = CliRunner().invoke(app, ["eval", *words])
    assert isinstance(found.exception, OhLoraError) and found.exception.hint


def test_a_data_file_without_held_out_rows_is_named(home: Path) -> None:
    rows = home / "r.csv"
    rows.write_text("data_type,input_data,output_message,memory,summary,eyes_mouth_pose\ntrain,안녕,반가워,,인사,\n", encoding="utf-8")
    found = CliRunner().invoke(app, ["eval", "--data", str(rows)])
    assert isinstance(found.exception, OhLoraError) and "test" in str(found.exception)


def test_every_run_is_kept_and_shown_newest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluate, "heads_report", lambda base, data, split: REPORT)
    assert "아직 잰 것이 없어요" in CliRunner().invoke(app, ["eval", "history"]).output
    assert "0.500" in CliRunner().invoke(app, ["eval"]).output
    told = CliRunner().invoke(app, ["eval", "history"]).output
    assert "mini" in told and "0.500" in told and "0.400" in told


def test_json_is_one_document_on_standard_output_or_in_a_file(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.setattr(evaluate, "heads_report", lambda base, data, split: REPORT)
    assert json.loads(CliRunner().invoke(app, ["eval", "--json", "-"]).output)["data"]["n_rows"] == 12
    CliRunner().invoke(app, ["eval", "--json", str(home / "out.json")])
    assert json.loads((home / "out.json").read_text(encoding="utf-8")) == REPORT
    found = CliRunner().invoke(app, ["eval", "--json", str(home / "no" / "out.json")])
    assert isinstance(found.exception, OhLoraError) and "--json" in str(found.exception)
