"""int8 under adapters: heads stay apart and mixable, the state is kept and mended, and where it would choose other words it is not used."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from ohlora_tui.engine import int8cache, loading, local, product, quantized, threads
from ohlora_tui.engine.int8cache import Cache
from ohlora_tui.engine.local import LocalEngine
from ohlora_tui.engine.mixing import Mixed
from ohlora_tui.engine.quantized import Int8Linear, int8
from ohlora_tui.engine.thread import MODEL_THREAD
from ohlora_tui.errors import ModelError, SettingsError
from ohlora_tui.heads import HEADS
from ohlora_tui.settings import Settings, load
from ohlora_tui.tokens import prompt_ids
from tests.examples import PLAIN
from tests.tiny_models import build

pytestmark = [pytest.mark.models, pytest.mark.slow]
SHAPES = ("polyglot", "kanana", "koreanlm")
AFTER = [HEADS["summary"], HEADS["eyes_mouth_pose"]]


@pytest.fixture(autouse=True)
def few_rows(monkeypatch):
    """Two rows are enough to compare on; reading the whole bank for them takes a second."""
    monkeypatch.setattr(quantized, "_rows", lambda: [PLAIN] * 2)


@pytest.fixture(params=SHAPES)
def made(request, tmp_path):
    base, adapters = build(request.param, tmp_path)
    return base, adapters, Settings(home=tmp_path / "home", quantize="int8", answer_tokens=40)


def start(base, adapters, settings):
    told = []
    return LocalEngine.load(base, adapters, settings, told.append), "\n".join(told)


def said(engine):
    return "".join(engine.stream(PLAIN, stop=threading.Event()))


def logits(engine, name):
    ids = torch.tensor([prompt_ids(engine._tokenizer, HEADS[name].prompt(PLAIN))])
    engine._voices.speak([name])
    with torch.inference_mode():
        return engine._model(input_ids=ids).logits[0, -1]


def is_int8(engine):
    return any(isinstance(m, Int8Linear) for m in engine._model.modules())


def test_a_layer_stays_near_its_own_and_a_row_does_not_see_the_others():
    torch.manual_seed(1)
    plain = torch.nn.Linear(256, 96)
    layer = Int8Linear(*int8(plain.weight), plain.bias, torch.float32)
    rows = torch.randn(5, 256) * torch.tensor([[0.01], [1.0], [30.0], [1.0], [0.0]])
    out = layer(rows)
    for at in range(5):
        assert torch.equal(layer(rows[at : at + 1])[0], out[at])
    error = (out - plain(rows)).norm(dim=1) / plain(rows).norm(dim=1)
    assert error.max() < 0.02
    assert layer(rows.bfloat16().reshape(1, 5, 256)).dtype == torch.bfloat16


ISAS = ("AVX2", "AVX512_CORE", "ALL")
LAYER = """
import torch
from ohlora_tui.engine.product import SURE, reading
from ohlora_tui.engine.quantized import Int8Linear, int8
from ohlora_tui.engine.thread import MODEL_THREAD
torch.manual_seed(1)
plain, rows = torch.nn.Linear(256, 96), torch.randn(4, 256) * 3
rows[0] = 3 * plain.weight[0].sign()  # the largest sum there is
print(float(((Int8Linear(*int8(plain.weight), plain.bias, torch.float32)(rows) - plain(rows)).norm(dim=1) / plain(rows).norm(dim=1)).max()))
"""


@pytest.mark.parametrize("isa", ISAS)
def test_older_processors_overflow_nothing(isa):
    told = subprocess.run([sys.executable, "-c", LAYER], env=os.environ | {"ONEDNN_MAX_CPU_ISA": isa}, capture_output=True, text=True)
    assert float(told.stdout) < 0.02, told.stderr


def test_a_slow_product_is_not_taken_and_an_inexact_one_neither(monkeypatch):
    real, tried = product.Reading.times, product.reading.__wrapped__
    assert tried() in (*product.READINGS, *(replace(r, alone=False) for r in product.READINGS))
    monkeypatch.setattr(product.Reading, "times", lambda one, *more: (time.sleep(0.01), real(one, *more))[1])
    assert tried() is None
    monkeypatch.setattr(product.Reading, "times", lambda one, *more: real(one, *more) + (one.levels > 63))
    assert tried().levels == 63


def test_every_linear_but_the_output_is_int8_and_takes_a_fourth_of_fp32(made):
    base, adapters, settings = made
    engine, _ = start(base, adapters, settings)
    inner = engine._model.get_base_model()
    assert type(inner.get_output_embeddings()) is torch.nn.Linear and is_int8(engine)
    for module in inner.modules():
        if isinstance(module, Int8Linear):
            assert module.weight.element_size() == 1 and module.weight.numel() == module.in_features * module.out_features


def test_adapters_differ_and_are_swapped_back_and_forth(made):
    engine, _ = start(*made)
    first = {name: logits(engine, name) for name in HEADS}
    for name, other in zip(HEADS, list(HEADS)[1:], strict=False):
        assert not torch.allclose(first[name], first[other], atol=1e-3)
    for name in reversed(HEADS):
        assert torch.equal(logits(engine, name), first[name])


def test_int8_stays_near_the_base_it_was_made_from(made):
    base, adapters, settings = made
    small, _ = start(base, adapters, settings)
    plain, _ = start(base, adapters, Settings(home=settings.home))
    for name in HEADS:
        one, other = logits(small, name), logits(plain, name)
        assert 0 < (one - other).norm() / other.norm() < 0.1


def test_the_mixed_batch_writes_what_each_adapter_writes_alone(made, monkeypatch):
    engine, _ = start(*made)
    monkeypatch.setattr(engine, "small", False)
    both = engine.after(PLAIN, AFTER, stop=threading.Event())
    alone = [engine.after(PLAIN, [head], stop=threading.Event()) for head in AFTER]
    assert set(both) == {"summary", "eyes_mouth_pose"} and both == alone[0] | alone[1]


def test_a_large_base_is_bf16_around_its_int8(tmp_path, monkeypatch):
    for room in (local, loading):
        monkeypatch.setattr(room, "SMALL", 0)
    base, adapters = build("polyglot", tmp_path)
    monkeypatch.setattr(int8cache, "ENOUGH", 0.0)  # two layers of random bf16 weights agree less than a trained base
    settings = Settings(home=tmp_path / "home", quantize="int8", threads=1)
    for engine in (start(base, adapters, settings)[0], start(base, adapters, settings)[0]):
        assert {m.down.dtype for m in engine._model.modules() if isinstance(m, Mixed)} == {torch.float32}
        assert is_int8(engine) and not engine.small
        assert set(engine.after(PLAIN, AFTER, stop=threading.Event())) == {"summary", "eyes_mouth_pose"}


def test_the_second_start_reads_what_the_first_one_kept(made, monkeypatch):
    base, adapters, settings = made
    first, told = start(base, adapters, settings)
    assert "int8 가중치를 만들었어요" in told and "원래와 같은 선택" in told

    def never(*_):
        raise AssertionError("made again")

    monkeypatch.setattr(int8cache, "swap", never)
    second, told = start(base, adapters, settings)
    assert "적어 둔 int8 가중치를 읽었어요" in told and is_int8(second)
    maps = Path("/proc/self/maps")
    assert not maps.is_file() or str(settings.home) not in maps.read_text()  # else all of the file would count as memory
    assert said(second) == said(first)
    for name in HEADS:
        assert torch.equal(logits(second, name), logits(first, name))


def test_nothing_is_kept_as_pickle(made):
    _, _, settings = made
    start(*made)
    assert {p.name for p in settings.home.rglob("*") if p.is_file()} == {"weights.safetensors", "agreement.json"}


@pytest.mark.parametrize("spoil", [
    lambda folder: (folder / "weights.safetensors").write_bytes(b"\x00" * 40),
    lambda folder: (folder / "weights.safetensors").unlink(),
    lambda folder: (folder / "weights.safetensors").write_bytes((folder / "weights.safetensors").read_bytes()[:-500]),
    lambda folder: (folder / "agreement.json").write_text("{"),
    lambda folder: (folder / "agreement.json").write_text('{"agreement": 1, "n": 9, "vocab_size": 7}'),
], ids=["zeros", "gone", "cut", "agreement", "another vocabulary"])  # fmt: skip
def test_a_damaged_cache_is_made_anew(tmp_path, spoil):
    base, adapters = build("polyglot", tmp_path)
    settings = Settings(home=tmp_path / "home", quantize="int8", answer_tokens=40)
    first, _ = start(base, adapters, settings)
    (folder,) = (settings.home / "quantized").iterdir()
    spoil(folder)
    again, told = start(base, adapters, settings)
    assert "int8 가중치를 만들었어요" in told and said(again) == said(first)
    assert "적어 둔 int8 가중치를 읽었어요" in start(base, adapters, settings)[1]


def test_a_base_of_other_files_is_made_anew_and_the_old_state_goes(tmp_path):
    base, adapters = build("polyglot", tmp_path)
    base = replace(base, name="[x] poly")  # any folder's name may be a base's
    settings = Settings(home=tmp_path / "home", quantize="int8")
    start(base, adapters, settings)
    (old,) = (settings.home / "quantized").iterdir()
    config = tmp_path / "base" / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"note": 1}))
    _, told = start(base, adapters, settings)
    (new,) = (settings.home / "quantized").iterdir()
    assert "int8 가중치를 만들었어요" in told and new != old
    start(replace(base, name="[x] poly-2"), adapters, settings)
    assert len(list((settings.home / "quantized").iterdir())) == 2 and new.is_dir()  # another base's stays


@pytest.mark.parametrize("quantize", ["none", "int8"])
def test_the_output_layer_reads_rows_that_lie_side_by_side(tmp_path, quantize, monkeypatch):
    """Of strided ones (the last places of a prompt) torch makes a copy of the whole weight for each row."""
    base, adapters = build("polyglot", tmp_path)
    engine, _ = start(base, adapters, Settings(home=tmp_path / "home", quantize=quantize, answer_tokens=8))
    monkeypatch.setattr(engine, "small", False)
    strides, hidden = set(), engine._model.config.hidden_size
    engine._model.get_output_embeddings().register_forward_pre_hook(lambda layer, args: strides.add((args[0].shape[0], args[0].stride())))
    said(engine)
    engine.after(PLAIN, AFTER, stop=threading.Event())
    assert strides == {(1, (hidden, hidden, 1)), (2, (hidden, hidden, 1))}


def test_where_it_would_choose_other_words_the_base_stays_as_it_is_and_says_so(tmp_path, monkeypatch):
    base, adapters = build("polyglot", tmp_path)
    settings = Settings(home=tmp_path / "home", quantize="int8", answer_tokens=40)
    plain = said(start(base, adapters, Settings(home=tmp_path / "other", answer_tokens=40))[0])
    real, seen = quantized.choices, []

    def other_words(model, tokenizer):
        seen.append(1)
        return real(model, tokenizer) + (len(seen) % 2 == 0)

    monkeypatch.setattr(int8cache, "choices", other_words)
    for times in (2, 2):  # the second start knows it from the file and compares nothing
        engine, told = start(base, adapters, settings)
        assert not is_int8(engine) and said(engine) == plain and len(seen) == times
        assert told.count("0.0%만 같은 낱말을 골라서(기준 95%) bf16으로 읽어요.") == 1
    (folder,) = (settings.home / "quantized").iterdir()
    assert [p.name for p in folder.iterdir()] == ["agreement.json"]


def test_a_full_disk_costs_the_cache_alone(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Cache, "keep", full)
    base, adapters = build("polyglot", tmp_path)
    engine, told = start(base, adapters, Settings(home=tmp_path / "home", quantize="int8"))
    assert is_int8(engine) and "적어 두지 못했어요 (No space left on device)" in told


def test_a_torch_without_the_product_and_another_device_are_one_line(monkeypatch):
    told = []
    assert quantized.possible("int8", "cuda", told.append) == quantized.possible("int8", "mps", told.append) == "none"
    monkeypatch.setattr(quantized, "reading", product.reading.__wrapped__)
    monkeypatch.setattr(product, "packed", lambda values: (_ for _ in ()).throw(RuntimeError("no primitive")))
    assert quantized.possible("int8", "cpu", told.append) == "none" and len(told) == 3
    assert quantized.possible("none", "cpu", told.append) == "none" and len(told) == 3


def test_four_bits_without_its_gpu_are_one_sentence(tmp_path):
    base, adapters = build("polyglot", tmp_path)
    with pytest.raises(ModelError, match="NVIDIA GPU") as caught:
        LocalEngine.load(base, adapters, Settings(home=tmp_path, quantize="4bit"))
    assert "--quantize int8" in caught.value.hint


def test_the_setting_comes_from_the_environment_and_a_wrong_one_is_named(tmp_path):
    assert load({"OHLORA_HOME": str(tmp_path), "OHLORA_QUANTIZE": "int8"}).quantize == "int8"
    with pytest.raises(SettingsError, match="3bit"):
        load({"OHLORA_HOME": str(tmp_path)}, quantize="3bit")


def test_threads_are_measured_once_and_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(threads, "usable_cores", lambda: 4)
    asked, told = [], []

    def clock(n):
        asked.append(n)
        return {1: 1.0, 2: 0.5, 4: 0.48}[n]

    assert threads.count(tmp_path / "home", told.append, clock) == 2  # four are faster by less than they cost others
    assert asked == [1, 2, 4] and any("스레드 2개로 써요" in line for line in told)
    assert threads.count(tmp_path / "home", told.append, clock) == 2 and asked == [1, 2, 4]


@pytest.mark.parametrize("text", ["{", '{"machine": "another", "threads": 3}', "[]", '{"threads": 2}'])
def test_a_threads_file_of_another_machine_or_damaged_is_measured_anew(tmp_path, text):
    (tmp_path / "threads.json").write_text(text)
    assert threads.count(tmp_path, clock=lambda n: float(n)) == 1
    assert json.loads((tmp_path / "threads.json").read_text())["machine"] == threads.machine()


def test_more_threads_that_are_slower_end_the_measuring():
    asked = []
    found = threads.measured(lambda n: asked.append(n) or float(n), cores=32)
    assert asked == [1, 2] and threads.choose(found) == 1


def test_the_clock_puts_the_threads_back(monkeypatch):
    monkeypatch.setattr(threads, "SHAPE", (64, 32))
    before = torch.get_num_threads()
    assert threads.step_seconds()(before + 1) > 0 and torch.get_num_threads() == before


def test_a_large_base_uses_the_measured_threads_and_mini_one(tmp_path, monkeypatch):
    monkeypatch.setattr(threads, "count", lambda home, progress: 2)
    base, adapters = build("polyglot", tmp_path)
    before = MODEL_THREAD.run(torch.get_num_threads)
    try:
        for small, asked, expected in ((10**9, 0, 1), (0, 0, 2), (0, 1, 1)):
            monkeypatch.setattr(loading, "SMALL", small)
            LocalEngine.load(base, adapters, Settings(home=tmp_path, threads=asked))
            assert MODEL_THREAD.run(torch.get_num_threads) == expected
    finally:
        MODEL_THREAD.run(lambda: torch.set_num_threads(before))
