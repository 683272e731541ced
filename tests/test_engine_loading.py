"""A base or adapter that does not fit is mended and told, or refused in one sentence."""

from __future__ import annotations

import shutil
import threading

import pytest

from ohlora_tui.bases import Base
from ohlora_tui.engine.local import LocalEngine
from ohlora_tui.errors import ModelError
from ohlora_tui.heads import HEADS
from ohlora_tui.settings import Settings
from tests.examples import PLAIN
from tests.tiny_models import build

pytestmark = pytest.mark.models
AFTER = [HEADS["summary"], HEADS["eyes_mouth_pose"]]


def test_a_tokenizer_beyond_its_embedding_is_mended_and_told(tmp_path):
    base, adapters = build("koreanlm", tmp_path)
    told = []
    LocalEngine.load(base, adapters, Settings(home=tmp_path), told.append)
    assert any("512줄로 늘렸어요" in line for line in told)


def test_an_adapter_with_more_embedding_rows_than_the_base_fits(tmp_path):
    from peft import LoraConfig, get_peft_model

    base, _ = build("polyglot", tmp_path, heads=())
    grown = LocalEngine.load(base, {}, Settings(home=tmp_path))._model
    grown.resize_token_embeddings(512, mean_resizing=False)
    config = LoraConfig(r=2, target_modules=["query_key_value"], modules_to_save=["embed_in", "embed_out"], task_type="CAUSAL_LM")
    get_peft_model(grown, config, adapter_name="summary").save_pretrained(str(tmp_path / "grown"))
    engine = LocalEngine.load(base, {"summary": tmp_path / "grown" / "summary"}, Settings(home=tmp_path))
    assert engine._model.get_input_embeddings().weight.shape[0] == 512
    assert set(engine.after(PLAIN, AFTER, stop=threading.Event())) == {"summary"}


def test_a_base_that_is_not_here_names_the_command(tmp_path):
    with pytest.raises(ModelError) as caught:
        LocalEngine.load(Base("polyglot", "EleutherAI/not-pulled"), {}, Settings(home=tmp_path))
    assert "ohlora models pull polyglot" in caught.value.hint and "--base" in caught.value.hint


def _pickled(folder):
    (folder / "adapter_model.safetensors").rename(folder / "adapter_model.bin")


def _other_kind(folder):
    (folder / "adapter_config.json").write_text('{"peft_type": "IA3"}')


def _damaged(folder):
    (folder / "adapter_model.safetensors").write_bytes(b"\xff" * 64)


def _of_another_base(folder):
    _, other = build("kanana", folder.parent.parent / "other", heads=("summary",))
    shutil.rmtree(folder)
    shutil.copytree(other["summary"], folder)


@pytest.mark.parametrize(
    "spoil, says",
    [(_pickled, "safetensors가 없어요"), (_other_kind, "IA3"), (_damaged, "safetensors"), (_of_another_base, "맞지 않아요")],
)
def test_an_adapter_that_cannot_be_used_is_named(tmp_path, spoil, says):
    base, adapters = build("polyglot", tmp_path, heads=("summary",))
    spoil(adapters["summary"])
    with pytest.raises(ModelError, match=says) as caught:
        LocalEngine.load(base, adapters, Settings(home=tmp_path))
    assert "ohlora finetune" in caught.value.hint or "내려받아" in caught.value.hint


@pytest.mark.parametrize("file", ["config.json", "model.safetensors", "tokenizer.json"])
def test_a_damaged_base_is_one_sentence(tmp_path, file):
    base, _ = build("polyglot", tmp_path, heads=())
    (tmp_path / "base" / file).write_bytes(b"\x00" * 40)
    with pytest.raises(ModelError) as caught:
        LocalEngine.load(base, {}, Settings(home=tmp_path))
    assert "polyglot 모델을 읽을 수 없어요" in caught.value.message and "\n" not in caught.value.message
