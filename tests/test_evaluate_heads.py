"""The heads' report: right is counted as right, what could not be read is counted too, simple methods stand beside it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from evaluate import heads, metrics, report
from ohlora_tui.heads import HEADS, Head, fresh
from ohlora_tui.records import Expression, Memory, Row, Turn
from tests.fakes import NOON

GLAD, SAD = Expression("크게", "크게", "없음"), Expression("작게", "보통", "없음")


def row(number: int, face: Expression, split: str = "test") -> Row:
    memory = Memory("직업", f"의사{number}") if number % 2 else None
    turn = Turn(f"말 {number}", answer=f"{'축하해' if face == GLAD else '속상하겠다'} {number}", summary=f"요약은 {number}번", expression=face)
    return Row(replace(turn, change=fresh(memory)), split, f"s{number}", "", number)


class Perfect:
    """Writes what the row says, but a broken expression for `broken` messages."""

    def __init__(self, rows: Sequence[Row], broken: frozenset[str] = frozenset()) -> None:
        self.by_message, self.broken = {r.turn.message: r.turn for r in rows}, broken

    def stream(self, turn: Turn, *, stop: threading.Event) -> Iterator[str]:
        yield self.by_message[turn.message].answer

    def memory(self, turn: Turn, *, stop: threading.Event) -> Memory | None:
        return self.by_message[turn.message].memory

    def after(self, turn: Turn, asked: Sequence[Head], *, stop: threading.Event) -> dict[str, str]:
        written = self.by_message[turn.message]
        broken = turn.message in self.broken
        return {h.name: "(눈 이상)" if broken and h.name == "eyes_mouth_pose" else h.target(written) for h in asked}


ROWS = [row(n, GLAD if n % 3 else SAD) for n in range(1, 13)]
TRAIN = [row(n, GLAD if n % 3 else SAD, "train") for n in range(20, 50)]


def test_a_perfect_engine_is_perfect_in_every_measure() -> None:
    found = heads.report(ROWS, heads.predict(Perfect(ROWS), ROWS), TRAIN)  # type: ignore[arg-type]
    assert found["memory"]["key+value"]["f1"].value == found["memory"]["silence"].value == 1.0
    assert found["eyes_mouth_pose"]["exact"].value == found["eyes_mouth_pose"]["macro_f1"].value == 1.0
    assert found["summary"]["chrf"].value == found["output_message"]["chrf"].value == 100.0
    assert all(part["format"].value == 1.0 for part in found.values())


def test_an_unread_expression_is_counted_and_shows_as_neutral() -> None:
    told = heads.predict(Perfect(ROWS, frozenset({"말 1"})), ROWS)  # type: ignore[arg-type]
    found = heads.report(ROWS, told, TRAIN)["eyes_mouth_pose"]
    assert found["format"].value == found["exact"].value == 11 / 12
    assert found["exact"].n == 12
    assert found["lead"]["exact"].value == pytest.approx(-1 / 12) and found["lead"]["macro_f1"].value < 0  # the baseline reads all twelve


def test_a_lead_is_paired_row_by_row() -> None:
    lead = metrics.exact_lead("aabb" * 50, "aabb" * 50, "aaba" * 50)
    assert lead.value == 0.25 and lead.low > 0 and lead.n == 200
    even = metrics.exact_lead("aabb" * 50, "aaab" * 50, "aaba" * 50)
    assert even.value == 0 and even.low < 0 < even.high


def test_baselines_learn_from_the_training_rows_alone() -> None:
    found = heads.report(ROWS, heads.predict(Perfect(ROWS), ROWS), TRAIN)["eyes_mouth_pose"]["baselines"]  # type: ignore[arg-type]
    assert found["majority"]["exact"].value == 8 / 12
    assert found["tfidf+logistic"]["exact"].value == 1.0  # 축하해 and 속상하겠다 tell the face


def test_the_report_is_plain_json_with_its_version_and_data() -> None:
    told = heads.report(ROWS, heads.predict(Perfect(ROWS), ROWS), TRAIN)  # type: ignore[arg-type]
    document = report.document(NOON, {"rows_sha256": "ab", "n_rows": 12}, heads=told)
    again = json.loads(json.dumps(document))
    assert again["version"] and again["data"]["n_rows"] == 12
    assert again["heads"]["eyes_mouth_pose"]["exact"] == {"value": 1.0, "low": 0.7575, "high": 1.0, "n": 12}


def test_every_measure_has_a_line_in_the_tables() -> None:
    told = heads.report(ROWS, heads.predict(Perfect(ROWS), ROWS), TRAIN)  # type: ignore[arg-type]
    tables = list(report.head_tables(report.jsonable(told)))
    assert [t[0].split(" (")[1].rstrip(")") for t in tables] == ["output_message", "memory", "summary", "eyes_mouth_pose"] == list(HEADS)
    assert any("TF-IDF" in line[0] for line in tables[3][2])
