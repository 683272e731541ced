"""Memories leave as a file and come back from one: all of them or none, each taken back like one typed by hand."""

from __future__ import annotations

import csv
import json
import os
import unicodedata
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ohlora_tui.cli import app
from ohlora_tui.errors import DataError, OhLoraError
from ohlora_tui.memory.exporting import as_csv, as_json, as_markdown
from ohlora_tui.memory.importing import Source, Taken, read
from ohlora_tui.memory.merging import Merging
from ohlora_tui.records import Memory
from tests.store_stories import NOW

FILE = Source("기억.csv", "기억.csv")
TOMORROW = NOW.replace(hour=0, minute=0) + timedelta(days=1)
KNOWN = (
    Memory("사는 곳", "부산", "나 부산 살아", NOW, message_id=4, id=1),
    Memory("내일 일정", '친구랑, "카페"', "", NOW, TOMORROW, TOMORROW + timedelta(hours=23, minutes=59, seconds=59), id=2),
    Memory("별명", "=1+1*콩*", "", NOW, pinned=True, id=3),
)
PAST = (
    Memory("사는 곳", "서울", said_at=NOW, superseded_by=8, id=7),
    Memory("사는 곳", "대전", said_at=NOW, superseded_by=1, id=8),
)


def memory(*words: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(app, ["memory", *words], input=stdin)


def live() -> list[str]:
    return [f"{m['key']}: {m['value']}" for m in json.loads(memory("list", "--json").output)]


def taken(text: str | bytes) -> Taken:
    return read(text.encode() if isinstance(text, str) else text, FILE, NOW)


@pytest.mark.parametrize("written", [as_json, as_csv])
def test_what_is_written_is_read_back(written) -> None:
    without_message = tuple(replace(m, message_id=None) for m in KNOWN)
    assert taken(written(KNOWN)) == Taken(without_message)
    assert taken(written(KNOWN, PAST)) == Taken(without_message, PAST)


def test_the_document_has_a_version_and_the_order_of_the_store() -> None:
    document = json.loads(as_json(KNOWN))
    assert document["version"] == 1 and [m["id"] for m in document["memories"]] == [1, 2, 3]
    assert set(document["memories"][0]) == {"id", "key", "value", "quote", "said_at", "valid_from", "valid_until", "pinned"}


def test_markdown_shows_memory_text_as_it_is() -> None:
    page = as_markdown(KNOWN, PAST)
    assert "- **사는 곳**: 부산 (2026-11-22) — “나 부산 살아”" in page
    assert "=1+1\\*콩\\* (2026-11-22, 고정)" in page and "## 지난 기억" in page


def test_a_csv_of_key_and_value_is_enough_with_bom_and_crlf() -> None:
    found = taken("\ufeffkey,value\r\n내일 일정,카페\r\n,\r\n취미,등산\r\n").live
    assert [(m.key, m.value) for m in found] == [("내일 일정", "카페"), ("취미", "등산")]
    assert found[0].valid_from == TOMORROW and found[0].said_at == NOW and not found[1].pinned


def test_korean_headings_and_days_alone_are_understood() -> None:
    (found,) = taken("키,값,말한 날,고정\n취미,등산,2026-11-20,예\n").live
    assert (found.text, f"{found.said_at:%m-%d %z}", found.pinned) == ("[취미: 등산]", "11-20 +0900", True)


def test_escapes_are_taken_off_and_decomposed_text_is_composed() -> None:
    (found,) = taken("key,value\n취미,\x1b[31m" + unicodedata.normalize("NFD", "등산") + "\n").live
    assert found.value == "등산"


@pytest.mark.parametrize(
    "text, said",
    [
        ("key,val\n취미,등산\n", "1번째 줄에 value 열이 없어요"),
        ("key,value\n취미,등산\n취미\n", "3번째 줄은 1칸"),
        ("key,value\n취미,등산\n취미,[요가]\n", "3번째 줄의 value 값 '[요가]': 대괄호"),
        ("key,value\n취:미,등산\n", "2번째 줄의 key 값 '취:미'"),
        ('key,value\n취미,"등산\n', "2번째 줄을 CSV로 읽을 수 없어요"),
        ("key,value,said_at\n취미,등산,어제\n", "2번째 줄의 said_at 값 '어제'"),
        ("key,value,said_at\n취미,등산,0001-01-01\n", "있을 수 없는 해"),
        ("key,value,valid_from,valid_until\n일정,시험,2026-11-23,2026-11-22\n", "valid_from보다 앞서요"),
        ("key,value,pinned\n취미,등산,글쎄\n", "pinned 값 '글쎄'"),
        ("취미,등산".encode("cp949"), "UTF-8이 아니에요 (0번째 바이트"),
        ("\n", "비어 있어요"),
        ('{"version": 1,\n "memories": [}', "2번째 줄 15번째 글자부터 올바른 JSON이 아니에요"),
        ("[" * 100_000, "JSON으로 읽을 수 없어요"),
        ("[]", "version이 없어서"),
        ('{"version": 2, "memories": []}', "더 새로운 오로라"),
        ('{"version": 1}', "memories에 기억의 목록이 없어요"),
        ('{"version": 1, "memories": [7]}', "memories 1번째 기억이 {} 꼴이 아니에요: 7"),
        ('{"version": 1, "memories": [{"key": "취미", "value": "등산"}, {"key": "취미"}]}', "memories 2번째 기억의 value 값 None"),
        ('{"version": 1, "memories": [{"key": "나이", "value": 20}]}', "value 값 20: 글이어야 해요"),
        ('{"version": 1, "memories": [{"key": "나이", "value": "\\u001b]x"}]}', "value 값 '\\x1b]x'"),
    ],
)  # fmt: skip
def test_the_first_bad_entry_is_named_with_the_next_command(text: str | bytes, said: str) -> None:
    with pytest.raises(DataError) as wrong:
        taken(text)
    assert said in wrong.value.message and "`ohlora memory import 기억.csv --dry-run`" in wrong.value.hint
    assert wrong.value.message.isprintable()


def judged(text: str, *known: Memory, replacing: bool = False) -> list[tuple[str, str, int | None]]:
    changes = Merging(taken(text), NOW, replacing).decide(known)
    return [(c.op, c.memory.text, c.replaces) for c in changes]


def test_what_is_known_is_skipped_whatever_its_spacing_and_normal_form() -> None:
    spelt = unicodedata.normalize("NFD", "사는곳") + ",부 산\n"
    assert judged("key,value\n" + spelt, KNOWN[0]) == [("NOOP", "[사는곳: 부 산]", 1)]


def test_another_value_of_a_single_key_waits_for_replace() -> None:
    text = "key,value\n사는 곳,서울\n취미,등산\n취미,수영\n"
    assert judged(text, KNOWN[0])[0] == ("REFUSE", "[사는 곳: 서울]", 1)
    assert judged(text, KNOWN[0], replacing=True) == [
        ("SUPERSEDE", "[사는 곳: 서울]", 1), ("ADD", "[취미: 등산]", None), ("ADD", "[취미: 수영]", None),
    ]  # fmt: skip


def test_a_file_that_contradicts_itself_is_weighed_in_its_order() -> None:
    text = "key,value\n사는 곳,서울\n거주지,부산\n사는 곳,서울\n"
    assert [op for op, *_ in judged(text)] == ["ADD", "REFUSE", "NOOP"]
    assert judged(text, replacing=True)[1:] == [("SUPERSEDE", "[거주지: 부산]", -1), ("SUPERSEDE", "[사는 곳: 서울]", -2)]


def test_the_same_plan_on_another_day_is_another_plan() -> None:
    assert judged("key,value,said_at\n내일 일정,카페,2026-11-25\n", replace(KNOWN[1], value="카페"))[0][0] == "ADD"
    assert judged("key,value\n내일 일정,카페\n", replace(KNOWN[1], value="카페"))[0][0] == "NOOP"


def test_past_values_come_before_the_one_that_stands() -> None:
    assert [(c[1], c[2]) for c in judged(as_json(KNOWN[:1], PAST))] == [
        ("[사는 곳: 서울]", None), ("[사는 곳: 대전]", -1), ("[사는 곳: 부산]", -2),
    ]  # fmt: skip


def test_a_circle_of_past_values_ends() -> None:
    circle = (replace(PAST[0], superseded_by=8), replace(PAST[1], superseded_by=7))
    assert [c[0] for c in judged(as_json(KNOWN[:1], circle))] == ["ADD"]


def test_import_is_all_or_nothing(tmp_path: Path) -> None:
    bad = tmp_path / "나쁜 것.csv"
    bad.write_text("key,value\n취미,등산\n취미,[요가]\n")
    found = memory("import", str(bad))
    assert isinstance(found.exception, OhLoraError) and f"'{bad}' --dry-run" in str(found.exception)
    assert live() == []


def test_imported_memories_are_counted_and_taken_back_one_by_one() -> None:
    memory("add", "사는 곳", "부산")
    text = "key,value\n사는 곳,서울\n취미,등산\n사는곳,부산\n"
    preview = memory("import", "-", "--dry-run", stdin=text).output
    assert "새 기억 1개, 바뀐 값 0개, 이미 있던 것 1개, 값이 달라 그대로 둔 것 1개." in preview
    assert "그대로 두었어요: [사는 곳: 서울]" in preview and "--replace" in preview and live() == ["사는 곳: 부산"]
    assert "새 기억 1개, 바뀐 값 2개, 이미 있던 것 0개" in memory("import", "--replace", "-", stdin=text).output
    assert live() == ["취미: 등산", "사는곳: 부산"]  # the last line of the file has the last word
    assert "돌아왔어요" in memory("undo").output and "등산" in memory("undo").output
    memory("undo")
    assert live() == ["사는 곳: 부산"]


def test_a_store_moves_to_another_with_its_history(tmp_path: Path, monkeypatch) -> None:
    memory("import", "-", stdin="key,value,pinned,quote\n사는 곳,부산,,\n별명,콩,true,콩이라고 불러\n")
    memory("import", "--replace", "-", stdin="key,value\n사는 곳,서울\n")
    moved = memory("export", "--history").output
    monkeypatch.setenv("OHLORA_HOME", str(tmp_path / "other"))
    assert "새 기억 2개" in (told := memory("import", "-", stdin=moved).output) and "함께 넣은 지난 값 1개" in told
    again = memory("export", "--history").output

    def words(document: str) -> set[tuple[str, ...]]:
        loaded = json.loads(document)
        return {
            (part, m["key"], m["value"], m["quote"], str(m["pinned"]), m["said_at"])
            for part in ("memories", "history")
            for m in loaded[part]
        }

    assert words(again) == words(moved) and len(words(again)) == 3


def test_an_export_is_a_file_for_its_owner_alone(tmp_path: Path) -> None:
    memory("add", "취미", "등산")
    out = tmp_path / "기억.csv"
    assert "기억 1개를" in memory("export", "--out", str(out)).output
    with out.open(encoding="utf-8", newline="") as handle:
        assert [row["value"] for row in csv.DictReader(handle)] == ["등산"]  # the ending says the format
    assert os.name != "posix" or out.stat().st_mode & 0o777 == 0o600
    assert [f.name for f in tmp_path.iterdir() if f.name != "home"] == ["기억.csv"]


@pytest.mark.parametrize("words", [("--format", "xml"), ("--out", "/없는/자리/a.json"), ("--out", "/dev/null"), ("--out", ".")])
def test_a_place_or_format_that_cannot_be_is_a_sentence(words: tuple[str, str]) -> None:
    found = memory("export", *words)
    assert isinstance(found.exception, OhLoraError) and words[1] in str(found.exception)


@pytest.mark.parametrize("file", ["없는.json", "."])
def test_a_file_that_cannot_be_read_is_a_sentence(file: str) -> None:
    found = memory("import", file)
    assert isinstance(found.exception, OhLoraError) and file in str(found.exception)
