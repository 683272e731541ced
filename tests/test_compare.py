"""The retriever is measured beside v1 on the same pools; every figure has its interval, and the tables say what they rest on."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from evaluate import compare, plots, retrieval
from evaluate.retrieval import Told
from finetune import v1
from ohlora_tui.errors import OhLoraError
from ohlora_tui.pools import FAMILY, KEY, OWN, SIZE, Line, Pool, draw, grade
from tests.fakes import FakeRetriever

POOL = Pool("짬뽕 시켰어", ("[알레르기: 새우]", "[알레르기: 땅콩]", "[취미: 등산]"), 0, (1.0, 0.5, 0.0))
NONE = Pool("안녕", ("[알레르기: 새우]", "[취미: 등산]"), -1, (0.0, 0.0))
RIGHT = Told(np.array([0.9, 0.2, 0.1]), np.array([0.9, 0.5, 0.1]))
WRONG = Told(np.array([0.1, 0.8, 0.9]), np.array([0.1, 0.1, 0.9]))
SILENT, LOUD = (Told(np.array([s, 0.1]), np.array([s, 0.1])) for s in (0.2, 0.9))


@pytest.mark.parametrize(
    ("own", "memory", "expected"),
    [
        ("[알레르기: 새우]", "[알레르기: 새우]", OWN),
        ("[알레르기: 새우]", "[알레르기: 땅콩]", KEY),
        ("[내일 일정: 등산]", "[다음 주 일정: 면접]", KEY),
        ("[엄마: 미용실]", "[아빠: 택시 운전]", FAMILY),
        ("[알레르기: 새우]", "[취미: 등산]", 0.0),
        ("", "[취미: 등산]", 0.0),
    ],
)
def test_the_rubric_grades_by_memory_key_and_family(own: str, memory: str, expected: float) -> None:
    assert grade(own, memory) == expected


def test_a_pool_holds_its_own_memory_others_of_its_key_and_none_that_would_be_right_too() -> None:
    hobbies = "등산 낚시 캠핑 요가 수영 독서 바둑 서예 뜨개질 베이킹 클라이밍 사진".split()
    worries = "진로 층간소음 탈모 불면 이직 빚 체중 발표 육아 이사 성적 외로움".split()
    lines = [Line("test", f"[취미: {w}]", f"{w} 하고 왔어", "plain") for w in hobbies]
    lines += [Line("test", f"[고민: {w}]", f"{w} 어떡하지", "oblique") for w in worries]
    lines += [Line("test", "[운동: 실내 클라이밍]", "벽을 탔어", "plain"), Line("test", "", "안녕", "none")]
    pools = draw(lines, FakeRetriever().encode, seed=1, draws=2)
    assert pools == draw(lines, FakeRetriever().encode, seed=1, draws=2)
    mine = next(p for p in pools if p.message == "클라이밍 하고 왔어")
    assert len(mine.memories) == len(set(mine.memories)) == SIZE and mine.memories[0] == "[취미: 클라이밍]"
    assert mine.grades.count(KEY) >= 3 and "[운동: 실내 클라이밍]" not in mine.memories
    assert next(p for p in pools if p.message == "안녕").gold == -1


def test_the_right_memory_first_is_a_hit_and_silence_is_no_false_fire() -> None:
    good = retrieval.measure([POOL, NONE], [RIGHT, SILENT], 0.5)
    assert good["hit@1"].value == good["mrr"].value == good["precision"].value == good["recall"].value == 1.0
    assert good["false_fire"].value == 0.0 and good["auroc"].value == 1.0
    bad = retrieval.measure([POOL, NONE], [WRONG, LOUD], 0.5)
    assert bad["hit@1"].value == 0.0 and bad["mrr"].value == pytest.approx(1 / 3) and bad["false_fire"].value == 1.0


def test_a_tie_is_no_hit() -> None:
    even = Told(np.ones(3), np.ones(3))
    assert retrieval.measure([POOL], [even], 2.0)["hit@1"].value == 0.0


def test_errors_of_the_grade_are_those_of_numpy() -> None:
    found = retrieval.grading([POOL, NONE], [RIGHT, SILENT])
    error = np.array([0.1, 0.0, 0.1, 0.2, 0.1])
    assert found["mse"].value == pytest.approx((error**2).mean()) and found["mae"].value == pytest.approx(error.mean())
    said, gold = [0.9, 0.5, 0.1, 0.2, 0.1], [1, 0.5, 0, 0, 0]
    assert found["corr"].value == pytest.approx(np.corrcoef(said, gold)[0, 1])


def test_the_difference_is_paired_by_message() -> None:
    found = retrieval.difference([POOL] * 20, [RIGHT] * 20, [WRONG] * 20)
    assert found["hit@1"].value == found["hit@1"].low == 1.0 and found["mse"].high < 0


@pytest.mark.parametrize(
    ("name", "now", "before", "told"),
    [("mse", 0.0355, 0.0880, "🔽 59.7 %"), ("mae", 0.1280, 0.1681, "🔽 23.9 %"), ("corr", 0.7449, 0.6259, "🔼 11.9 %p")],
)
def test_a_change_is_told_as_the_predecessor_told_it(name: str, now: float, before: float, told: str) -> None:
    assert compare.moved(name, now, before) == told


def test_tables_need_no_v1_and_published_figures_stand_apart() -> None:
    from evaluate.report import jsonable

    alone = jsonable(compare.report([POOL, NONE], [RIGHT, SILENT], None, 0.5, 0.6))
    titles = [title for title, _, _ in compare.tables(alone)]
    assert len(titles) == 2 and "시험 자료" in titles[0]
    both = jsonable(compare.report([POOL, NONE], [RIGHT, SILENT], [WRONG, LOUD], 0.5, 0.6))
    first = next(compare.tables(both))
    assert [row[0] for row in first[2]] == ["MSE", "MAE", "Corr-coef"] and json.dumps(both)


def test_v1_takes_forty_lines_and_grades_by_words_of_the_keys() -> None:
    lines = [Line("train", f"[키{n}: 값]", f"말{n}", "plain") for n in range(60)]
    assert len(v1.pairs_of(lines, 0)) == v1.LINES**2
    assert v1.word_iou("[내일 일정: 등산]", "[오늘 일정: 면접]") == pytest.approx(1 / 3)


def test_a_picture_ends_in_png_or_svg(tmp_path: Path) -> None:
    found = plots.points([POOL, NONE], [RIGHT, SILENT])
    plots.picture(found, tmp_path / "x.svg")
    assert (tmp_path / "x.svg").read_text(encoding="utf-8").startswith("<?xml")
    with pytest.raises(OhLoraError, match="gif"):
        plots.picture(found, tmp_path / "x.gif")
    assert plots.terminal(found).count("\n") >= 10
