"""The command line: every verb says what it does, does it, and fails with a sentence."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import ClassVar

import pytest
from typer.testing import CliRunner

from ohlora_tui import once
from ohlora_tui.cli import app, main
from ohlora_tui.errors import OhLoraError
from ohlora_tui.events import AnswerChunk, TurnDone
from ohlora_tui.records import Change, Expression, Memory, Recall, Timing, Turn

RUNNER = CliRunner()


def ohlora(*words: str, stdin: str | None = None):
    return RUNNER.invoke(app, list(words), input=stdin)


@pytest.mark.parametrize(
    "verb", [(), ("chat",), ("memory",), ("memory", "forget"), ("session",), ("models",), ("doctor",), ("finetune",)]
)
def test_every_verb_has_korean_help(verb: tuple[str, ...]) -> None:
    found = ohlora(*verb, "--help")
    assert found.exit_code == 0 and any("가" <= c <= "힣" for c in found.output)


def test_help_is_quick() -> None:
    took = []
    for _ in range(3):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "ohlora_tui", "--help"], capture_output=True, check=True)
        took.append(time.perf_counter() - began)
    assert min(took) < 0.4


def test_a_memory_is_added_found_changed_undone_and_forgotten(own_home: Path) -> None:
    assert "1번으로 기억했어요: [알레르기: 새우]" in ohlora("memory", "add", "알레르기", "새우").output
    assert json.loads(ohlora("memory", "search", "새우", "--json").output)[0]["value"] == "새우"
    assert "[알레르기: 게]" in ohlora("memory", "edit", "1", "알레르기", "게").output
    ohlora("memory", "undo")
    assert json.loads(ohlora("memory", "list", "--json").output)[0]["value"] == "새우"
    assert ohlora("memory", "forget", "1", "--yes").exit_code == 0
    assert json.loads(ohlora("memory", "list", "--json").output) == []
    assert not [f for f in own_home.rglob("*") if f.is_file() and "새우".encode() in f.read_bytes()]


def test_forgetting_asks_first() -> None:
    ohlora("memory", "add", "취미", "등산")
    assert ohlora("memory", "forget", "1", stdin="n\n").exit_code == 1
    assert "등산" in ohlora("memory", "list").output


def test_a_memory_that_is_none_is_refused_with_a_sentence() -> None:
    found = ohlora("memory", "add", "취미", "[등산]")
    assert isinstance(found.exception, OhLoraError) and "대괄호" in str(found.exception)


def test_memory_text_is_never_markup() -> None:
    ohlora("memory", "add", "별명", "빨강이")
    ohlora("memory", "edit", "1", "별명", "/ㅋ")
    assert "/ㅋ" in ohlora("memory", "list").output


def test_a_session_that_is_not_there_is_named() -> None:
    found = ohlora("session", "show", "77")
    assert isinstance(found.exception, OhLoraError) and "77" in str(found.exception)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["chat", "--once", "안녕", "--session", "어제"], "어제"),
        (["chat", "--once", "안녕", "--base", "없는모델"], "없는모델"),
        (["memory", "forget", "5", "--yes"], "5"),
        (["finetune", "--col", "표정"], "표정"),
        (["finetune", "--col", "memory", "--data", "없는.csv"], "없는.csv"),
    ],
)
def test_an_error_is_one_sentence_without_traceback(words: list[str], said: str, monkeypatch, capsys) -> None:
    monkeypatch.setattr(sys, "argv", ["ohlora", *words])
    with pytest.raises(SystemExit) as stopped:
        main()
    told = capsys.readouterr().err
    assert stopped.value.code == 1 and said in told and "Traceback" not in told


def test_json_without_once_is_a_usage_error() -> None:
    assert ohlora("chat", "--json").exit_code == 2


def test_the_app_without_a_terminal_is_a_sentence_and_never_spins() -> None:
    wrong = ohlora("chat", stdin="").exception
    assert isinstance(wrong, OhLoraError) and "터미널" in wrong.message and "--once" in wrong.hint


def test_another_librarys_evaluate_is_noticed(monkeypatch, tmp_path: Path) -> None:
    from ohlora_tui import cli

    (tmp_path / "evaluate").mkdir()
    (tmp_path / "evaluate" / "__init__.py").write_text("")
    monkeypatch.setattr(
        cli.importlib.util, "find_spec", lambda name: type("Spec", (), {"origin": str(tmp_path / name / "__init__.py")})()
    )
    with pytest.raises(OhLoraError, match="꾸러미가 Oh-LoRA의 것이 아니에요"):
        cli.check_rooms()


TURN = Turn(
    "내일 뭐 입지?",
    recalls=(
        Recall(Memory("내일 일정", "카페"), 0.93, True, "[내일 일정: 카페]"),
        Recall(Memory("취미", "등산"), 0.1, False, "[취미: 등산]"),
    ),
    answer="편한 니트 어때?",
    change=Change("ADD", Memory("내일 일정", "카페")),
    summary="니트 추천",
    expression=Expression("크게", "보통", "없음"),
    timing=Timing(0.25, 1.25, 10),
    state="done",
    base="mini",
    session_id=3,
    id=7,
)


def test_the_json_document_has_what_was_used_and_nothing_more() -> None:
    found = once.document(TURN)
    assert found["recalled"] == [{"memory": "[내일 일정: 카페]", "score": 0.93}]
    assert found["memory"] == {"op": "ADD", "key": "내일 일정", "value": "카페"}
    assert found["expression"] == {"eyes": "크게", "mouth": "보통", "pose": "없음"}
    assert found["timing"] == {"first_token_s": 0.25, "total_s": 1.25, "tokens": 10, "tokens_per_s": 10.0}
    assert (found["session"], found["turn"], found["base"]) == (3, 7, "mini")


class FakeConversation:
    """Answers every message with TURN and notes what it was asked."""

    asked: ClassVar[list[tuple[str, str]]] = []

    def __init__(self, settings) -> None:
        self.asked.clear()
        self.open = "last"

    def load(self, progress, lazy: bool = False) -> None:
        progress("읽는 중")

    def open_session(self, session_id) -> None:
        self.open = "new" if session_id is None else str(session_id)

    def open_last(self) -> None:
        self.open = "last"

    def reply(self, message, stop):
        self.asked.append((self.open, message))
        yield AnswerChunk(7, TURN.answer)
        yield TurnDone(7, TURN)

    def close(self) -> None:
        self.open = "closed"


def test_standard_input_is_one_turn_and_one_document_a_line(monkeypatch) -> None:
    monkeypatch.setattr(once, "Conversation", FakeConversation)
    found = ohlora("chat", "--once", "-", "--json", "--session", "each", stdin="안녕\n\n뭐 해?\n")
    assert [json.loads(line)["answer"] for line in found.stdout.splitlines()] == [TURN.answer] * 2
    assert FakeConversation.asked == [("new", "안녕"), ("new", "뭐 해?")]


def test_once_prints_the_answer_alone(monkeypatch) -> None:
    monkeypatch.setattr(once, "Conversation", FakeConversation)
    assert ohlora("chat", "--once", "안녕").stdout == "편한 니트 어때?\n"


@pytest.mark.models
@pytest.mark.slow
def test_the_bundled_model_answers_remembers_and_recalls(own_home: Path) -> None:
    def say(text: str) -> dict:
        words = [sys.executable, "-m", "ohlora_tui", "chat", "--once", text, "--json", "--session", "last"]
        return json.loads(subprocess.run(words, capture_output=True, text=True, check=True, timeout=60).stdout)

    told = say("나 내일 친구랑 카페 가기로 했어")
    assert told["memory"]["op"] == "ADD" and "카페" in told["memory"]["value"]
    assert told["answer"] and told["summary"] and set(told["expression"]) == {"eyes", "mouth", "pose"}
    asked = say("내일 뭐 입고 나가지?")
    assert asked["session"] == told["session"] and "카페" in asked["recalled"][0]["memory"]
    assert asked["answer"] != told["answer"] and asked["timing"]["first_token_s"] < 1
