"""Nobody is cheered for a trouble or comforted for a joy."""

from __future__ import annotations

import pytest

from ohlora_tui.records import Expression, Turn
from ohlora_tui.written.gladness import mistaken

GLAD = Turn("온라인으로 장 봤어", answer="좋은 세상이야!", expression=Expression("크게", "크게", "없음"))
SORRY = Turn("시험 봤어", answer="속상하겠다.", expression=Expression("작게", "보통", "없음"))


@pytest.mark.parametrize("message", ["새벽배송 시켰는데 계란이 깨져서 옴", "장 봤는데 두부를 두고 왔어", "장 본 거 다 엎었어 ㅠㅠ"])
def test_no_cheer_for_a_trouble_that_only_the_message_tells_of(message: str) -> None:
    assert mistaken(message, GLAD.message, GLAD)
    assert not mistaken(message, "계란이 다 깨졌어 ㅠㅠ", GLAD)  # written for such a trouble: a joke may be what helps
    assert not mistaken(message, SORRY.message, SORRY)


@pytest.mark.parametrize("message", ["온라인으로 장 봤다", "넘어질 뻔했는데 안 넘어졌어", "오늘 장 봤는데 싸더라"])
def test_what_tells_of_no_trouble_may_be_cheered(message: str) -> None:
    assert not mistaken(message, GLAD.message, GLAD)


def test_no_comfort_for_a_joy() -> None:
    assert mistaken("시험 붙었어!!!", SORRY.message, SORRY) and not mistaken("시험 봤어", SORRY.message, SORRY)
    assert not mistaken("시험 붙었어", "시험 붙었어", SORRY)
    assert not mistaken("시험 붙었어", SORRY.message, Turn("시험 봤어", answer="응"))
