"""A CSV row becomes a turn and back; a bad cell is named by file, line and column."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from finetune import check
from ohlora_tui.dataset import cells_of, read_pairs, read_rows
from ohlora_tui.errors import DataError
from ohlora_tui.records import Row, Turn

HEADER = "data_type,input_data,output_message,memory,summary,eyes_mouth_pose\n"
GOOD = 'train,안녕,반가워!,,인사,"(눈 크게, 입 크게, 고개 돌림 없음)"\n'
DATA = Path(__file__).parent.parent / "finetune" / "data" / "persona"


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "rows.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_every_persona_row_goes_back_to_its_own_cells() -> None:
    raw = [c for f in sorted(DATA.glob("*.csv")) for c in csv.DictReader(f.open(encoding="utf-8", newline=""))]
    assert [cells_of(r) for r in read_rows(DATA)] == raw


def test_the_predecessors_columns_without_scenario_are_enough(tmp_path: Path) -> None:
    (row,) = read_rows(write(tmp_path, HEADER + GOOD))
    assert (row.turn.message, row.turn.answer, row.scenario) == ("안녕", "반가워!", "rows-2")


@pytest.mark.parametrize("text", ["\ufeff" + HEADER + GOOD, (HEADER + GOOD).replace("\n", "\r\n")], ids=["BOM", "CRLF"])
def test_bom_and_crlf_are_taken_as_they_come(tmp_path: Path, text: str) -> None:
    assert len(read_rows(write(tmp_path, text))) == 1


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (HEADER.replace("memory,", "") + GOOD, "memory 열이 없어요"),
        (HEADER + GOOD + GOOD.replace("크게, 입", "중간, 입"), "3번째 줄의 eyes_mouth_pose"),
        (HEADER + GOOD.replace("train", "dev"), "2번째 줄의 data_type"),
        (HEADER + GOOD.replace("반가워!", ""), "2번째 줄의 output_message"),
        (HEADER + GOOD.replace("반가워!,,", "반가워!,[키],"), "2번째 줄의 memory"),
        (HEADER + "train,안녕\n", "2번째 줄의 칸 수"),
    ],
)
def test_a_bad_cell_is_named_by_line_and_column(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(DataError, match=named):
        read_rows(write(tmp_path, text))


def test_another_encoding_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="UTF-8이 아니에요"):
        read_rows(write(tmp_path, HEADER + GOOD, "cp949"))


@pytest.mark.parametrize("harm", [lambda b: b[:-9], lambda b: b"no gzip", lambda b: b[:20] + b"\xff\xff\xff" + b[23:]], ids=["cut", "other", "changed"])
def test_a_packed_file_that_was_cut_or_changed_is_named(tmp_path: Path, harm: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "rows.csv.gz"
    path.write_bytes(harm(gzip.compress((HEADER + GOOD * 20).encode())))
    with pytest.raises(DataError, match=r"rows\.csv\.gz"):
        read_rows(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.csv"):
        read_rows(tmp_path / "none.csv")


def test_pairs_read_the_memory_and_the_other_prompt(tmp_path: Path) -> None:
    path = write(tmp_path, "memory_0,user_prompt_0,memory_1,user_prompt_1,similarity_score\n[키: 값],가,[다른: 것],나,0.25\n")
    (pair,) = read_pairs(path)
    assert (pair.memory, pair.message, pair.gold, pair.line) == ("[키: 값]", "나", 0.25, 2)


@pytest.mark.parametrize("score", ["높음", "1.5"])
def test_a_bad_score_is_named(tmp_path: Path, score: str) -> None:
    path = write(tmp_path, f"memory_0,user_prompt_0,memory_1,user_prompt_1,similarity_score\n[키: 값],가,[다른: 것],나,{score}\n")
    with pytest.raises(DataError, match="2번째 줄의 similarity_score"):
        read_pairs(path)


def test_her_name_is_asked_by_a_word_for_her_not_by_one_for_the_user() -> None:
    def faults(message: str) -> list[str]:
        turn = Turn(message, answer="그 번호 듣고 뭐라셔?", summary="사용자는 사번을 말함")
        return [wrong for _, _, wrong in check.persona([Row(turn, "train", "p-1", "회사", 2)])]

    assert faults("네 이름 뭐야") and not faults('사장님이 "자네 이름이 뭐지" 하셔서 내 사번을 말했어')
