"""`ohlora models import`: adapters and retrievers made elsewhere come in as they are, fit, and speak; what does not fit is refused by name."""

from __future__ import annotations

import json
import shutil
import threading
import warnings
from pathlib import Path

import pytest

from ohlora_tui import adopting, bases, fitting, origin
from ohlora_tui.engine.local import LocalEngine
from ohlora_tui.errors import ModelError
from ohlora_tui.heads import HEADS
from ohlora_tui.settings import Settings
from tests.examples import PLAIN
from tests.hub_server import Repo, commit
from tests.hub_stage import PICKLE, POLYGLOT, Serve, adapter_files, base_files, models, refused, serve_  # noqa: F401

pytestmark = pytest.mark.slow

AFTER = [HEADS["summary"], HEADS["eyes_mouth_pose"]]
SBERT = "daebakgazua/250502_OhLoRA_LLM_SBERT"


def published() -> dict[str, Repo]:
    """The predecessor's repositories, with tiny weights."""
    return {repo: Repo(adapter_files(head), licence="mit") for repo, head in zip(adopting.PUBLISHED, HEADS, strict=True)}


def written(folder: Path, files: dict[str, bytes]) -> Path:
    for name, body in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(body)
    return folder


@pytest.fixture
def polyglot(own_home: Path) -> Path:
    """The tiny Polyglot as if pulled; its room."""
    written(own_home / "models" / "polyglot" / "base", base_files())
    return own_home / "models" / "polyglot"


@pytest.mark.models
def test_the_predecessors_four_come_with_the_base_and_speak(serve: Serve, own_home: Path) -> None:
    server = serve({POLYGLOT: Repo(base_files())} | published())
    found = models("pull", "polyglot", "--adapters", "v2")
    assert found.exit_code == 0 and "아직 없는" not in found.output, found.output
    adapters = bases.adapter_folders(bases.find("polyglot"), own_home / "models")
    assert list(adapters) == list(HEADS) and not [path for _, path, _ in server.asked if path.endswith(".bin")]
    for head, folder in adapters.items():
        assert (folder / fitting.CONFIG).read_bytes() == adapter_files(head)[fitting.CONFIG]  # not a letter is edited
        came = origin.read(folder)
        assert came and came.source.endswith(head) and came.licence == "mit"
    engine = LocalEngine.load(bases.find("polyglot"), adapters, Settings(home=own_home, answer_tokens=8))
    assert set(engine.after(PLAIN, AFTER, stop=threading.Event())) == {"summary", "eyes_mouth_pose"}
    assert not (own_home / "models" / ".incoming").exists()


def test_what_is_there_already_is_not_fetched_again(serve: Serve, polyglot: Path) -> None:
    server = serve(published())
    models("import", adopting.PUBLISHED[1])
    server.asked.clear()
    assert "이미 그 판" in models("import", adopting.PUBLISHED[1]).output
    assert not [path for _, path, _ in server.asked if "/resolve/" in path]


def test_a_folder_with_a_windows_path_comes_in_unedited(polyglot: Path, tmp_path: Path) -> None:
    folder = written(tmp_path / "250502_OhLoRA_LLM_summary", adapter_files("summary"))
    found = models("import", str(folder))
    assert found.exit_code == 0 and "summary" in found.output and "polyglot" in found.output
    place = polyglot / "adapters" / "summary"
    assert {p.name for p in place.iterdir()} == set(adapter_files("summary")) - {"training_args.bin"} | {origin.NAME}
    told = origin.read(place)
    assert told and told.source == str(folder) and told.commit == ""


def test_a_folder_of_adapters_comes_in_head_by_head(polyglot: Path, tmp_path: Path) -> None:
    for head in ("memory", "summary"):
        written(tmp_path / "mine" / head, adapter_files(head))
    assert models("import", str(tmp_path / "mine")).exit_code == 0
    assert {p.name for p in (polyglot / "adapters").iterdir()} == {"memory", "summary"}


