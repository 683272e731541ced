"""What the store tests share: one moment, one vector, one way to say something."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from db.store import Store
from ohlora_tui.records import Change, Turn

NOW = datetime.fromisoformat("2026-11-22T15:12:00+09:00")
VECTOR = ("fp-1", bytes(16), 4)


def say(store: Store, message: str, answer: str = "응!", change: Change | None = None, **parts: object) -> Turn:
    """One whole turn in the last session."""
    session = store.last_session() or store.create_session("대화", "mini", NOW)
    opened = store.begin_turn(session.id, message, "mini", NOW)
    done = replace(opened, answer=answer, change=change, state="done", **parts)  # type: ignore[arg-type]
    return store.finish_turn(done, VECTOR if change else None, NOW)
