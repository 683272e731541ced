"""What the stories of pull and import share: tiny models as a hub's repositories, and a way out to the hub on this machine alone."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.hub_server import HubServer, Repo, folder, serving
from tests.tiny_models import build

POLYGLOT = "EleutherAI/polyglot-ko-1.3b"
WEIGHTS = "model.safetensors"
PICKLE = b"\x80\x04cposix\nsystem\n."
Serve = Callable[[dict[str, Repo]], HubServer]


@cache
def _built(shape: str) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as made:
        build(shape, Path(made))
        return folder(Path(made))


def base_files(shape: str = "polyglot") -> dict[str, bytes]:
    """A tiny base as its author uploads it, with what nobody needs beside it."""
    mine = {name.removeprefix("base/"): body for name, body in _built(shape).items() if name.startswith("base/")}
    return {**mine, "README.md": b"# card", "pytorch_model.bin": PICKLE, ".gitattributes": b"*.bin lfs"}


def adapter_files(head: str, shape: str = "polyglot") -> dict[str, bytes]:
    """An adapter as the predecessor's author uploads one: the base by a Windows path, the tokenizer, the trainer's pickle beside it."""
    mine = {name.removeprefix(f"adapters/{head}/"): body for name, body in _built(shape).items() if name.startswith(f"adapters/{head}/")}
    config = json.loads(mine["adapter_config.json"]) | {
        "base_model_name_or_path": "C:\\Users\\20151\\Documents\\AI_Projects\\2025_05_02_OhLoRA_v2/llm/models/polyglot_original",
        "init_lora_weights": "gaussian",
    }
    newer = ("alora_invocation_tokens", "arrow_config", "ensure_weight_tying", "peft_version", "target_parameters", "use_qalora")
    config = {key: value for key, value in config.items() if key not in newer}  # peft of May 2025 did not write these
    tokenizer = {name: body for name, body in base_files(shape).items() if name.startswith("tokenizer")}
    return {**mine, **tokenizer, "adapter_config.json": json.dumps(config).encode(), "training_args.bin": PICKLE, "README.md": b"---\nbase_model: x\n---"}


@pytest.fixture(name="serve")
def serve_(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Serve]:
    """Starts a hub with the given repositories and makes it the one that is asked; no token, no waiting between tries."""
    from huggingface_hub import constants
    from huggingface_hub.utils import close_session

    from ohlora_tui import hub as door

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "no-token"))
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(door, "WAITS", (0.0,) * 3)
    monkeypatch.setattr(door, "ASKS", (0.0,) * 2)
    with ExitStack() as stack:

        def start(repos: dict[str, Repo]) -> HubServer:
            server = stack.enter_context(serving(repos))
            monkeypatch.setattr(constants, "ENDPOINT", server.url)
            monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", server.url + "/{repo_id}/resolve/{revision}/{filename}")
            return server

        yield start
        close_session()


def models(*words: str, stdin: str | None = None) -> Result:
    """`ohlora models WORDS…` in this process."""
    from ohlora_tui.verbs.models import app

    return CliRunner().invoke(app, list(words), input=stdin)


def refused(*words: str) -> tuple[str, str]:
    """The sentence and the next step that `ohlora models WORDS…` ends with."""
    from ohlora_tui.errors import ModelError

    found = models(*words).exception
    assert isinstance(found, ModelError), found
    assert found.hint
    return found.message, found.hint
