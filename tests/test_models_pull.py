"""`ohlora models pull` against a hub on this machine: what comes is whole, what is wrong never stands in place, and each refusal says what to do."""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from ohlora_tui import bases, hub, origin, pulling
from ohlora_tui.engine.local import LocalEngine
from ohlora_tui.errors import ModelError
from ohlora_tui.heads import HEADS
from ohlora_tui.settings import Settings, load
from tests.examples import PLAIN
from tests.hub_server import Repo, commit
from tests.hub_stage import PICKLE, POLYGLOT, WEIGHTS, Serve, base_files, models, refused, serve_  # noqa: F401

pytestmark = pytest.mark.slow

FILES = {"config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json", WEIGHTS}


@pytest.fixture
def home(own_home: Path) -> Path:
    """Where the pulled polyglot lies."""
    return own_home / "models" / "polyglot" / "base"


def test_what_is_pulled_is_needed_is_right_and_says_where_it_came_from(serve: Serve, home: Path) -> None:
    server = serve({POLYGLOT: Repo(base_files())})
    found = models("pull", "polyglot")
    assert found.exit_code == 0, found.output
    assert {p.name for p in home.iterdir()} == FILES | {"origin.json"} and [p.name for p in home.parent.iterdir()] == ["base"]
    came = origin.read(home)
    assert came and (came.source, came.commit, came.licence) == (POLYGLOT, commit(base_files()), "apache-2.0")
    assert came.files == {name: hashlib.sha256(base_files()[name]).hexdigest() for name in FILES}
    assert "apache-2.0" in found.output and "MB" in found.output and came.commit[:7] in found.output
    assert all(name in found.output for name in HEADS) and "ohlora finetune" in found.output  # what is still missing, and the next step
    assert not [path for _, path, _ in server.asked if path.endswith((".bin", ".md"))]


@pytest.mark.models
def test_what_is_pulled_speaks(serve: Serve, own_home: Path) -> None:
    serve({POLYGLOT: Repo(base_files())})
    models("pull", "polyglot")
    engine = LocalEngine.load(bases.find("polyglot"), {}, Settings(home=own_home, answer_tokens=8))
    assert isinstance("".join(engine.stream(PLAIN, stop=threading.Event())), str) and engine.tokens > 0


def test_a_cut_line_is_taken_up_where_it_broke(serve: Serve, home: Path) -> None:
    server = serve({POLYGLOT: Repo(base_files())})
    server.cut[WEIGHTS] = [1000, 0, 5000]
    assert models("pull", "polyglot").exit_code == 0
    assert server.sent(WEIGHTS)[1::2] == ["", "bytes=1000-", "bytes=1000-", "bytes=6000-"]  # every second request is the storage's
    assert (home / WEIGHTS).read_bytes() == base_files()[WEIGHTS]


