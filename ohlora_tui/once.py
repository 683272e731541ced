"""`ohlora chat --once`: turns without the app, for people and for machines."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from typing import Any

from ohlora_tui.conversation import Conversation
from ohlora_tui.errors import OhLoraError
from ohlora_tui.events import AnswerChunk, Remembered, TurnDone
from ohlora_tui.records import Turn
from ohlora_tui.settings import Settings


def run(settings: Settings, once: str, as_json: bool, session: str) -> None:
    """One turn for `once`, or one a line of standard input for "-". Errors of a turn end the run with its sentence."""
    conversation = Conversation(settings)
    try:
        choose_session(conversation, session)
        conversation.load(_quiet if as_json else _to_stderr, lazy=True)
        for message in _messages(once):
            if session == "each":
                conversation.open_session(None)
            turn = _one(conversation, message, as_json)
            if turn.state == "failed":
                raise OhLoraError(turn.notes[-1] if turn.notes else "대답하지 못했어요.")
    finally:
        conversation.close()


def choose_session(conversation: Conversation, wish: str) -> None:
    """`last`, `new` and `each`, or the number of a session."""
    if wish == "last":
        conversation.open_last()
    elif wish in ("new", "each"):
        conversation.open_session(None)
    elif wish.isdigit():
        conversation.open_session(int(wish))
    else:
        raise OhLoraError(f"--session 값 {wish!r}을 쓸 수 없어요.", "last, new, each 또는 대화 번호를 적어 주세요.")


def _quiet(line: str) -> None:
    """--json writes its document and nothing else."""


def _to_stderr(line: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K{line}…", end="", file=sys.stderr, flush=True)


def _messages(once: str) -> Iterator[str]:
    """The text itself, or the non-empty lines of standard input."""
    if once != "-":
        yield once
        return
    try:
        yield from (line for line in map(str.strip, sys.stdin) if line)
    except UnicodeDecodeError as wrong:
        raise OhLoraError(f"표준 입력이 UTF-8이 아니에요 ({wrong.start}번째 바이트).", "UTF-8로 바꿔서 넣어 주세요.") from wrong


def _one(conversation: Conversation, message: str, as_json: bool) -> Turn:
    stop = threading.Event()
    turn: Turn | None = None
    for event in conversation.reply(message, stop):
        match event:
            case AnswerChunk(text=text) if not as_json:
                if sys.stderr.isatty():
                    print("\r\x1b[K", end="", file=sys.stderr, flush=True)
                print(text, end="", flush=True)
            case Remembered(change=change) if not as_json:
                print(f"\n({change.op} {change.memory.text} {change.reason})", end="", file=sys.stderr)
            case TurnDone(turn=turn):
                pass
    assert turn is not None  # a reply always ends with TurnDone or raises
    print(json.dumps(document(turn), ensure_ascii=False) if as_json else "", flush=True)
    return turn


def document(turn: Turn) -> dict[str, Any]:
    """One turn as the JSON document of `--json`."""
    face, change, timing = turn.expression, turn.change, turn.timing
    return {
        "session": turn.session_id,
        "turn": turn.id,
        "answer": turn.answer,
        "recalled": [{"memory": r.text, "score": max(0.0, round(r.score, 4))} for r in turn.recalled],
        "memory": {"op": change.op, "key": change.memory.key, "value": change.memory.value} if change else None,
        "summary": turn.summary,
        "expression": {"eyes": face.eyes, "mouth": face.mouth, "pose": face.pose} if face else None,
        "base": turn.base,
        "speaker": turn.speaker,
        "state": turn.state,
        "notes": list(turn.notes),
        "timing": {
            "first_token_s": round(timing.first_token_s, 4),
            "total_s": round(timing.total_s, 4),
            "tokens": timing.tokens,
            "tokens_per_s": round(timing.tokens_per_s, 1),
        },
    }