def test_one_bad_adapter_of_a_folder_lets_none_in(polyglot: Path, tmp_path: Path) -> None:
    written(tmp_path / "mine" / "memory", adapter_files("memory"))
    written(tmp_path / "mine" / "summary", adapter_files("summary", "kanana"))
    assert "summary" in refused("import", str(tmp_path / "mine"), "--base", "polyglot")[0]
    assert not (polyglot / "adapters").exists() and not (polyglot.parent / ".incoming").exists()


def test_an_adapter_of_another_base_is_refused_by_name(polyglot: Path, tmp_path: Path) -> None:
    folder = written(tmp_path / "memory", adapter_files("memory", "kanana"))
    message, hint = refused("import", str(folder))
    assert "memory" in message and "polyglot" in message and "--base" in hint
    assert not (polyglot / "adapters").exists()


def _wider() -> dict[str, bytes]:
    """An adapter of a Polyglot twice as wide: the same layers by name."""
    from safetensors.numpy import load, save

    files = adapter_files("memory")
    weights = {k: v.repeat(2, axis=1) if "lora_A" in k else v.repeat(2, axis=0) for k, v in load(files[fitting.WEIGHTS]).items()}
    return files | {fitting.WEIGHTS: save(weights)}


def _shallower() -> dict[str, bytes]:
    """An adapter whose second layer is missing: peft would load it with a warning and half of it would do nothing."""
    from safetensors.numpy import load, save

    files = adapter_files("memory")
    return files | {fitting.WEIGHTS: save({k: v for k, v in load(files[fitting.WEIGHTS]).items() if ".layers.1." not in k})}


@pytest.mark.parametrize(("files", "sizes"), [(_wider, ("4 × 64", "4 × 32")), (_shallower, ("없음", "layers.1."))])
def test_an_adapter_of_another_size_is_refused_with_both_sizes(polyglot: Path, tmp_path: Path, files, sizes: tuple[str, str]) -> None:
    message, _ = refused("import", str(written(tmp_path / "memory", files())))
    assert "memory" in message and "polyglot" in message and "크기가 달라요" in message and all(s in message for s in sizes)


def test_anothers_path_is_nothing_to_be_warned_of(polyglot: Path, tmp_path: Path) -> None:
    folder = written(tmp_path / "memory", adapter_files("memory"))
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        fitting.fits(folder, bases.here(bases.find("polyglot"), polyglot.parent))


def test_without_the_base_the_size_is_said_to_be_unchecked(own_home: Path, tmp_path: Path) -> None:
    found = models("import", str(written(tmp_path / "memory", adapter_files("memory"))))
    assert "맞춰 보지 못했어요" in found.output and "ohlora models pull polyglot" in found.output
    assert (own_home / "models" / "polyglot" / "adapters" / "memory" / fitting.WEIGHTS).is_file()


def _changed(**more: object) -> dict[str, bytes]:
    files = adapter_files("memory")
    return files | {fitting.CONFIG: json.dumps(json.loads(files[fitting.CONFIG]) | more).encode()}


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (_changed(peft_type="IA3"), "IA3"),
        (adapter_files("memory") | {fitting.CONFIG: b"{"}, "읽을 수 없어요"),
        (adapter_files("memory") | {fitting.WEIGHTS: b"\xff" * 64}, "손상"),
        ({fitting.CONFIG: b"{}", "adapter_model.bin": PICKLE}, "피클"),
        ({fitting.CONFIG: b"{}"}, "가중치가 없어요"),
        ({"notes.txt": b""}, fitting.CONFIG),
        (_changed(base_model_name_or_path="D:\\models\\own"), "D:"),
    ],
    ids=["kind", "config", "damaged", "pickle", "empty", "nothing", "base"],
)
def test_what_is_no_adapter_of_ours_is_named(polyglot: Path, tmp_path: Path, files: dict[str, bytes], said: str) -> None:
    assert said in refused("import", str(written(tmp_path / "memory", files)))[0]
    assert not (polyglot / "adapters").exists() and not (polyglot.parent / ".incoming").exists()


