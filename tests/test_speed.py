"""Ours beside the predecessor's way, on tiny models: every figure with its count, the same work in both, four copies weigh more."""

from __future__ import annotations

import json
import threading

import pytest
import torch
from typer.testing import CliRunner

from evaluate import holding, predecessor, speed, subjects
from evaluate.predecessor import Copies
from evaluate.report import jsonable
from ohlora_tui.cli import app
from ohlora_tui.engine import quantized
from ohlora_tui.errors import ModelError, OhLoraError
from ohlora_tui.heads import HEADS
from ohlora_tui.settings import Settings
from tests.examples import FOLLOWING, PLAIN, RECALLING
from tests.tiny_models import build, load

pytestmark = [pytest.mark.models, pytest.mark.slow]
TURNS = [PLAIN, RECALLING, FOLLOWING]
SHAPE = subjects.POLYGLOT | {"hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 256, "vocab_size": 6100}
"""Polyglot's in small: mini's tokenizer has 6,000 entries."""
TIMES = {"first_s", "tokens_per_s", "turn_s", "turn_cpu_s"}


@pytest.fixture(autouse=True)
def few_rows(monkeypatch):
    monkeypatch.setattr(quantized, "_rows", lambda: [PLAIN])


@pytest.fixture(scope="module", params=["polyglot", "kanana"])
def shipped(request, tmp_path_factory):
    """A report of a tiny base from disk."""
    folder = tmp_path_factory.mktemp(request.param)
    base, adapters = build(request.param, folder)
    return jsonable(speed.run(subjects.Shipped(base, adapters, Settings(home=folder / "home", answer_tokens=20)), TURNS))


def random(tmp_path, **settings):
    return subjects.Random(SHAPE, Settings(home=tmp_path, threads=1, **settings))


def test_every_measure_has_its_count_and_its_spread(shipped):
    for way in ("current", "predecessor"):
        for name, measure in shipped[way].items():
            assert measure["low"] <= measure["value"] <= measure["high"], name
            assert measure["n"] == (len(TURNS) if name in TIMES | {"retries"} else 1), name
        assert TIMES | {"memory_gib", "weights_gib"} <= set(shipped[way])
    assert shipped["current"]["first_s"]["value"] < shipped["current"]["turn_s"]["value"]
    assert shipped["predecessor"]["first_s"] == shipped["predecessor"]["turn_s"]  # nothing is seen before all is done
    assert set(shipped["ratio"]) >= set(shipped["goal"]) == {"memory_gib", "first_s", "turn_s"}
    assert {"device", "threads", "dtype", "quantize", "others_cores", "random", "memory_computed"} <= set(shipped["how"])


def test_ours_weighs_less_than_four_copies(shipped):
    assert shipped["current"]["weights_gib"]["value"] <= shipped["predecessor"]["weights_gib"]["value"]
    assert not shipped["how"]["memory_computed"]


def test_a_weight_that_is_shared_counts_once():
    one, other = torch.nn.Linear(1024, 1024, bias=False), torch.nn.Linear(1024, 1024, bias=False)
    assert holding.weights_gib([one, one]) * 2**30 == 2**22 and holding.weights_gib([one, other]) * 2**30 == 2**23


def test_formats_are_sampled_again_up_to_fifteen_times(shipped):
    """A tiny random model never writes a memory or an expression: both are thrown away fourteen times."""
    assert shipped["predecessor"]["retries"]["value"] >= predecessor.TRIES - 1


@pytest.mark.parametrize("quantize", ["none", "int8"])
def test_random_weights_write_as_much_in_both_ways(tmp_path, quantize, monkeypatch):
    counted = []
    real = Copies._write
    monkeypatch.setattr(Copies, "_write", lambda self, head, turn, length=0: counted.append((head.name, length)) or real(self, head, turn, length))
    subject = random(tmp_path, quantize=quantize)
    found = speed.run(subject, TURNS)
    assert found["how"]["random"] and found["how"]["quantize"] == quantize
    assert found["predecessor"]["retries"].value == 0
    assert counted == [(name, steps[name]) for steps in found["how"]["steps"] for name in ("output_message", "memory", "summary", "eyes_mouth_pose")]
    for steps, turn in zip(found["how"]["steps"], TURNS, strict=True):
        written = subjects.lengths(subjects._tokenizer(), turn)
        assert steps["output_message"] == written["output_message"] and steps["memory"] >= 1
    assert found["current"]["weights_gib"].value < found["predecessor"]["weights_gib"].value / 3


def test_a_random_model_speaks_and_its_heads_differ(tmp_path):
    engine = random(tmp_path).ours(lambda line: None)
    assert "".join(engine.stream(PLAIN, stop=threading.Event())).strip()
    ids = torch.tensor([[10, 11, 12]])
    seen = []
    for name in HEADS:
        engine._voices.speak([name])
        with torch.inference_mode():
            seen.append(engine._model(input_ids=ids).logits[0, -1])
    assert all(not torch.equal(seen[0], other) for other in seen[1:])


@pytest.mark.parametrize("kind", ["random", "shipped"])
def test_without_room_for_four_their_memory_is_worked_out_and_said(tmp_path, kind, monkeypatch):
    monkeypatch.setattr(subjects, "has_room", lambda model: False)
    base, adapters = build("polyglot", tmp_path)
    subject = random(tmp_path) if kind == "random" else subjects.Shipped(base, adapters, Settings(home=tmp_path, answer_tokens=20))
    found = speed.run(subject, TURNS[:1])
    copies = subject.theirs(lambda line: None)
    assert found["how"]["memory_computed"] and len({id(m) for m in copies.models.values()}) == 1
    assert found["predecessor"]["weights_gib"].value == pytest.approx(4 * holding.weights_gib(copies.models.values()))
    assert any("한 벌로 계산" in title for title, _, _ in speed.tables(jsonable(found)))


def test_room_is_what_is_free_beyond_three_more_copies(monkeypatch):
    layer = torch.nn.Linear(1024, 1024, bias=False)
    for free, expected in ((subjects.SPARE + 2**-6, True), (subjects.SPARE + 2**-7, False)):
        monkeypatch.setattr(subjects, "free_gib", lambda where, free=free: free)
        assert subjects.has_room(layer) is expected


def test_a_base_without_all_four_adapters_cannot_be_measured(tmp_path):
    base, adapters = build("polyglot", tmp_path, heads=("summary",))
    with pytest.raises(ModelError, match="output_message, memory, eyes_mouth_pose") as caught:
        subjects.Shipped(base, adapters, Settings(home=tmp_path)).ours(lambda line: None)
    assert "--random polyglot" in caught.value.hint


def test_our_turn_shows_text_before_it_is_done(tmp_path):
    spent = speed.our_turn(load("polyglot", tmp_path), PLAIN)
    assert 0 < spent.first < spent.answer < spent.total and spent.cpu > 0 and spent.tokens > 0


def test_the_load_of_others_leaves_out_our_own(tmp_path):
    stat = tmp_path / "stat"
    stat.write_text("cpu  100 0 0 900 0 0 0 0\n")
    watch = holding.Load(stat)
    assert watch.others() == 0.0
    stat.write_text("cpu  100000000 0 0 900 0 0 0 0\n")
    assert watch.others() > 1
    assert holding.Load(tmp_path / "none").others() == 0.0


def test_the_table_names_goals_and_whether_they_are_met(shipped):
    made = shipped | {"ratio": {"memory_gib": 0.2, "first_s": 0.1, "turn_s": 0.9, "turn_cpu_s": 0.9}}
    ((title, headings, rows),) = speed.tables(made)
    by_name = {row[0]: row for row in rows}
    assert "스레드" in title and len(headings) == len(rows[0])
    assert by_name["메모리 (GiB)"][3:5] == ("0.20", "≤ 0.30 ✓") and by_name["한 턴 (초)"][3:5] == ("0.90", "≤ 0.50 ✗")


def test_the_verb_measures_mini_keeps_the_run_and_shows_it_in_the_history():
    told = CliRunner().invoke(app, ["eval", "--only", "speed", "--turns", "1", "--json", "-"])
    found = json.loads(told.stdout)
    assert found["data"]["base"] == "mini" and found["data"]["n_rows"] == found["speed"]["current"]["turn_s"]["n"] == 1
    history = CliRunner().invoke(app, ["eval", "history"]).output
    assert "mini" in history and f"{found['speed']['current']['turn_s']['value']:.3f}" in history


@pytest.mark.parametrize("words", [["--random", "gpt5"], ["--turns", "0"], ["--quantize", "2bit"]])
def test_what_cannot_be_measured_is_one_sentence(words):
    found = CliRunner().invoke(app, ["eval", "--only", "speed", *words])
    assert isinstance(found.exception, OhLoraError) and found.exception.hint
