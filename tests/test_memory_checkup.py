"""What is wrong among memories is found, said in a sentence, and put right as it was proposed; what is right is left alone."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ohlora_tui.cli import app
from ohlora_tui.memory.calendar import span_of
from ohlora_tui.memory.checkup import Finding, examine
from ohlora_tui.memory.keynames import nearest
from ohlora_tui.records import Memory
from ohlora_tui.verbs import checkup
from tests.store_stories import NOW


def held(text: str, number: int = 1, days_ago: int = 0, **parts: object) -> Memory:
    said = NOW - timedelta(days=days_ago)
    bare = Memory.parse(text)
    start, end = span_of(bare.key, bare.value, "", said)
    return replace(bare, said_at=said, valid_from=start, valid_until=end, id=number, **parts)  # type: ignore[arg-type]


def found(*texts: str | Memory) -> list[Finding]:
    return examine([held(t, n) if isinstance(t, str) else t for n, t in enumerate(texts, 1)], NOW)


def told(*texts: str | Memory) -> list[tuple[str, tuple[int | None, ...], str]]:
    return [(f.kind, tuple(m.id for m in f.memories), f.repair.text) for f in found(*texts)]


@pytest.mark.parametrize(
    "one, other",
    [
        ("[취미: 등산]", "[취미: 등 산]"),
        ("[좋아하는 곳: 카페]", "[좋아하는 곳: 카페에서]"),
        ("[사는 곳: 부산]", "[거주지: 부산]"),
        ("[생일: 3월 2일]", "[셩일: 3월2일]"),
        ("[취미: 축구]", "[운동: 축구]"),
        ("[좋아하는 음식: 떡볶이]", "[좋아하는 것: 떡볶이]"),
    ],
)
def test_the_same_said_twice_is_a_duplicate(one: str, other: str) -> None:
    assert told(one, other)[0] == ("duplicate", (1, 2), "2번을 1번에 합쳐요.")


def test_one_plan_of_one_day_is_one_whatever_its_key_says() -> None:
    first, second = held("[내일 일정: 시험]"), held("[향후 일정: 시험]", 2)
    assert told(first, replace(second, valid_from=first.valid_from, valid_until=first.valid_until))[0][0] == "duplicate"


@pytest.mark.parametrize(
    "texts",
    [
        ("[엄마: 간호사]", "[친구: 간호사]"),
        ("[좋아하는 색: 오렌지]", "[좋아하는 음식: 오렌지]"),
        ("[취미: C++]", "[취미: C]"),
        ("[메모: 1.5]", "[메모: 15]"),
        ("[내일 일정: 카페]", "[오늘 일정: 카페]"),
        ("[싫어하는 음식: 새우]", "[알레르기: 새우]"),
        ("[좋아하는 요일: 월요일]", "[싫어하는 음식: 월요일]"),
        ("[오늘 기분: 우울함]", "[내일 날씨: 비]"),
        ("[내일 날씨: 비]", "[오늘 날씨: 맑음]"),
        ("[좌우명: 천천히]", "[외할머니: 부산에 계심]"),
        ("[좋아하는 음식: 떡볶이]", "[좋아하는 음식: 마라탕]"),
        ("[향후 일정: 시험]", "[생일: 3월 2일]"),
    ],
)
def test_what_may_stand_together_is_left_alone(texts: tuple[str, ...]) -> None:
    assert told(*texts) == []


def test_of_the_same_the_pinned_and_the_precise_one_stays() -> None:
    assert told("[좋아하는 것: 떡볶이]", "[좋아하는 음식: 떡볶이]")[0][2] == "1번을 2번에 합쳐요."
    assert told("[취미: 등산]", held("[취미: 등산]", 2, pinned=True), "[취미: 등산]")[0][2] == "1번, 3번을 2번에 합쳐요."


def test_two_values_of_a_single_key_leave_the_newest_or_the_pinned() -> None:
    old = held("[사는 곳: 부산]", 1, days_ago=9)
    assert told(old, "[사는 곳: 서울]") == [("contradiction", (1, 2), "2번을 두고 1번은 지난 값으로 남겨요.")]
    assert told(replace(old, pinned=True), "[사는 곳: 서울]")[0][2].startswith("1번을 두고")


@pytest.mark.parametrize("disliked", ["[싫어하는 음식: 새우를]", "[못 먹는 음식: 새우]", "[싫어하는 것: 새우]"])
def test_liked_and_disliked_at_once_is_a_contradiction(disliked: str) -> None:
    assert [(f.kind, f.repair.into) for f in found("[좋아하는 음식: 새우]", disliked)] == [("contradiction", 2)]


@pytest.mark.parametrize(
    "text, days_ago", [("[내일 일정: 카페]", 40), ("[오늘 날씨: 비]", 1), ("[건강: 감기]", 31), ("[향후 일정: 시험]", 200)]
)
def test_what_is_long_past_is_put_away(text: str, days_ago: int) -> None:
    (finding,) = found(held(text, 1, days_ago))
    assert (finding.kind, finding.repair.op) == ("stale", "retire") and "떠올리지 않아요" in finding.sentence
    assert told(held(text, 1, days_ago, pinned=True)) == []


def test_a_day_word_without_a_day_gets_the_day_it_was_said_for() -> None:
    lost = replace(held("[내일 일정: 카페]"), valid_from=None, valid_until=None)
    (finding,) = found(lost)
    assert finding.kind == "undated" and "'내일'이 어느 날인지" in finding.sentence and "2026-11-23" in finding.repair.text
    assert finding.repair.span == span_of("내일 일정", "카페", "", NOW)
    assert told(replace(lost, said_at=None))[0][2] == "1번의 키를 '향후 일정'으로 바꿔요."


@pytest.mark.parametrize(
    "key, known",
    [
        ("셩일", "생일"),
        ("주소", "사는 곳"),
        ("좋아하는음식", "좋아하는 음식"),
        ("직업은", "직업"),
        ("내일 스케줄", "내일 일정"),
        ("네일일정", "내일 일정"),
    ],
)
def test_a_key_near_a_known_one_is_known_by_it(key: str, known: str) -> None:
    assert nearest(key) == known
    assert [(f.kind, f.repair.key) for f in found(f"[{key}: 봄]") if f.kind == "unknown"] == [("unknown", known)]


@pytest.mark.parametrize(
    "key", "생일 여름 이모부 외할머니 외삼촌 회사위치 엄마생일 좌우명 메모 학원 룸메이트 내일 향후 키 형".split()
)
def test_a_key_of_its_own_is_left_alone(key: str) -> None:
    assert nearest(key) == ""


def test_what_points_at_nothing_is_found() -> None:
    findings = examine([held("[취미: 등산]", 3)], NOW, sourceless=[3], vectors=2)
    assert [(f.kind, f.repair.op, [m.id for m in f.memories]) for f in findings] == [
        ("orphan", "unlink", [3]),
        ("orphan", "sweep", []),
    ]


def test_the_last_day_of_the_calendar_does_no_harm() -> None:
    end = datetime.fromisoformat("9999-12-31T23:59:59-12:00")
    assert told(replace(held("[내일 일정: 우주여행]"), valid_from=end, valid_until=end)) == []


# -- the verb


def memory(*words: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(app, ["memory", *words], input=stdin)


def texts() -> list[str]:
    return [f"[{m['key']}: {m['value']}]" for m in json.loads(memory("list", "--json").output)]


BROKEN = ("사는 곳,부산", "거주지,부산", "사는 곳,서울", "셩일,3월 2일", "취미,등산")


@pytest.fixture
def broken() -> list[str]:
    """A store with a duplicate, a contradiction and an unknown key."""
    for line in BROKEN:
        memory("add", *line.split(","))
    return texts()


def test_a_clean_store_is_said_to_be_clean() -> None:
    memory("add", "취미", "등산")
    assert (done := memory("doctor")).exit_code == 0 and "기억 1개를 살펴봤는데 이상한 곳이 없어요." in done.output


def test_without_a_terminal_it_only_lists(broken: list[str]) -> None:
    done = memory("doctor")
    assert done.exit_code == 1 and "2번을 1번에 합쳐요." in done.output and "남은 것 3개" in done.output
    assert texts() == broken


def test_json_names_kind_memories_and_repair(broken: list[str]) -> None:
    done = memory("doctor", "--json")
    document = json.loads(done.output)
    assert done.exit_code == 1 and document["left"] == 3 and texts() == broken
    assert document["findings"][0] == {
        "kind": "duplicate",
        "memories": [{"id": 1, "text": "[사는 곳: 부산]"}, {"id": 2, "text": "[거주지: 부산]"}],
        "sentence": "같은 기억이 겹쳐 있어요: [사는 곳: 부산], [거주지: 부산].",
        "repair": {"op": "merge", "text": "2번을 1번에 합쳐요."},
        "repaired": False,
    }


def test_all_is_repaired_at_once_and_taken_back_step_by_step(broken: list[str]) -> None:
    done = memory("doctor", "--fix", "--yes")
    assert done.exit_code == 0 and "고친 것 3개, 남은 것 0개" in done.output
    assert texts() == ["[사는 곳: 서울]", "[생일: 3월 2일]", "[취미: 등산]"]
    assert memory("doctor").exit_code == 0
    for _ in range(3):
        memory("undo")
    assert texts() == broken


def test_one_letter_a_finding_repairs_leaves_or_stops(broken: list[str]) -> None:
    done = memory("doctor", "--fix", stdin="\nㅜ\n뭐\nq\n")
    assert done.exit_code == 1 and "고친 것 1개, 남은 것 2개" in done.output
    assert texts() == ["[사는 곳: 부산]", "[사는 곳: 서울]", "[셩일: 3월 2일]", "[취미: 등산]"]


def test_the_end_of_input_stops(broken: list[str]) -> None:
    assert memory("doctor", "--fix", stdin="").exit_code == 1 and texts() == broken


def test_on_a_terminal_one_key_is_enough(broken: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    keys = iter(["y", "\x1b[A", "\r", "ㅂ"])
    monkeypatch.setattr(checkup, "_key", lambda: next(keys))
    monkeypatch.setattr(checkup, "_on_terminal", lambda: True)
    assert "고친 것 2개, 남은 것 1개" in memory("doctor").output and "[생일: 3월 2일]" in texts()


@pytest.mark.parametrize("words", [("--yes",), ("--json", "--fix")])
def test_what_cannot_go_together_is_a_usage_error(words: tuple[str, ...]) -> None:
    assert memory("doctor", *words).exit_code == 2


def test_stray_links_and_vectors_are_swept(own_home: Path) -> None:
    memory("add", "취미", "등산")
    with sqlite3.connect(own_home / "ohlora.db") as other:  # a program that minds no foreign keys
        other.execute("UPDATE memory SET message_id = 99")
        other.execute("INSERT INTO embedding VALUES (77, 'fp', 1, x'00000000')")
    other.close()
    assert "고친 것 2개, 남은 것 0개" in memory("doctor", "--fix", "--yes").output
    assert memory("doctor").exit_code == 0 and texts() == ["[취미: 등산]"]


def test_what_was_put_away_comes_back_and_can_be_forgotten(own_home: Path) -> None:
    memory("import", "-", stdin="key,value,said_at\n오늘 날씨,우박,2020-01-01\n")
    memory("doctor", "--fix", "--yes")
    assert texts() == [] and json.loads(memory("export", "--history").output)["history"][0]["value"] == "우박"
    assert "치워 두었어요" in str(memory("pin", "1").exception)
    assert memory("undo").output == "[오늘 날씨: 우박] 기억이 돌아왔어요.\n" and texts() == ["[오늘 날씨: 우박]"]
    assert json.loads(memory("search", "우박", "--json").output)[0]["id"] == 1
    memory("doctor", "--fix", "--yes")
    assert memory("forget", "1", "--yes").exit_code == 0
    assert not [f for f in own_home.rglob("*") if f.is_file() and "우박".encode() in f.read_bytes()]
