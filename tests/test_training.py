"""Examples teach the target and its end alone; a head is trained by TRL and can be used; faults are refused."""

from __future__ import annotations

import json
import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from finetune.examples import IGNORE, example, examples, templated, usable
from finetune.recipe import LARGE, SMALL, recipe_for
from finetune.train import default_recipe, rehearse, train_head
from finetune.watch import Step
from ohlora_tui.dataset import data_hash
from ohlora_tui.errors import DataError, ModelError, SettingsError
from ohlora_tui.heads import END, HEADS
from ohlora_tui.records import Row
from tests.few import FEW
from tests.tiny_models import _TOKENIZERS, SHAPES, build


@pytest.fixture(scope="module", params=SHAPES)
def tokenizer(request):  # type: ignore[no-untyped-def]
    return _TOKENIZERS[request.param]()


@pytest.mark.parametrize("name", HEADS)
def test_labels_hide_the_prompt_and_nothing_else(tokenizer, name: str) -> None:  # type: ignore[no-untyped-def]
    head = HEADS[name]
    for row in usable(head, FEW):
        made = example(head, row.turn, tokenizer, 512)
        hidden = made.labels.count(IGNORE)
        assert made.labels == [IGNORE] * hidden + made.input_ids[hidden:]
        assert tokenizer.decode(made.input_ids[hidden:-1]).strip() == head.target(row.turn).strip()


def test_an_overlong_row_loses_the_left_of_its_prompt_and_keeps_its_end(tokenizer) -> None:  # type: ignore[no-untyped-def]
    head, row = HEADS["output_message"], FEW[0]
    long = replace(row.turn, message="아주 긴 이야기 " * 200 + "끝말")
    made = example(head, long, tokenizer, 300)
    assert len(made.input_ids) == 300
    assert made.input_ids[-1] == tokenizer.eos_token_id
    told = tokenizer.decode(made.input_ids[:-1])
    assert told.endswith(END) and "끝말" in told and row.turn.answer.split()[-1] in told


def test_a_target_without_room_is_refused_by_file_and_line(tokenizer) -> None:  # type: ignore[no-untyped-def]
    row = replace(FEW[0], turn=replace(FEW[0].turn, answer="말 " * 400 + "끝"), file="p1.csv", line=7)
    with pytest.raises(DataError, match=r"p1\.csv 7번째 줄"):
        examples(HEADS["output_message"], [row], tokenizer, 64)


@pytest.mark.parametrize("answer", ["두  칸", "안녕 (답변 종료) 더", "줄\n바꿈"])
def test_a_row_that_cannot_be_read_back_is_refused(tokenizer, answer: str) -> None:  # type: ignore[no-untyped-def]
    row = replace(FEW[0], turn=replace(FEW[0].turn, answer=answer), file="p1.csv", line=3)
    with pytest.raises(DataError, match=r"p1\.csv 3번째 줄의 output_message"):
        examples(HEADS["output_message"], [row], tokenizer, 256)


def test_the_hash_of_the_data_changes_with_one_word() -> None:
    other = replace(FEW[0], turn=replace(FEW[0].turn, answer="다른 말"))
    assert data_hash(FEW) == data_hash(list(FEW))
    assert data_hash(FEW) != data_hash([other, *FEW[1:]])


def test_templates_are_the_same_for_the_same_seed() -> None:
    assert data_hash(templated(50, 3)) == data_hash(templated(50, 3)) != data_hash(templated(50, 4))


def test_each_base_size_has_its_recipe_and_what_is_asked_wins() -> None:
    assert recipe_for("summary", large=False) == SMALL
    assert recipe_for("summary", large=True) == LARGE
    assert recipe_for("memory", large=False, rank=4, lr=None).rank == 4
    assert recipe_for("memory", large=False).templates > 0


@pytest.mark.parametrize("asked", [{"rank": 0}, {"lr": -1.0}, {"epochs": 0}, {"dropout": 1.0}, {"templates": -1}, {"ranks": 3}])
def test_a_recipe_that_cannot_be_is_refused(asked: dict[str, float]) -> None:
    with pytest.raises(SettingsError):
        recipe_for("memory", large=False, **asked)


def test_an_unknown_head_is_refused() -> None:
    with pytest.raises(SettingsError, match="eyes"):
        recipe_for("eyes", large=False)


