"""What the keeper makes of a case is counted against what should come of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evaluate.keeping import read, report, told, wanted
from ohlora_tui.errors import DataError

CASE = {"now": "2026-11-25T15:00:00+09:00", "memories": [], "message": "나 새우 알레르기 있어", "candidate": "[알레르기: 새우]",
        "op": "ADD", "key": "알레르기", "value": "새우", "replaces": None}  # fmt: skip


def test_a_case_that_comes_out_as_meant_is_right_in_every_count() -> None:
    assert wanted(CASE) == told(CASE)
    found = report([CASE])
    assert found["operation"].value == found["stored_precision"].value == found["stored_recall"].value == 1.0


def test_what_is_stored_against_the_case_is_counted() -> None:
    found = report([CASE | {"op": "REFUSE", "key": None, "value": None}])
    assert found["operation"].value == 0.0 and found["should_not_be_stored"].value == 1.0


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text(json.dumps(CASE) + "\n{\n", encoding="utf-8")
    with pytest.raises(DataError, match="2번째 줄"):
        read(path)
