"""What must be in the environment before Textual and numpy are imported, and the one door through which the CLI starts the app."""

from __future__ import annotations

import os
from collections.abc import MutableMapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ohlora_tui.settings import Settings
    from ohlora_tui.tui.port import Conversation


def prepare(environ: MutableMapping[str, str] | None = None) -> None:
    """Environment that libraries read once, at import. A value the user set is never touched.

    numpy's OpenBLAS keeps every core spinning between our small products: an answer takes as long on one (0.1 s), with half the
    processor time, and beside another program that uses the cores 0.1 s instead of 0.4.
    iTerm2 drops Korean typing while the Kitty key protocol is on (its IME commits come as escape codes Textual cannot read).
    """
    env = os.environ if environ is None else environ
    env.setdefault("OPENBLAS_NUM_THREADS", "1")
    iterm = env.get("TERM_PROGRAM") == "iTerm.app" or env.get("LC_TERMINAL") == "iTerm2"
    if iterm:
        env.setdefault("TEXTUAL_DISABLE_KITTY_KEY", "1")


def run(conversation: Conversation, settings: Settings, session: int | None = None) -> int:
    """Run the app until the user leaves; the exit code. `session`: id to resume, None = the one open there."""
    prepare()
    from ohlora_tui.tui.app import build_app

    app = build_app(conversation, settings, session=session)
    app.run()
    return app.return_code or 0