@pytest.mark.parametrize("name", ["mine", "memory_and_summary"])
def test_a_name_that_tells_no_head_asks_for_one(polyglot: Path, tmp_path: Path, name: str) -> None:
    folder = written(tmp_path / name, adapter_files("memory"))
    assert "--head" in refused("import", str(folder))[1]
    assert models("import", str(folder), "--head", "memory").exit_code == 0 and (polyglot / "adapters" / "memory").is_dir()


def test_a_head_that_is_none_is_refused(tmp_path: Path) -> None:
    assert "표정" in refused("import", str(written(tmp_path / "memory", adapter_files("memory"))), "--head", "표정")[0]


def test_a_source_that_is_nowhere_is_named() -> None:
    assert "없는폴더" in refused("import", "없는폴더")[0]


def test_a_repository_that_is_a_base_names_pull(serve: Serve) -> None:
    serve({POLYGLOT: Repo(base_files())})
    assert f"pull {POLYGLOT}" in refused("import", POLYGLOT)[1]


@pytest.mark.parametrize(
    ("named", "source", "base"),
    [
        ("EleutherAI/polyglot-ko-1.3b", "a/b", "polyglot"),
        ("C:\\models\\koreanlm_original", "a/b", "koreanlm"),
        ("/home/me/kanana-1.5/", "a/b", "kanana"),
        ("", "daebakgazua/x", "polyglot"),
    ],
)
def test_the_base_is_told_by_id_by_path_or_by_whose_it_is(named: str, source: str, base: str) -> None:
    assert fitting.base_of(named, source) == base


def test_what_was_trained_here_is_not_replaced_unasked(polyglot: Path, serve: Serve) -> None:
    server = serve(published())
    trained = written(polyglot / "adapters" / "memory", adapter_files("memory") | {"recipe.json": b"{}"})
    message, hint = refused("import", adopting.PUBLISHED[1])
    assert "여기서 학습한 것" in message and "--replace" in hint and (trained / "recipe.json").is_file()
    assert not [path for _, path, _ in server.asked if "/resolve/" in path]
    assert models("import", adopting.PUBLISHED[1], "--replace").exit_code == 0 and not (trained / "recipe.json").exists()


def test_an_adapter_trained_over_an_imported_one_is_ones_own(polyglot: Path, tmp_path: Path) -> None:
    models("import", str(written(tmp_path / "memory", adapter_files("memory") | {"recipe.json": b"{}"})))
    place = polyglot / "adapters" / "memory"
    assert origin.read(place)
    (place / "recipe.json").write_text('{"trained": "here"}')
    assert origin.read(place) is None


def test_remove_takes_what_was_imported_and_leaves_what_was_trained(polyglot: Path, tmp_path: Path) -> None:
    models("import", str(written(tmp_path / "memory", adapter_files("memory"))))
    trained = written(polyglot / "adapters" / "summary", adapter_files("summary") | {"recipe.json": b"{}"})
    listed = {entry["name"]: entry for entry in json.loads(models("list", "--json").stdout)}["polyglot"]
    assert listed["adapters"] == ["memory", "summary"] and listed["adapter_origins"]["summary"] is None
    told = models("info", "polyglot").output
    assert str(tmp_path / "memory") in told and "여기서 배움" in told
    assert models("remove", "polyglot", "--yes").exit_code == 0
    assert trained.is_dir() and not (polyglot / "adapters" / "memory").exists() and not (polyglot / "base").exists()
    assert models("remove", "polyglot", "--head", "summary", "--yes").exit_code == 0 and not trained.exists()
    assert "summary" in refused("remove", "polyglot", "--head", "summary", "--yes")[0]