def test_a_line_that_falls_silent_is_cut_and_taken_up(serve: Serve, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DOWNLOAD_TIMEOUT", 0.2)
    server = serve({POLYGLOT: Repo(base_files())})
    server.silent[WEIGHTS] = [3000]
    assert models("pull", "polyglot").exit_code == 0
    assert server.sent(WEIGHTS)[-1] == "bytes=3000-"


def test_a_slow_line_ends(serve: Serve, home: Path) -> None:
    server = serve({POLYGLOT: Repo(base_files())})
    server.slow[WEIGHTS] = (len(base_files()[WEIGHTS]) // 20, 0.01)
    assert models("pull", "polyglot").exit_code == 0 and (home / WEIGHTS).is_file()


def test_a_hub_that_sends_the_whole_file_again_is_not_appended_to(serve: Serve, home: Path) -> None:
    server = serve({POLYGLOT: Repo(base_files())})
    server.cut[WEIGHTS], server.ranges = [1000], False
    assert models("pull", "polyglot").exit_code == 0
    assert (home / WEIGHTS).read_bytes() == base_files()[WEIGHTS]


def test_a_hub_that_is_busy_is_asked_again(serve: Serve, home: Path) -> None:
    server = serve({POLYGLOT: Repo(base_files())})
    server.failing |= {"api": [503], WEIGHTS: [429, 500]}
    assert models("pull", "polyglot").exit_code == 0 and home.is_dir()


def test_a_line_that_never_comes_back_is_said_and_gone_on_from_later(serve: Serve, home: Path) -> None:
    server = serve({POLYGLOT: Repo(base_files())})
    server.cut[WEIGHTS] = [7000, 0, 0, 0, 0]
    message, hint = refused("pull", "polyglot")
    assert "닿지 않아요" in message and "이어 받아요" in hint and not home.exists()
    before = len(server.asked)
    found = models("pull", "polyglot")
    assert found.exit_code == 0 and "남은" in found.output
    again = server.asked[before:]
    assert [told for method, path, told in again if path.endswith(WEIGHTS)] == ["bytes=7000-"] * 2
    assert not [path for _, path, _ in again if path.endswith("tokenizer.json")]  # it was whole already


def test_a_kill_leaves_what_the_next_pull_goes_on_from(serve: Serve, home: Path, tmp_path: Path) -> None:
    server = serve({POLYGLOT: Repo(base_files())})
    server.slow[WEIGHTS] = (2000, 0.05)
    environment = {
        **os.environ, "HF_ENDPOINT": server.url, "HF_HUB_OFFLINE": "0", "TRANSFORMERS_OFFLINE": "0", "NO_PROXY": "*",
        "HF_HUB_DISABLE_XET": "1", "HF_TOKEN": "hf_of_the_test", "HF_HOME": str(tmp_path / "hf"),
    }  # fmt: skip
    running = subprocess.Popen([sys.executable, "-c", "from ohlora_tui.verbs.models import app; app()", "pull", "polyglot"], env=environment, stderr=subprocess.PIPE)
    part = pulling.part_of(home)
    deadline = time.monotonic() + 60
    while not any(p.stat().st_size > 4000 for p in part.glob(f"{WEIGHTS}.*")):
        assert running.poll() is None and time.monotonic() < deadline, running.stderr and running.stderr.read().decode()
        time.sleep(0.01)
    running.send_signal(signal.SIGKILL)
    running.communicate()
    left = next(part.glob(f"{WEIGHTS}.*")).stat().st_size
    assert not home.exists() and 4000 < left < len(base_files()[WEIGHTS])
    assert {token for host, token in server.tokens if host.startswith("127.0.0.1")} == {"Bearer hf_of_the_test"}
    assert {token for host, token in server.tokens if host.startswith("localhost")} == {""}  # the storage never sees it
    assert all(POLYGLOT in path for _, path, _ in server.asked)  # nothing else is asked of the hub
    server.slow.clear()
    assert models("pull", "polyglot").exit_code == 0
    assert server.sent(WEIGHTS)[-1] == f"bytes={left}-" and (home / WEIGHTS).read_bytes() == base_files()[WEIGHTS]


@pytest.mark.parametrize("file", [WEIGHTS, "tokenizer.json"])
def test_a_wrong_checksum_is_refused_and_nothing_stands_in_place(serve: Serve, home: Path, file: str) -> None:
    server = serve({POLYGLOT: Repo(base_files())})
    body = base_files()[file]
    server.tampered[file] = body[:-9] + b"tampered!"
    message, hint = refused("pull", "polyglot")
    assert file in message and "체크섬" in message and "다시" in hint
    assert not home.exists() and not list(pulling.part_of(home).glob(f"{file}*"))
    server.tampered.clear()
    assert models("pull", "polyglot").exit_code == 0


def test_a_spoilt_beginning_of_an_earlier_run_is_fetched_anew(serve: Serve, home: Path) -> None:
    server = serve({POLYGLOT: Repo(base_files())})
    part = pulling.part_of(home)
    part.mkdir(parents=True)
    file = hub.HubFile(WEIGHTS, 0, hashlib.sha256(base_files()[WEIGHTS]).hexdigest())
    pulling.growing(part, file).write_bytes(b"\0" * 500)
    assert models("pull", "polyglot").exit_code == 0
    assert server.sent(WEIGHTS)[1::2] == ["bytes=500-", ""]


def test_more_than_the_hub_said_is_refused(serve: Serve, home: Path) -> None:
    server = serve({POLYGLOT: Repo(base_files())})
    server.tampered["config.json"] = base_files()["config.json"] + b" "
    assert "커요" in refused("pull", "polyglot")[0] and not home.exists()


def test_a_full_disk_is_said_before_a_byte_comes(serve: Serve, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = serve({POLYGLOT: Repo(base_files())})
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 9 * 10**8, pulling.SPARE + 10))  # type: ignore[attr-defined]
    message, hint = refused("pull", "polyglot")
    assert "디스크가 모자라요" in message and "200 MB" in message and "OHLORA_HOME" in hint
    assert not [path for _, path, _ in server.asked if "/resolve/" in path] and not home.parent.exists()


def test_a_disk_that_fills_up_on_the_way_is_said(serve: Serve, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    serve({POLYGLOT: Repo(base_files())})

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    message, hint = refused("pull", "polyglot")
    assert "가득" in message and "이어 받아요" in hint and not home.exists()


def test_a_place_that_cannot_be_written_is_said(serve: Serve, own_home: Path) -> None:
    serve({POLYGLOT: Repo(base_files())})
    own_home.write_text("a file where the folder should be")
    message, hint = refused("pull", "polyglot")
    assert "쓸 수 없어요" in message and "OHLORA_HOME" in hint


@pytest.mark.parametrize(
    ("gated", "token", "said"), [("401", "", "토큰 없이"), ("403", "hf_mine", "아직 허락되지 않았어요")], ids=["no-token", "not-allowed"]
)
def test_a_gated_model_says_where_to_ask(serve: Serve, home: Path, monkeypatch: pytest.MonkeyPatch, gated: str, token: str, said: str) -> None:
    server = serve({POLYGLOT: Repo(base_files(), gated=gated)})
    if token:
        monkeypatch.setenv("HF_TOKEN", token)
    message, hint = refused("pull", "polyglot")
    assert "허락" in message and said in message
    assert f"{server.url}/{POLYGLOT}" in hint and "HF_TOKEN" in hint and not home.exists()


def test_a_gated_model_comes_with_the_token(serve: Serve, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    serve({POLYGLOT: Repo(base_files(), gated="401")})
    monkeypatch.setenv("HF_TOKEN", "hf_allowed")
    assert models("pull", "polyglot").exit_code == 0 and home.is_dir()


@pytest.mark.parametrize("token", ["", "hf_mine"])
def test_a_missing_model_is_named(serve: Serve, monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    serve({})
    if token:
        monkeypatch.setenv("HF_TOKEN", token)
    message, hint = refused("pull", "nobody/nothing")
    assert "nobody/nothing" in message and "찾을 수 없어요" in message and "이름을 확인" in hint


def test_a_missing_revision_is_named(serve: Serve) -> None:
    serve({POLYGLOT: Repo(base_files())})
    assert "판" in refused("pull", "polyglot", "--revision", "v9")[0]


def test_offline_is_said_and_nothing_is_asked(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    server = serve({POLYGLOT: Repo(base_files())})
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    message, hint = refused("pull", "polyglot")
    assert "HF_HUB_OFFLINE" in message and "unset" in hint and server.asked == []


def test_no_network_is_said(serve: Serve) -> None:
    server = serve({})
    server.shutdown()
    server.server_close()
    message, hint = refused("pull", "polyglot")
    assert server.url in message and "닿지 않아요" in message and "인터넷" in hint


@pytest.mark.parametrize("page", [b"<html>log in</html>", b"{}", b"[]"])
def test_a_login_page_is_not_taken_for_a_hub(serve: Serve, page: bytes) -> None:
    server = serve({})
    server.page = page
    assert "허브처럼 답하지 않아요" in refused("pull", "polyglot")[0]


def test_a_name_that_is_no_repository_is_refused(serve: Serve) -> None:
    server = serve({})
    assert "저장소 이름" in refused("pull", "a b/c")[0] and server.asked == []


def only_pickle() -> dict[str, bytes]:
    return {name: body for name, body in base_files().items() if name != WEIGHTS}


def test_pickles_alone_are_refused(serve: Serve, home: Path) -> None:
    server = serve({POLYGLOT: Repo(only_pickle(), offers={3: ("someone", base_files())})})
    message, hint = refused("pull", "polyglot")
    assert "피클" in message and "코드" in message and "safetensors/convert" in hint
    assert not [path for _, path, _ in server.asked if "/resolve/" in path]  # another's offer is not believed either


def test_what_the_hubs_converter_offers_is_taken_at_its_commit(serve: Serve, home: Path) -> None:
    newer = base_files() | {"config.json": base_files()["config.json"] + b"\n"}
    serve({POLYGLOT: Repo(only_pickle(), offers={1: ("SFconvertbot", base_files()), 2: ("SFconvertbot", newer), 4: ("someone", only_pickle())})})
    assert models("pull", "polyglot").exit_code == 0
    came = origin.read(home)
    assert came and came.commit == commit(newer) and "pytorch_model.bin" not in came.files


def sharded(missing: str = "") -> dict[str, bytes]:
    names = [f"model-0000{i}-of-00002.safetensors" for i in (1, 2)]
    return {n: b for n, b in (only_pickle() | dict.fromkeys(names, b"part") | {pulling.INDEX: b"{}"}).items() if n != missing}


def plan_of(files: dict[str, bytes]) -> set[str]:
    listed = tuple(hub.HubFile(name, len(body), blob="0") for name, body in files.items())
    return {f.name for f in pulling.base_plan(hub.Repository("a/b", "c" * 40, "mit", listed)).files}


def test_shards_come_with_their_index() -> None:
    assert plan_of(sharded()) == FILES - {WEIGHTS} | {"model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", pulling.INDEX}


def test_one_whole_file_stands_before_shards() -> None:
    assert plan_of(sharded() | base_files()) == FILES


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (sharded("model-00002-of-00002.safetensors"), "model-00002-of-00002"),
        ({**base_files(), "config.json": None}, "config.json"),
        ({**base_files(), "tokenizer.json": None}, "토크나이저"),
        ({"adapter_config.json": b"{}"}, "어댑터"),
        ({"README.md": b""}, "가중치가 없어요"),
    ],
    ids=["shard", "config", "tokenizer", "adapter", "nothing"],
)
def test_a_repository_that_is_no_base_says_what_is_missing(files: dict[str, bytes | None], said: str) -> None:
    with pytest.raises(ModelError, match=said) as caught:
        plan_of({name: body for name, body in files.items() if body is not None})
    assert caught.value.hint


def test_a_file_without_checksum_is_refused() -> None:
    with pytest.raises(ModelError, match="체크섬을 알려 주지"):
        pulling.planned(hub.Repository("a/b", "c" * 40, "mit", (hub.HubFile("config.json", 3),)), ["config.json"])


@pytest.mark.parametrize(
    ("config", "said"),
    [({"model_type": "own", "auto_map": {"AutoModelForCausalLM": "m.M"}}, "코드"), ({"model_type": "vit"}, "글을 쓰는 모델"), (None, "config.json")],
)
def test_a_kind_that_cannot_be_loaded_is_refused_before_its_weights_come(serve: Serve, own_home: Path, config: object, said: str) -> None:
    body = b"not json" if config is None else json.dumps(config).encode()
    server = serve({"some/model": Repo(base_files() | {"config.json": body})})
    assert said in refused("pull", "some/model")[0]
    assert server.sent(WEIGHTS) == [] and not (own_home / "models" / "some--model" / "base").exists()


def test_a_second_pull_asks_nobody(serve: Serve, home: Path) -> None:
    server = serve({POLYGLOT: Repo(base_files())})
    models("pull", "polyglot")
    server.asked.clear()
    assert "이미 있어요" in models("pull", "polyglot").output and server.asked == []


def test_another_revision_takes_the_place_whole(serve: Serve, home: Path) -> None:
    files = base_files()
    server = serve({POLYGLOT: Repo(files)})
    models("pull", "polyglot")
    assert "이미 그 판" in models("pull", "polyglot", "--revision", "main").output
    server.repos[POLYGLOT].files = files | {"generation_config.json": b"{}"}
    assert models("pull", "polyglot", "--revision", "main").exit_code == 0
    assert (home / "generation_config.json").read_bytes() == b"{}" and [p.name for p in home.parent.iterdir()] == ["base"]


def test_a_kill_between_the_two_renames_is_mended(tmp_path: Path) -> None:
    old = tmp_path / "base.old"
    old.mkdir()
    (old / "config.json").write_text("{}")
    pulling.settle(tmp_path / "base")
    assert (tmp_path / "base" / "config.json").is_file() and not old.exists()


def test_two_pulls_of_one_model_do_not_write_into_each_other(serve: Serve, home: Path) -> None:
    serve({POLYGLOT: Repo(base_files())})
    with pulling.alone(home):
        assert "다른 곳에서" in refused("pull", "polyglot")[0]
    assert models("pull", "polyglot").exit_code == 0


def test_the_bundled_base_needs_no_pull(serve: Serve) -> None:
    server = serve({})
    assert "이미 이 컴퓨터에" in refused("pull", "mini")[0] and server.asked == []


def test_list_and_info_say_where_it_came_from(serve: Serve, home: Path) -> None:
    serve({POLYGLOT: Repo(base_files(), licence="mit"), "some/model": Repo(base_files("kanana"), licence="llama3")})
    models("pull", "polyglot")
    models("pull", "some/model")
    listed = {entry["name"]: entry for entry in json.loads(models("list", "--json").stdout)}
    assert listed["polyglot"]["here"] and listed["polyglot"]["origin"]["source"] == POLYGLOT and listed["polyglot"]["licence"] == "mit"
    assert listed["some/model"]["licence"] == "llama3" and listed["mini"]["origin"] is None and not listed["kanana"]["here"]
    assert "함께 옴" in models("list").output
    told = models("info", "polyglot").output
    assert commit(base_files()) in told and hashlib.sha256(base_files()[WEIGHTS]).hexdigest() in told
    assert "models pull kanana" in models("info", "kanana").output


def test_info_notices_a_file_that_changed(serve: Serve, home: Path) -> None:
    serve({POLYGLOT: Repo(base_files())})
    models("pull", "polyglot")
    assert "모두 그대로" in models("info", "polyglot", "--check").output
    (home / WEIGHTS).write_bytes(b"other")
    (home / "tokenizer.json").unlink()
    found = models("info", "polyglot", "--check", "--json")
    assert found.exit_code == 1 and {Path(p).name for p in json.loads(found.stdout)["changed"]} == {WEIGHTS, "tokenizer.json"}


def test_a_damaged_note_is_named(serve: Serve, home: Path) -> None:
    serve({POLYGLOT: Repo(base_files())})
    models("pull", "polyglot")
    (home / origin.NAME).write_text("{")
    assert origin.NAME in refused("list")[0]


def test_remove_asks_and_takes_what_was_pulled(serve: Serve, home: Path) -> None:
    serve({POLYGLOT: Repo(base_files())})
    models("pull", "polyglot")
    assert models("remove", "polyglot", stdin="n\n").exit_code == 1 and home.is_dir()
    assert models("remove", "polyglot", stdin="y\n").exit_code == 0 and not home.exists()
    assert "이 컴퓨터에 없어요" in refused("remove", "polyglot", "--yes")[0]


def test_what_came_in_the_package_is_never_removed() -> None:
    for name in ("mini", "retriever"):
        assert "함께 온" in refused("remove", name, "--yes")[0]
    assert bases.local_folder(bases.MINI, load().pulled_models) and (bases.BUNDLED / "retriever").is_dir()


def test_a_folder_of_ones_own_is_not_removed(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "config.json").write_text("{}")
    assert "직접 지워" in refused("remove", str(tmp_path / "own"), "--yes")[1] and (tmp_path / "own" / "config.json").is_file()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_a_bar_and_a_log_gets_a_few_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    from ohlora_tui.verbs.fetching import bar

    told = {}
    for out in (Terminal(), io.StringIO()):
        monkeypatch.setattr(sys, "stderr", out)
        with bar(2_000_000) as progress:
            for _ in range(100):
                progress("[model].safetensors", 20_000)
        told[type(out)] = out.getvalue()
    assert "[model].safetensors" in told[Terminal] and "2.0/2.0 MB" in told[Terminal]
    assert 15 < len(told[io.StringIO].splitlines()) < 25 and told[io.StringIO].endswith("2.0/2.0 MB\n")


def test_nothing_unsafe_is_ever_asked_for() -> None:
    assert PICKLE and not [n for n in (*pulling.CONFIGS, *pulling.TOKENIZER, pulling.WHOLE) if n.endswith(pulling.PICKLED)]
