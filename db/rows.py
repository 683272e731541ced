"""Records <-> table rows. Pure: no SQL is run here, no clock is read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from ohlora_tui.records import Change, Expression, Memory, Message, Recall, Session, Timing, Turn

MEMORY_COLUMNS = ("key", "value", "quote", "said_at", "valid_from", "valid_until", "message_id", "pinned", "superseded_by")
TIMES = ("said_at", "valid_from", "valid_until")
UNDONE = "되돌린 기억이에요."


def iso(at: datetime) -> str:
    """ISO-8601 with an offset. ValueError for a time without one: it would mean another moment elsewhere."""
    if at.tzinfo is None:
        raise ValueError(f"시간대가 없는 시각이에요: {at!r}")
    return at.isoformat()


def moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def memory_cells(memory: Memory) -> dict[str, Any]:
    """Columns of the memory table, id left out."""
    times = {name: iso(at) if (at := getattr(memory, name)) else None for name in TIMES}
    return {name: getattr(memory, name) for name in MEMORY_COLUMNS} | times | {"pinned": int(memory.pinned)}


def memory_of(row: Mapping[str, Any]) -> Memory:
    """A memory table row, or the object of memory_json, as a record."""
    cells = {name: row[name] for name in MEMORY_COLUMNS}
    times = {name: moment(row[name]) for name in TIMES}
    return Memory(**(cells | times | {"pinned": bool(row["pinned"]), "id": row["id"]}))


def memory_json(memory: Memory) -> str:
    return json.dumps(memory_cells(memory) | {"id": memory.id}, ensure_ascii=False)


def session_of(row: Mapping[str, Any]) -> Session:
    created, updated = datetime.fromisoformat(row["created_at"]), datetime.fromisoformat(row["updated_at"])
    return Session(row["id"], row["title"], created, updated, row["turns"], row["base"])


def message_of(row: Mapping[str, Any]) -> Message:
    return Message(row["id"], row["session_id"], row["role"], row["text"], datetime.fromisoformat(row["at"]), row["parent_id"])


def recall_cells(recall: Recall, turn_id: int, rank: int, memory_id: int | None) -> dict[str, Any]:
    """`memory_id`: the memory's id if the store holds it; the record as it was read is kept beside it."""
    return {
        "turn_id": turn_id,
        "rank": rank,
        "memory_id": memory_id,
        "memory": memory_json(recall.memory),
        "text": recall.text,
        "score": float(recall.score),
        "cosine": float(recall.cosine),
        "words": json.dumps(recall.words, ensure_ascii=False),
        "used": int(recall.used),
    }


def recall_of(row: Mapping[str, Any]) -> Recall:
    memory = memory_of(json.loads(row["memory"]))
    return Recall(memory, row["score"], bool(row["used"]), row["text"], tuple(json.loads(row["words"])), row["cosine"])


def change_of(row: Mapping[str, Any]) -> Change:
    """A memory_event row of a turn. What was undone reads as refused: nothing of it is remembered."""
    memory = memory_of(json.loads(row["memory"]))
    if row["undone_at"]:
        return Change("REFUSE", memory, row["replaces"], UNDONE)
    return Change(row["op"], memory, row["replaces"], row["reason"])


def turn_cells(turn: Turn) -> dict[str, Any]:
    """The turn table's columns that a finished turn fills."""
    return {
        "state": "done" if turn.state == "open" else turn.state,
        "speaker": turn.speaker,
        "base": turn.base,
        "clock": turn.clock,
        "last_summary": turn.last_summary,
        "notes": json.dumps(turn.notes, ensure_ascii=False),
        **asdict(turn.timing),
    }


def turn_of(row: Mapping[str, Any], recalls: Sequence[Recall], change: Change | None) -> Turn:
    """A row of the turn view (store's _TURNS query) as a record."""
    face = Expression(row["eyes"], row["mouth"], row["pose"]) if row["eyes"] else None
    return Turn(
        message=row["message"],
        clock=row["clock"],
        recalls=tuple(recalls),
        last_summary=row["last_summary"],
        answer=row["answer"] or "",
        speaker=row["speaker"],
        change=change,
        summary=row["summary"],
        expression=face,
        timing=Timing(row["first_token_s"], row["total_s"], row["tokens"]),
        state=row["state"],
        notes=tuple(json.loads(row["notes"])),
        base=row["base"],
        at=moment(row["at"]),
        session_id=row["session_id"],
        id=row["id"],
        message_id=row["message_id"],
        answer_id=row["answer_id"],
    )
