"""The judged report: intervals that are known, every message listed, nothing unjudged passed over."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evaluate.ordinary import read, report, sheet, wilson
from ohlora_tui.errors import DataError


def test_the_interval_is_wilsons() -> None:
    assert wilson(80, 100) == pytest.approx((0.7112, 0.8666), abs=1e-4)
    assert wilson(0, 10)[0] == 0.0 and wilson(10, 10)[1] == pytest.approx(1.0) and wilson(0, 0) == (0.0, 1.0)


def test_a_sheet_pairs_each_message_with_its_answer(tmp_path: Path) -> None:
    (tmp_path / "m.txt").write_text("안녕\n뭐 해?\n")
    (tmp_path / "a.jsonl").write_text("".join(json.dumps({"answer": a, "speaker": "row"}) + "\n" for a in ("반가워", "기다렸지")))
    assert [(r["message"], r["answer"]) for r in sheet(tmp_path / "a.jsonl", tmp_path / "m.txt")] == [
        ("안녕", "반가워"),
        ("뭐 해?", "기다렸지"),
    ]


def test_a_missing_answer_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "m.txt").write_text("안녕\n뭐 해?\n")
    (tmp_path / "a.jsonl").write_text('{"answer": "반가워", "speaker": "row"}\n')
    with pytest.raises(DataError, match="2개"):
        sheet(tmp_path / "a.jsonl", tmp_path / "m.txt")


def test_an_unjudged_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "v.tsv"
    path.write_text("message\tanswer\tspeaker\tverdict\twhy\n안녕\t반가워\trow\tgood\t\n뭐 해?\t음\tmodel\t\t\n")
    with pytest.raises(DataError, match="3번째 줄"):
        read(path)


def test_the_report_counts_by_speaker_and_lists_every_message() -> None:
    rows = [
        {"message": "안|녕", "answer": "반가워", "speaker": "row", "verdict": "good", "why": ""},
        {"message": "뭐 해?", "answer": "음", "speaker": "model", "verdict": "bad", "why": "딴소리"},
    ]
    text = report(rows)
    assert "| 모두 | 2 | 1 | 0 | 1 | 50%" in text and "| 모델 | 1 | 0 | 0 | 1 | 0%" in text
    assert "안\\|녕" in text and "딴소리" in text
