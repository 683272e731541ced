"""Starting: the environment before Textual, light imports, the first paint."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ohlora_tui.tui.bootstrap import prepare

ROOT = Path(__file__).parent.parent
HEAVY = {"torch", "transformers", "peft", "sentence_transformers", "sklearn", "sqlite_utils", "scipy", "pandas", "llguidance"}

FIRST_PAINT_S = 1.5
"""Processor seconds from the first import to the first paint: 1 s and what a slower machine needs; waiting for others is not counted."""

FIRST_PAINT = """
import sys, time, json
began = time.process_time()
sys.path.insert(0, {root!r})
from ohlora_tui.tui.bootstrap import prepare
prepare()
from ohlora_tui.settings import Settings
from ohlora_tui.tui.app import build_app
from tests.fake_chat import FakeConversation
import asyncio
async def main():
    app = build_app(FakeConversation(), Settings(animate=False))
    painted = {{}}
    app.chat.call_after_refresh(lambda: painted.setdefault("s", time.process_time() - began))
    async with app.run_test(size=(120, 36)) as pilot:
        while not painted:
            await pilot.pause(0.01)
    print(json.dumps({{"s": painted["s"], "modules": [m for m in sys.modules if "." not in m]}}))
asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("env", "value"),
    [
        ({"TERM_PROGRAM": "iTerm.app"}, "1"),
        ({"LC_TERMINAL": "iTerm2"}, "1"),
        ({"TERM_PROGRAM": "iTerm.app", "TEXTUAL_DISABLE_KITTY_KEY": "0"}, "0"),
        ({"TERM_PROGRAM": "ghostty"}, None),
    ],
)
def test_iterm_gets_no_kitty_keys_unless_the_user_wants_them(env: dict[str, str], value: str | None) -> None:
    prepare(env)
    assert env.get("TEXTUAL_DISABLE_KITTY_KEY") == value


def test_numpy_gets_one_core_unless_the_user_gives_it_more() -> None:
    for env, cores in (({}, "1"), ({"OPENBLAS_NUM_THREADS": "4"}, "4")):
        prepare(env)
        assert env["OPENBLAS_NUM_THREADS"] == cores


def test_bootstrap_sets_the_environment_before_textual_is_there() -> None:
    code = (
        "import os, sys\n"
        "from ohlora_tui.tui.bootstrap import prepare\n"
        "from ohlora_tui import cli, settings\n"
        "settings.load()\n"
        "assert not {'textual', 'numpy'} & sys.modules.keys()\n"
        "prepare()\n"
        "from textual import constants\n"
        "assert constants.DISABLE_KITTY_KEY\n"
    )
    env = {"TERM_PROGRAM": "iTerm.app", "PATH": "", "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", code], env=env, check=True, timeout=30)


def test_the_first_paint_needs_no_models_and_comes_within_a_second() -> None:
    done = subprocess.run([sys.executable, "-c", FIRST_PAINT.format(root=str(ROOT))], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert HEAVY.isdisjoint(found["modules"])
    assert found["s"] < FIRST_PAINT_S, found["s"]


@pytest.mark.parametrize("running", [True, False])
def test_work_that_ends_while_the_app_goes_down_ends_quietly(running: bool) -> None:
    import asyncio
    from types import SimpleNamespace

    from textual.css.query import NoMatches

    from ohlora_tui.tui.work import told

    @told
    async def fill_a_pane(screen: object) -> None:
        raise NoMatches("the pane is gone")

    screen = SimpleNamespace(app=SimpleNamespace(is_running=running))
    if running:
        with pytest.raises(NoMatches):
            asyncio.run(fill_a_pane(screen))
    else:
        asyncio.run(fill_a_pane(screen))


UNDER_ANOTHER = """
import os, subprocess, sys
os.environ["OHLORA_HOME"] = sys.argv[1]
import signal
signal.signal(signal.SIGHUP, lambda *_: None)  # as make does: it takes the hang-up and waits for its child
child = subprocess.Popen([sys.executable, "-m", "ohlora_tui", "chat"])
open(sys.argv[2], "w").write(str(child.pid))
child.wait()
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminal")
def test_an_app_whose_window_is_closed_ends_also_where_another_process_takes_the_hang_up(tmp_path: Path) -> None:
    import os
    import pty
    import select
    import time

    noted = tmp_path / "pid"
    leader, window = pty.fork()
    if not leader:
        os.chdir(ROOT)
        os.environ["TERM"] = "xterm-256color"
        os.execv(sys.executable, [sys.executable, "-c", UNDER_ANOTHER, str(tmp_path / "home"), str(noted)])
    drawn, end = b"", time.monotonic() + 60
    while b"\x1b[?1049h" not in drawn or not noted.is_file():  # the app has taken the screen
        assert time.monotonic() < end, drawn[-500:]
        if select.select([window], [], [], 0.1)[0]:
            drawn += os.read(window, 65536)
    os.close(window)
    while time.monotonic() < end:
        if os.waitpid(leader, os.WNOHANG)[0]:
            return
        time.sleep(0.1)
    os.kill(int(noted.read_text()), 9)
    os.waitpid(leader, 0)
    raise AssertionError("the app went on without its terminal")
