"""What was read for a head is not read again; what is written stays the same."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from ohlora_tui.engine.prefix import Prefixes
from ohlora_tui.heads import HEADS
from tests.examples import PLAIN
from tests.tiny_models import load

pytestmark = [pytest.mark.models, pytest.mark.slow]


@pytest.fixture(params=["polyglot", "kanana", "koreanlm"])
def engine(request, tmp_path, monkeypatch):
    made = load(request.param, tmp_path)
    monkeypatch.setattr(made, "small", False)
    made._prefixes = Prefixes()
    return made


@pytest.fixture
def widths(engine):
    """Tokens of every forward, one number a step."""
    seen = []
    handle = engine._model.get_base_model().get_input_embeddings().register_forward_hook(lambda _, args, out: seen.append(out.shape[1]))
    yield seen
    handle.remove()


def said(engine, turn, **more):
    return "".join(engine.stream(turn, stop=threading.Event(), **more))


def test_the_same_prompt_is_read_once(engine, widths):
    first = said(engine, PLAIN)
    assert widths[0] > 8
    widths.clear()
    assert said(engine, PLAIN) == first and max(widths) == 1


def test_a_prompt_read_in_a_batch_is_known_too(engine, widths):
    first = said(engine, PLAIN, remember=True)
    widths.clear()
    assert said(engine, PLAIN) == first and max(widths) == 1


def test_only_what_differs_is_read_and_nothing_of_the_old_answer_stays(engine, widths):
    long = replace(PLAIN, message="나 내일 친구랑 카페 가기로 했는데 뭐 입지")
    other = replace(PLAIN, message="나 내일 친구랑 카페 가기로 했는데 몇 시에 가지")
    engine._prefixes = Prefixes(kept=False)
    alone = said(engine, other)
    engine._prefixes = Prefixes()
    said(engine, long)
    whole = widths[0]
    widths.clear()
    assert said(engine, other) == alone and widths[0] < whole


def test_a_head_never_reads_what_another_head_read(engine, widths):
    stop = threading.Event()
    alone = engine.after(PLAIN, [HEADS["summary"]], stop=stop)
    said(engine, PLAIN)
    widths.clear()
    assert engine.after(PLAIN, [HEADS["summary"]], stop=stop) == alone
    engine._prefixes = Prefixes()
    said(engine, PLAIN)
    widths.clear()
    assert engine.after(PLAIN, [HEADS["summary"]], stop=stop) == alone and widths[0] > 8


def test_a_small_base_keeps_nothing(tmp_path):
    small = load("polyglot", tmp_path)
    said(small, PLAIN)
    assert small._prefixes._read == {}
