"""How often does the keeper decide rightly? Written cases: a message, what is held, what the memory head proposes, and what should come of it.

case -> judge -> (operation, key, value, replaced) -> accuracy, precision and recall of what is stored, wrong supersessions
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from evaluate.metrics import Measure, share
from ohlora_tui.errors import DataError
from ohlora_tui.memory.calendar import span_of
from ohlora_tui.memory.keeper import judge
from ohlora_tui.records import Change, Memory

STORED = ("ADD", "SUPERSEDE")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a case or should have: `kept` is "[key: value]" if something is stored, `replaces` the text of the memory that is retired."""

    op: str | None  # None: nothing to decide
    kept: str
    replaces: str


def read(path: Path) -> list[dict[str, Any]]:
    """The cases of a JSON-lines file; DataError names the bad line."""
    cases = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            case = json.loads(line)
            wanted(case), told(case)
        except (ValueError, KeyError, TypeError) as wrong:
            raise DataError(f"{path} {number}번째 줄을 읽을 수 없어요: {wrong!r}.", "그 줄의 JSON을 고쳐 주세요.") from wrong
        cases.append(case)
    return cases


def wanted(case: dict[str, Any]) -> Outcome:
    """What should come of it."""
    stored = case["op"] in STORED
    return Outcome(case["op"], f"[{case['key']}: {case['value']}]" if stored else "", (case["replaces"] or "") if stored else "")


def told(case: dict[str, Any]) -> Outcome:
    """What the keeper does with it."""
    change, live = decided(case)
    if change is None or change.op not in STORED:
        return Outcome(change.op if change else None, "", "")
    return Outcome(change.op, change.memory.text, next((m.text for m in live if m.id == change.replaces), ""))


def decided(case: dict[str, Any]) -> tuple[Change | None, list[Memory]]:
    """(the keeper's change, the memories it was made among)."""
    now = datetime.fromisoformat(case["now"])
    live = held(case["memories"], now)
    proposed = Memory.parse(case["candidate"]) if case["candidate"] else None
    return judge(proposed, case["message"], live, now), live


def held(memories: Sequence[Any], now: datetime) -> list[Memory]:
    """The memories a case starts with, ids from 1; said a day before unless it says when."""
    found = []
    for number, entry in enumerate(memories, 1):
        text = entry if isinstance(entry, str) else entry["text"]
        said = now - timedelta(days=1) if isinstance(entry, str) else datetime.fromisoformat(f"{entry['said']}T12:00:00+09:00")
        memory = replace(Memory.parse(text), id=number, said_at=said)
        start, end = span_of(memory.key, memory.value, "", said)
        found.append(replace(memory, valid_from=start, valid_until=end))
    return found


def report(cases: Sequence[dict[str, Any]]) -> dict[str, Measure]:
    """Shares with Wilson intervals. `stored_precision`: of what is stored, right to the letter; `_key`: right by operation and key."""
    pairs = [(wanted(c), told(c)) for c in cases]
    kept = [(w, t) for w, t in pairs if t.kept]
    meant = [(w, t) for w, t in pairs if w.kept]
    return {
        "operation": share([w.op == t.op for w, t in pairs]),
        "exact": share([w == t for w, t in pairs]),
        "stored_precision": share([w.kept == t.kept for w, t in kept]),
        "stored_precision_key": share([_key(w.kept) == _key(t.kept) for w, t in kept]),
        "stored_recall": share([w.kept == t.kept for w, t in meant]),
        "stored_recall_key": share([_key(w.kept) == _key(t.kept) for w, t in meant]),
        "should_not_be_stored": share([bool(t.kept) for w, t in pairs if not w.kept]),
        "wrong_supersession": share([w.replaces != t.replaces for w, t in pairs if t.replaces]),
    }


def _key(text: str) -> str:
    return text.strip("[]").partition(": ")[0]
