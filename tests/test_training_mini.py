"""The mini base that ships: small, whole, loadable without a network, and honest about where it is from."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest

from ohlora_tui.bases import BUNDLED, MINI, adapter_folders
from ohlora_tui.heads import HEADS

BASE = BUNDLED / "mini" / "base"


def size(folder: Path) -> int:
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())


def test_base_adapters_and_retriever_are_at_most_40_megabytes_and_the_rows_at_most_16() -> None:
    rows = BUNDLED / "mini" / "rows"
    assert size(BASE) <= 20e6 and size(BUNDLED / "retriever") <= 20e6
    assert size(BUNDLED) - size(rows) <= 40e6 and size(rows) <= 16e6


def test_every_head_has_its_adapter_with_its_recipe(tmp_path: Path) -> None:
    folders = adapter_folders(MINI, tmp_path)
    assert set(folders) == set(HEADS)
    for name, folder in folders.items():
        recipe = json.loads((folder / "recipe.json").read_text(encoding="utf-8"))
        assert recipe["head"] == name and recipe["base"]["name"] == "mini" and len(recipe["data"]["train_sha256"]) == 64
        assert json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))["base_model_name_or_path"] == "mini"


def test_weights_are_half_precision_safetensors_and_nothing_is_pickled() -> None:
    weights = [*BASE.glob("*.safetensors"), *(BUNDLED / "mini/adapters").rglob("adapter_model.safetensors")]
    assert len(weights) == 1 + len(HEADS)
    for file in weights:
        header = json.loads(file.read_bytes()[8 : 8 + struct.unpack("<Q", file.read_bytes()[:8])[0]])
        assert {entry["dtype"] for name, entry in header.items() if name != "__metadata__"} == {"F16"}
    assert not [p for p in BUNDLED.rglob("*") if p.suffix in (".bin", ".pt", ".pkl", ".pth")]


def test_the_training_log_names_every_source_with_its_licence() -> None:
    log = json.loads((BASE / "training.json").read_text(encoding="utf-8"))
    assert all(source["licence"] and source["origin"] for source in log["sources"])
    assert log["tokens"] > 1_000_000 and log["plan"]["seed"] is not None and log["curve"][-1]["valid"]


@pytest.mark.models
def test_the_base_loads_offline_and_knows_its_markers() -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from finetune.tokenizer import ADDED

    same = {"local_files_only": True, "trust_remote_code": False}
    model = AutoModelForCausalLM.from_pretrained(str(BASE), dtype=torch.float32, **same)
    tokenizer = AutoTokenizer.from_pretrained(str(BASE), **same)
    assert model.config.model_type == "gpt_neox"
    assert len(tokenizer) <= model.get_input_embeddings().weight.shape[0]
    assert model.config.eos_token_id == tokenizer.eos_token_id == model.generation_config.eos_token_id
    assert all(len(tokenizer.encode(marker)) == 1 for marker in ADDED)
    text = "나 내일 친구랑 카페 가기로 했어 ☕ 뷁"
    assert tokenizer.decode(tokenizer.encode(text)) == text


@pytest.mark.models
def test_it_answers_an_ordinary_message_in_korean() -> None:
    import threading

    from ohlora_tui.engine.local import LocalEngine
    from ohlora_tui.records import Turn
    from ohlora_tui.settings import Settings

    engine = LocalEngine.load(MINI, adapter_folders(MINI, Path("none")), Settings())
    stop = threading.Event()
    answer = "".join(engine.stream(Turn("오늘 너무 힘들었어"), stop=stop))
    memory = engine.memory(Turn("나 내일 친구랑 카페 가기로 했어"), stop=stop)
    assert sum("가" <= c <= "힣" for c in answer) >= 3 and "답변" not in answer
    assert memory and memory.key == "내일 일정" and "카페" in memory.value