def test_an_adapter_of_ones_own_for_mini_comes_and_goes_and_the_bundled_one_stays(own_home: Path, tmp_path: Path) -> None:
    bundled = bases.BUNDLED / "mini" / "adapters" / "memory"
    shutil.copytree(bundled, tmp_path / "memory")
    assert models("import", str(tmp_path / "memory")).exit_code == 0  # its configuration names mini
    own = own_home / "models" / "mini" / "adapters" / "memory"
    assert bases.adapter_folders(bases.MINI, own_home / "models")["memory"] == own
    assert models("remove", "mini", "--head", "memory", "--yes").exit_code == 0 and not own.exists()
    assert bases.adapter_folders(bases.MINI, own_home / "models")["memory"] == bundled


@pytest.fixture
def calibration(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Calibrating takes 45 s: the bundled model's own calibration stands for it; the folders it was asked for."""
    from finetune import retriever

    asked = []

    def calibrated(out: Path, *_: object) -> dict[str, dict[str, float]]:
        asked.append(out)
        shutil.copyfile(bases.BUNDLED / "retriever" / "retriever.json", out / "retriever.json")
        return {"valid": {"hit@1": 0.5}}

    monkeypatch.setattr(retriever, "calibrated", calibrated)
    return asked


def sbert(**more: bytes) -> dict[str, bytes]:
    """The bundled retriever's vectors as a sentence-transformers repository, with what nobody needs beside them."""
    home = bases.BUNDLED / "retriever"
    names = ("modules.json", "tokenizer.json", "model.safetensors", "config_sentence_transformers.json")
    return {name: (home / name).read_bytes() for name in names} | {"training_args.bin": PICKLE} | more


def test_an_sbert_becomes_the_retriever_calibrated_here(serve: Serve, own_home: Path, calibration: list[Path]) -> None:
    from ohlora_tui.memory.retriever import Retriever

    serve({SBERT: Repo(sbert())})
    found = models("import", SBERT)
    assert found.exit_code == 0 and "0.500" in found.output, found.output
    place = bases.retriever_folder(own_home / "models")
    assert place == own_home / "models" / "retriever" and place not in calibration and not (place / "training_args.bin").exists()
    assert Retriever.load(place).encode(["안녕"]).shape == (1, 256)
    came = origin.read(place)
    assert came and (came.source, came.commit) == (SBERT, commit(sbert()))
    assert "이미 그 판" in models("import", SBERT).output
    assert models("remove", "retriever", "--yes").exit_code == 0
    assert bases.retriever_folder(own_home / "models") == bases.BUNDLED / "retriever"


@pytest.mark.parametrize(
    ("modules", "said"), [(b'[{"type": "their_code.Module", "path": ""}]', "their_code"), (b"{", "modules.json")], ids=["code", "damaged"]
)
def test_a_retriever_that_would_run_others_code_is_refused(tmp_path: Path, own_home: Path, calibration: list[Path], modules: bytes, said: str) -> None:
    folder = written(tmp_path / "sbert", sbert() | {"modules.json": modules})
    assert said in refused("import", str(folder))[0] and calibration == [] and not (own_home / "models" / "retriever").exists()


def test_a_retriever_that_cannot_be_read_leaves_the_old_one(tmp_path: Path, own_home: Path) -> None:
    folder = written(tmp_path / "sbert", sbert() | {"tokenizer.json": b"{"})
    with pytest.raises(ModelError):
        adopting.adopt(str(folder), own_home / "models", adopting.Wish(), None, lambda name, more: None)
    assert bases.retriever_folder(own_home / "models") == bases.BUNDLED / "retriever"


def test_remove_takes_what_quantising_made_as_well(tmp_path: Path) -> None:
    from ohlora_tui.inventory import removable

    base, smaller = tmp_path / "models" / "polyglot" / "base", tmp_path / "quantized" / "polyglot-0123456789abcdef"
    other = tmp_path / "quantized" / "kanana-0123456789abcdef"
    for folder in (base, smaller, other):
        folder.mkdir(parents=True)
    assert set(removable("polyglot", "", tmp_path / "models")) == {base, smaller}
