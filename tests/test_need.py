"""Whether a message needs a memory: told by how it is written and by what it is about."""

from __future__ import annotations

import numpy as np
import pytest

from ohlora_tui.letters import places
from ohlora_tui.need import SLOTS, Need

VECTOR = np.array([1.0, 0.0], np.float32)


def test_a_gram_counts_once_and_the_ends_of_a_message_are_grams_too() -> None:
    assert len(places("ㅋㅋㅋㅋ", SLOTS)) < len(places("가나다라", SLOTS))
    assert set(places("왜", SLOTS)) < set(places("왜 왜", SLOTS))
    assert set(places("왜 그래", SLOTS).tolist()) != set(places("그래 왜", SLOTS).tolist())


def test_letters_meaning_and_bias_add_up() -> None:
    letters = np.zeros(SLOTS, np.float32)
    letters[places("잘 자", SLOTS)] = -1.0
    need = Need(letters, np.array([0.5, 9.0], np.float32), 0.25)
    assert need("잘 자", VECTOR) == pytest.approx(0.75 - len(places("잘 자", SLOTS)) ** 0.5, abs=1e-5)
    assert need("요", VECTOR) == pytest.approx(0.75 - 1 / len(places("요", SLOTS)) ** 0.5)  # the space at its ends is all they share


def test_what_is_written_down_is_read_back_within_a_step() -> None:
    rng = np.random.default_rng(0)
    need = Need(rng.normal(size=SLOTS).astype(np.float32), np.array([0.5, -2.0], np.float32), -1.0)
    back = Need.of(need.told())
    assert np.abs(back.letters - need.letters).max() <= np.abs(need.letters).max() / 127
    assert back("나 내일 등산 가", VECTOR) == pytest.approx(need("나 내일 등산 가", VECTOR), abs=0.1)


def test_a_calibration_of_before_knows_no_letters() -> None:
    old = Need.of({"gate": [1.0, 0.0], "gate_bias": 0.5})
    assert old("무슨 말이든", VECTOR) == pytest.approx(1.5)


def test_letters_of_another_size_are_refused() -> None:
    with pytest.raises(ValueError, match="places"):
        Need.of(Need(np.ones(8, np.float32), VECTOR, 0.0).told())