def _train(
    folder: Path,
    rows: list[Row],
    head: str = "eyes_mouth_pose",
    shape: str = "mini",
    steps: list[Step] | None = None,
    **asked: float,
):  # type: ignore[no-untyped-def]
    base, _ = build(shape, folder, heads=())
    recipe = recipe_for(head, large=False, **{"epochs": 3, "lr": 5e-3, "batch_size": 8, "templates": 8} | asked)
    told = [] if steps is None else steps
    return base, train_head(head, base, rows, recipe, folder / "adapters" / head, told.append)


@pytest.mark.models
def test_a_head_is_trained_in_seconds_and_its_loss_falls(tmp_path: Path) -> None:
    steps: list[Step] = []
    _, result = _train(tmp_path, FEW, steps=steps)
    assert result.losses[-1][1] < result.losses[0][1]
    assert result.best == min(loss for _, loss in result.losses)
    assert (result.rows, result.valid_rows) == (24, 6)
    assert [s.valid for s in steps if s.valid is not None] and result.samples
    assert not (result.folder / "checkpoints").exists()


@pytest.mark.models
def test_an_adapter_says_what_it_was_made_from_and_nothing_of_this_machine(tmp_path: Path) -> None:
    _, result = _train(tmp_path, FEW, epochs=1)
    recipe = json.loads((result.folder / "recipe.json").read_text(encoding="utf-8"))
    config = (result.folder / "adapter_config.json").read_text(encoding="utf-8")
    assert recipe["base"]["name"] == json.loads(config)["base_model_name_or_path"] == "mini"
    assert len(recipe["data"]["train_sha256"]) == 64 and recipe["recipe"]["seed"] == 17 and recipe["versions"]["trl"]
    assert str(tmp_path) not in config + json.dumps(recipe)


@pytest.mark.models
@pytest.mark.parametrize("shape", ["koreanlm", "kanana"])
def test_a_trained_adapter_speaks_in_the_engine(tmp_path: Path, shape: str) -> None:
    """koreanlm: the rows that its embedding lacked are trained, saved with the adapter and found again."""
    import threading

    from ohlora_tui import faces
    from ohlora_tui.engine.local import LocalEngine
    from ohlora_tui.settings import Settings

    base, result = _train(tmp_path, FEW, shape=shape, epochs=1)
    letters = faces.load(result.folder)
    assert letters and sum(letters.trust) > 0  # fit beside the head, weighed on the valid rows
    engine = LocalEngine.load(base, {"eyes_mouth_pose": result.folder}, Settings(home=tmp_path))
    said = engine.after(FEW[0].turn, [HEADS["eyes_mouth_pose"]], stop=threading.Event())
    assert HEADS["eyes_mouth_pose"].parse(said["eyes_mouth_pose"])


@pytest.mark.models
def test_ctrl_c_keeps_a_checkpoint_that_training_goes_on_from(tmp_path: Path) -> None:
    base, _ = build("mini", tmp_path, heads=())
    recipe, out = recipe_for("eyes_mouth_pose", large=False, epochs=2, batch_size=2), tmp_path / "adapter"

    def press(step: Step) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        train_head("eyes_mouth_pose", base, FEW, recipe, out, press)
    assert list((out / "checkpoints").glob("checkpoint-*"))
    result = train_head("eyes_mouth_pose", base, FEW, recipe, out, lambda step: None, resume=True)
    assert (out / "adapter_model.safetensors").is_file() and result.losses


def test_nothing_to_resume_is_said(tmp_path: Path) -> None:
    from finetune.watch import newest_checkpoint

    with pytest.raises(DataError, match="이어서"):
        newest_checkpoint(tmp_path)


def test_rows_without_a_valid_split_are_refused_before_a_model_is_loaded(tmp_path: Path) -> None:
    from ohlora_tui.bases import Base

    with pytest.raises(DataError, match="valid"):
        train_head("memory", Base("none", "no/where"), FEW[:24], SMALL, tmp_path, lambda step: None)


def test_a_base_that_is_not_here_is_named_with_the_next_command(tmp_path: Path) -> None:
    from ohlora_tui.bases import Base

    with pytest.raises(ModelError, match="--base 폴더"):
        train_head("memory", Base("nobody", "no/where"), FEW, SMALL, tmp_path, lambda step: None)


@pytest.mark.models
def test_a_rehearsal_counts_what_a_training_would_read(tmp_path: Path) -> None:
    base, _ = build("mini", tmp_path, heads=())
    recipe = default_recipe("memory", base, batch_size=8, epochs=2, templates=8)
    found = rehearse("memory", base, FEW, recipe)
    assert (found.rows, found.valid_rows, found.skipped, found.updates) == (32, 6, 0, 8)
    assert 0 < found.longest <= recipe.max_length < found.tokens
