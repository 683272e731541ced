"""A training that is stopped, shared, rehearsed or too large: nothing is lost and everything is said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from finetune import estimate, keep, progress
from finetune.examples import distinct
from finetune.recipe import Recipe, recipe_for
from finetune.train import train_head
from finetune.watch import Step, newest_checkpoint
from ohlora_tui.bases import Base
from ohlora_tui.cli import app
from ohlora_tui.devices import is_full, roomy
from ohlora_tui.errors import DataError, ModelError, SettingsError
from ohlora_tui.heads import HEADS
from tests.few import FEW, write_csv
from tests.tiny_models import build

ROOT = Path(__file__).parents[1]
TRAINING = """
import sys
from pathlib import Path
from tests.test_training_runs import trained
trained(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), lambda *told: print(*told, flush=True))
"""


def trained(base: str, out: Path, batch: int, tell: Callable[..., None] = lambda *told: None, resume: bool = False) -> None:
    """A head trained on FEW, a checkpoint kept after every step; `tell` gets (step, loss or validation loss)."""
    recipe = recipe_for("eyes_mouth_pose", False, epochs=2.0, lr=5e-3, batch_size=batch, threads=1, keep_s=0.001)

    def told(step: Step) -> None:
        if (loss := step.loss if step.loss is not None else step.valid) is not None:
            tell(step.step, loss)

    train_head("eyes_mouth_pose", Base("mini", base), FEW, recipe, out, told, resume)


def elsewhere(base: Base, out: Path, batch: int, launch: tuple[str, ...] = ()) -> subprocess.Popen[str]:
    """The same training in a process, or several, of its own."""
    script = out.parent / "training.py"
    script.write_text(TRAINING, encoding="utf-8")
    words = [sys.executable, *launch, str(script), base.place, str(out), str(batch)]
    env = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "GLOO_SOCKET_IFNAME": "lo0" if sys.platform == "darwin" else "lo"}  # no name of this machine is asked for
    return subprocess.Popen(words, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=out.parent)


@pytest.mark.models
@pytest.mark.slow
def test_a_killed_training_goes_on_to_the_very_same_adapter(tmp_path: Path) -> None:
    base, _ = build("mini", tmp_path, heads=())
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    process = elsewhere(base, cut, 4)
    while not list((cut / "checkpoints").glob("checkpoint-*/trainer_state.json")):
        assert process.poll() is None, process.stderr.read() if process.stderr else ""
        time.sleep(0.01)
    process.kill()
    process.wait()
    assert not (cut / "adapter_model.safetensors").exists()
    trained(base.place, cut, 4, resume=True)
    trained(base.place, whole, 4)
    assert (cut / "adapter_model.safetensors").read_bytes() == (whole / "adapter_model.safetensors").read_bytes()


@pytest.mark.models
@pytest.mark.slow
def test_two_processes_walk_the_same_losses_as_one(tmp_path: Path) -> None:
    """gloo on the CPU, four rows each against eight rows in one process."""
    base, _ = build("mini", tmp_path, heads=())
    alone: list[tuple[float, ...]] = []
    trained(base.place, tmp_path / "one", 8, lambda *told: alone.append(told))
    launch = ("-m", "torch.distributed.run", "--nproc-per-node", "2", "--master-port", "0", "--rdzv-backend", "c10d", "--rdzv-endpoint", "localhost:0",
              "--local-addr", "localhost")  # fmt: skip
    told, wrong = (process := elsewhere(base, tmp_path / "two", 4, launch)).communicate(timeout=240)
    assert process.returncode == 0, wrong[-2000:]
    together = [tuple(float(x) for x in line.split()) for line in told.splitlines() if line[:1].isdigit()]
    assert [t[0] for t in together] == [a[0] for a in alone] and len(alone) > 2
    assert [t[1] for t in together] == pytest.approx([a[1] for a in alone], rel=0.02)
    assert json.loads((tmp_path / "two" / "recipe.json").read_text(encoding="utf-8"))["processes"] == 2


@pytest.mark.models
def test_all_heads_go_on_from_the_one_that_was_interrupted_and_say_how(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from finetune import train

    base, _ = build("mini", tmp_path, heads=())
    data, out, began = write_csv(FEW, tmp_path / "my.csv"), tmp_path / "adapters", []

    def interrupted(head: str, *rest: Any) -> Any:
        began.append(head)
        if len(began) == 2:  # the second head, after a checkpoint
            (out / head / "checkpoints" / "checkpoint-1").mkdir(parents=True)
            (out / head / "checkpoints" / "checkpoint-1" / "trainer_state.json").write_text('{"global_step": 1}', encoding="utf-8")
            raise KeyboardInterrupt
        return head

    words = ["finetune", "--col", "all", "--base", base.place, "--data", str(data), "--out", str(out), "--epochs", "1"]
    monkeypatch.setattr(train, "train_head", interrupted)
    stopped = CliRunner().invoke(app, words)
    assert stopped.exit_code == 130 and "--resume" in stopped.output
    asked: list[tuple[str, bool]] = []
    monkeypatch.setattr(train, "train_head", lambda head, *rest: asked.append((head, rest[-1])))
    list(train.train_heads(tuple(HEADS), base, FEW, lambda head: recipe_for(head, False), out, lambda step: None, resume=True))
    assert asked == [(head, number == 0) for number, head in enumerate(list(HEADS)[1:])]


def test_a_checkpoint_cut_off_by_a_kill_is_passed_over(tmp_path: Path) -> None:
    for name, text in (("checkpoint-5", "{}"), ("checkpoint-10", '{"global_step": 10}'), ("checkpoint-20", '{"global_st')):
        (tmp_path / "checkpoints" / name).mkdir(parents=True)
        (tmp_path / "checkpoints" / name / "trainer_state.json").write_text(text, encoding="utf-8")
    (tmp_path / "checkpoints" / "checkpoint-30").mkdir()
    assert newest_checkpoint(tmp_path).endswith("checkpoint-10")


@pytest.mark.models
def test_beside_an_adapter_lie_its_tokenizer_card_curve_and_recipe_without_a_path_of_this_machine(tmp_path: Path) -> None:
    from transformers import AutoTokenizer

    base, _ = build("mini", tmp_path, heads=())
    out = tmp_path / "adapter"
    result = train_head("summary", base, FEW, recipe_for("summary", False, epochs=1), out, lambda step: None)
    assert len(AutoTokenizer.from_pretrained(out)) and (out / "loss.png").read_bytes()[:4] == b"\x89PNG"
    card = (out / "README.md").read_text(encoding="utf-8")
    assert card.startswith("---\nlibrary_name: peft") and f"{result.best:.4f}" in card and "24 train, 6 valid" in card
    texts = "".join(p.read_text(encoding="utf-8") for p in out.iterdir() if p.suffix in (".json", ".md"))
    assert str(tmp_path) not in texts and set(result.drawn) == {"train", "valid"}


def test_an_hub_id_is_named_to_others_and_a_folder_by_its_name_alone(tmp_path: Path) -> None:
    assert keep.public_name(Base("polyglot", "EleutherAI/polyglot-ko-1.3b", folder=str(tmp_path))) == "EleutherAI/polyglot-ko-1.3b"
    assert keep.public_name(Base("mine", str(tmp_path))) == "mine"


def test_a_row_said_twice_is_named_by_both_lines() -> None:
    with pytest.raises(DataError, match=r"번째 줄이 .*번째 줄과 똑같아요"):
        distinct([*FEW, replace(FEW[3], line=99)])
    distinct(FEW)


def test_memory_that_runs_out_is_one_sentence_with_the_setting_to_lower() -> None:
    for wrong in (RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB"), MemoryError(), RuntimeError("DefaultCPUAllocator: can't allocate memory")):
        with pytest.raises(ModelError) as told, roomy("memory를 학습하기에", "--batch-size 1 로 줄여 주세요."):
            raise wrong
        assert "모자라요" in told.value.message and "--batch-size 1" in told.value.hint
    assert not is_full(RuntimeError("shape mismatch"))
    with pytest.raises(RuntimeError, match="shape"), roomy("", ""):
        raise RuntimeError("shape mismatch")


def test_an_update_that_does_not_fit_is_made_in_more_and_smaller_steps() -> None:
    shape, recipe = estimate.Shape(tokens=256), Recipe(batch_size=16, accumulate=1)
    roomy_one = estimate.fitted(recipe, shape, 1_340_000_000, 12_600_000, free=80)
    tight = estimate.fitted(recipe, shape, 1_340_000_000, 12_600_000, free=4)
    assert (roomy_one.batch_size, roomy_one.accumulate) == (16, 1)
    assert tight.batch_size < 16 and tight.batch_size * tight.accumulate == 16


@pytest.mark.models
@pytest.mark.parametrize("shape", ["polyglot", "koreanlm", "kanana"])
def test_a_dry_run_says_what_a_training_would_read_and_cost(tmp_path: Path, shape: str, monkeypatch: pytest.MonkeyPatch) -> None:
    base, _ = build(shape, tmp_path, heads=())
    monkeypatch.setenv("COLUMNS", "160")
    told = CliRunner().invoke(app, ["finetune", "--col", "all", "--base", base.place, "--data", str(write_csv(FEW, tmp_path / "my.csv")), "--dry-run"])
    assert told.exit_code == 0, told.output
    assert all(head in told.output for head in ("output_message", "memory", "summary", "eyes_mouth_pose"))
    assert "24 / 6" in told.output and "어림" in told.output and not (tmp_path / "adapters").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--recipe", "v9"], "v9"),
        (["--quantize", "8bit"], "8bit"),
        (["--epochs", "0"], "epochs"),
    ],
)
def test_a_wrong_setting_of_a_training_is_named(tmp_path: Path, words: list[str], said: str) -> None:
    path = write_csv(FEW, tmp_path / "my.csv")
    told = CliRunner().invoke(app, ["finetune", "--col", "memory", "--base", "mini", "--data", str(path), *words])
    assert isinstance(told.exception, SettingsError) and said in told.exception.message


def test_four_bits_need_a_gpu_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from ohlora_tui import devices

    with pytest.raises(ModelError, match="NVIDIA GPU"):
        devices.four_bits("cpu", "")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ModelError, match="bitsandbytes"):
        devices.four_bits("cuda", "")


def test_the_predecessors_recipe_and_its_option_names_are_kept(tmp_path: Path) -> None:
    v2 = recipe_for("memory", True, "v2")
    assert (v2.rank, v2.alpha, v2.lr, v2.batch_size, v2.epochs, v2.targets) == (128, 16, 3e-4, 4, 20, "query_key_value")
    told = CliRunner().invoke(app, ["finetune", "-llm_name", "없는모델", "-output_col", "memory"])
    assert isinstance(told.exception, ModelError) and "없는모델" in told.exception.message


def test_a_line_of_a_log_says_loss_speed_and_time_left() -> None:
    told = progress.line(Step("memory", 20, 60, 1.0, loss=0.51234, tokens_per_s=812.4, left_s=3723))
    assert told == "memory 20/60 1.00 loss 0.5123 812 tok/s 1:02:03 left"
    assert progress.line(Step("memory", 20, 60, 1.0, note="안녕 → [이름: 하준]")) == "memory 안녕 → [이름: 하준]"


@pytest.mark.models
@pytest.mark.slow
@pytest.mark.parametrize("shape", ["polyglot", "koreanlm", "kanana"])
def test_all_four_heads_train_reload_with_the_same_logits_and_chat(tmp_path: Path, shape: str) -> None:
    """koreanlm is LLaMA-shaped, and its tokenizer emits ids beyond its embedding."""
    import threading

    import torch

    from ohlora_tui.engine.local import LocalEngine
    from ohlora_tui.settings import Settings

    base, _ = build(shape, tmp_path, heads=())
    folders = {head: tmp_path / "adapters" / head for head in HEADS}
    for head, folder in folders.items():
        recipe = recipe_for(head, False, epochs=1.0, batch_size=8, lr=5e-3, templates=8, threads=1)
        result = train_head(head, base, FEW, recipe, folder, lambda step: None)
        assert result.losses[-1][1] < result.losses[0][1], head

    def logits() -> torch.Tensor:
        engine = LocalEngine.load(base, folders, Settings(home=tmp_path))
        said = "".join(engine.stream(FEW[0].turn, stop=threading.Event()))
        after = engine.after(FEW[0].turn, [HEADS["summary"], HEADS["eyes_mouth_pose"]], stop=threading.Event())
        assert isinstance(said, str) and HEADS["eyes_mouth_pose"].parse(after["eyes_mouth_pose"])
        engine.memory(FEW[0].turn, stop=threading.Event())
        ids = torch.tensor([engine._tokenizer.encode("로라야 안녕?")])
        with engine._voices.speaking(["memory"]) as extra, torch.inference_mode():
            return engine._model(ids, **extra).logits

    assert torch.equal(logits(), logits())
