"""Our lines in the predecessor's columns: every memory beside every message, so that its files and ours are read alike."""

from __future__ import annotations

from pathlib import Path

from finetune import cartesian
from finetune.pairs import read_lines
from ohlora_tui.dataset import read_pairs
from ohlora_tui.pools import Line


def test_a_memory_is_right_for_its_own_message_and_for_those_judged_to_be_helped() -> None:
    lines = [
        Line("train", "[알레르기: 새우]", "짬뽕에 해물이 잔뜩이네", "oblique"),
        Line("train", "[알레르기: 땅콩]", "과자 뒷면 성분표부터 봐", "oblique"),
        Line("train", "[취미: 등산]", "무릎이 시큰거려", "oblique", frozenset({"[알레르기: 새우]"})),
    ]
    scores = [score for *_, score in cartesian.pairs(lines)]
    assert scores == [1.0, 0.5, 1.0, 0.5, 1.0, 0.0, 0.0, 0.0, 1.0]


def test_one_line_a_memory_is_taken_and_only_of_its_split() -> None:
    lines = [Line("train", "[가: 나]", f"말 {n}", "plain") for n in range(5)] + [Line("test", "[다: 라]", "다른 말", "plain"), Line("train", "", "ㅋㅋ", "none")]
    assert [line.memory for line in cartesian.chosen(lines, "train", 10)] == ["[가: 나]"]


def test_the_shipped_files_are_what_the_lines_give_and_load_as_the_predecessors(tmp_path: Path) -> None:
    cartesian.write(read_lines(cartesian.FOLDER / "lines.tsv"), tmp_path)
    for split, count in cartesian.COUNTS.items():
        name = f"pairs_{split}.csv"
        assert (tmp_path / name).read_bytes() == (cartesian.FOLDER / name).read_bytes(), "python -m finetune.cartesian"
        found = read_pairs(cartesian.FOLDER / name)
        assert len(found) == count**2
        assert sum(p.gold == 1 for p in found) >= count
