"""Metrics say what they should on cases small enough to count by hand."""

from __future__ import annotations

import pytest
from sacrebleu.metrics import CHRF

from evaluate import metrics


def test_a_share_carries_its_wilson_interval() -> None:
    found = metrics.share([True] * 80 + [False] * 20)
    assert found.value == 0.8 and found.n == 100
    assert (round(found.low, 3), round(found.high, 3)) == (0.711, 0.867)


def test_macro_f1_gives_every_class_the_same_weight() -> None:
    found = metrics.macro_f1((list("aaab"), list("aaaa")))
    assert found.value == pytest.approx((6 / 7 + 0) / 2)


def test_ordinal_errors_of_a_shifted_scale() -> None:
    found = metrics.errors([0, 1, 2, 3], [1, 2, 3, 4])
    assert (found["mse"].value, found["mae"].value) == (1.0, 1.0)
    assert found["corr"].value == pytest.approx(1.0)
    assert metrics.errors([0, 1], [2, 2])["corr"].value == 0.0


def test_silence_is_neither_right_nor_wrong_in_precision() -> None:
    found = metrics.precision_recall(["a", None, "b", None], ["a", None, None, "c"])
    assert (found["precision"].value, found["recall"].value, found["f1"].value) == (0.5, 0.5, 0.5)


def test_chrf_is_sacrebleus_own() -> None:
    gold, told = ["사용자는 배고픔, 밥을 권함", "비가 옴"], ["사용자는 졸림, 잠을 권함", "눈이 옴"]
    assert metrics.chrf(gold, told).value == pytest.approx(CHRF().corpus_score(told, [gold]).score)


def test_repeats_and_variety() -> None:
    assert metrics.repeated(["밥 밥 밥 먹자", "좋아 너무 좋아", "오늘 뭐 해 오늘 뭐 해"]).value == pytest.approx(2 / 3)
    assert metrics.distinct(["가 나 다", "가 나 라"], 2) == pytest.approx(3 / 4)


def test_nothing_to_measure_is_no_crash() -> None:
    assert metrics.mean([]).n == 0 and metrics.share([]).high == 1.0
