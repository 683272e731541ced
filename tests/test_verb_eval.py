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


@pytest.mark.parametrize("words", [["--only", "everything"], ["--split", "train"], ["--only", "heads", "--data", "no/such.csv"], ["--compare", "v9"], ["--pairs", "no/such.csv"], ["--cases", "no/such.json"],
])
def test_what_cannot_be_measured_is_one_sentence(words: list[str]) -> None:
    found = CliRunner().invoke(app, ["eval", *words])
    assert isinstance(found.exception, OhLoraError) and found.exception.hint


def test_a_data_file_without_held_out_rows_is_named(home: Path) -> None:
    rows = home / "r.csv"
    rows.write_text("data_type,input_data,output_message,memory,summary,eyes_mouth_pose\ntrain,안녕,반가워,,인사,\n", encoding="utf-8")
    found = CliRunner().invoke(app, ["eval", "--only", "heads", "--data", str(rows)])
    assert isinstance(found.exception, OhLoraError) and "test" in str(found.exception)


def test_every_run_is_kept_and_shown_newest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluate, "heads_report", lambda *_: {k: dict(REPORT[k]) for k in ("data", "heads")})  # type: ignore[call-overload]
    assert "아직 잰 것이 없어요" in CliRunner().invoke(app, ["eval", "history"]).output
    assert "0.500" in CliRunner().invoke(app, ["eval", "--only", "heads"]).output
    told = CliRunner().invoke(app, ["eval", "history"]).output
    assert "mini" in told and "0.500" in told and "0.400" in told


def test_json_is_one_document_on_standard_output_or_in_a_file(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.setattr(evaluate, "heads_report", lambda *_: {k: dict(REPORT[k]) for k in ("data", "heads")})  # type: ignore[call-overload]
    assert json.loads(CliRunner().invoke(app, ["eval", "--only", "heads", "--json", "-"]).output)["data"]["n_rows"] == 12
    CliRunner().invoke(app, ["eval", "--only", "heads", "--json", str(home / "out.json")])
    told = json.loads((home / "out.json").read_text(encoding="utf-8"))
    assert {k: told[k] for k in ("data", "heads")} == {k: REPORT[k] for k in ("data", "heads")}
    found = CliRunner().invoke(app, ["eval", "--only", "heads", "--json", str(home / "no" / "out.json")])
    assert isinstance(found.exception, OhLoraError) and "--json" in str(found.exception)


def test_pairs_of_the_predecessor_are_measured_and_a_bad_line_is_named(home: Path) -> None:
    head, rows = "memory_0,user_prompt_0,memory_1,user_prompt_1,similarity_score\n", home / "pairs.csv"
    rows.write_text(head + "[알레르기: 새우],가,나,짬뽕에 새우 있어?,1.0\n[취미: 등산],가,나,짬뽕에 새우 있어?,0.1\n", encoding="utf-8")
    told = json.loads(CliRunner().invoke(app, ["eval", "--pairs", str(rows), "--json", "-"]).output)
    assert told["data"]["n_pairs"] == 2 and told["retriever"]["current"]["hit@1"]["n"] == 1
    rows.write_text(head + "[알레르기: 새우],가,나,짬뽕,열\n", encoding="utf-8")
    found = CliRunner().invoke(app, ["eval", "--pairs", str(rows)])
    assert isinstance(found.exception, OhLoraError) and "2번째 줄" in str(found.exception)


def test_cases_are_measured_and_a_bad_one_is_numbered(home: Path) -> None:
    cases = home / "cases.json"
    cases.write_text(json.dumps([{"memories": ["[알레르기: 새우]", "[취미: 등산]"], "message": "안녕", "gold": None}]), encoding="utf-8")
    pairs = home / "pairs.csv"  # so that the bundled lines are not measured as well
    pairs.write_text("memory_0,user_prompt_0,memory_1,user_prompt_1,similarity_score\n[취미: 등산],가,나,산에 가,1.0\n", encoding="utf-8")
    told = json.loads(CliRunner().invoke(app, ["eval", "--pairs", str(pairs), "--cases", str(cases), "--json", "-"]).output)
    assert told["retriever"]["cases"]["false_fire"]["n"] == 1
    cases.write_text(json.dumps([{"memories": ["[취미: 등산]"], "message": "안녕", "gold": "[직업: 의사]"}]), encoding="utf-8")
    found = CliRunner().invoke(app, ["eval", "--cases", str(cases)])
    assert isinstance(found.exception, OhLoraError) and "1번째 항목" in str(found.exception)


def test_the_keeper_is_measured_on_unseen_cases() -> None:
    told = json.loads(CliRunner().invoke(app, ["eval", "--only", "keeper", "--json", "-"]).output)
    assert told["data"]["n_cases"] >= 200 and told["keeper"]["operation"]["n"] == told["data"]["n_cases"]


def test_a_retriever_of_ones_own_is_compared_from_the_general_table_that_ships(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import shutil

    from finetune import v1
    from ohlora_tui.bases import BUNDLED

    monkeypatch.setattr(v1, "EPOCHS", 1)

    own = home / "own"
    shutil.copytree(BUNDLED / "retriever", own, ignore=shutil.ignore_patterns("general.safetensors"))
    pairs = home / "pairs.csv"
    head = "memory_0,user_prompt_0,memory_1,user_prompt_1,similarity_score\n"
    pairs.write_text(head + "[취미: 등산],가,나,산에 가,1.0\n[직업: 의사],가,나,산에 가,0.0\n", encoding="utf-8")
    words = ["eval", "--compare", "v1", "--pairs", str(pairs), "--retriever", str(own), "--json", "-"]
    told = json.loads(CliRunner().invoke(app, words).output)
    assert {"current", "v1", "change"} <= set(told["retriever"])
