"""F1: every key and command on one page, made from the table of commands."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from ohlora_tui.tui.commands import COMMANDS
from ohlora_tui.tui.strings import Say
from ohlora_tui.tui.widgets.plain import Part, PlainText

KEY_COLUMN = 12
NAME_COLUMN = 24


def padded(text: str, cells: int) -> str:
    """`text` and spaces up to a column; Hangul is two columns wide."""
    return text + " " * max(cells - cell_len(text), 1)


def key_lines(submit_key: str, say: Say) -> list[tuple[str, str]]:
    """(key, what it does) of all that is no command."""
    newline = newline_key(submit_key)
    return [
        (key_label(submit_key), say("key_submit")),
        (key_label(newline), say("key_line")),
        ("ctrl+p", say("key_palette")),
        ("Tab", say("key_focus")),
        ("↑ ↓", say("key_turns")),
        ("c ㅊ", say("key_copy_turn")),
        ("u ㅕ", say("key_undo_turn")),
        ("r ㄱ, d ㅇ", say("key_session")),
    ]


def newline_key(submit_key: str) -> str:
    """The one of the two keys that does not submit."""
    return "ctrl+j" if submit_key == "enter" else "enter"


def key_label(key: str) -> str:
    return "Enter" if key == "enter" else key


class HelpScreen(ModalScreen[None]):
    """Keys and commands."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,f1,q,ㅂ", "app.pop_screen", show=False)]

    def __init__(self, submit_key: str, say: Say) -> None:
        super().__init__(classes="ask")
        self._submit_key = submit_key
        self._say = say

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="box wide-box"):
            yield PlainText(self._say("help_title"), classes="box-title")
            yield PlainText(self._parts())
            yield PlainText([(self._say("help_close"), "dim")], classes="box-foot")

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()

    def _parts(self) -> list[Part]:
        say = self._say
        parts: list[Part] = [(f"{say('help_commands')}\n", "bold $accent")]
        for command in COMMANDS:
            names = " ".join(f"/{name}" for name in command.names)
            parts += [(padded(command.key, KEY_COLUMN), "bold"), (padded(names, NAME_COLUMN), "$success")]
            parts.append(f"{say(command.title)}\n")
        parts.append((f"\n{say('help_keys')}\n", "bold $accent"))
        for key, what in key_lines(self._submit_key, say):
            parts += [(padded(key, KEY_COLUMN), "bold"), f"{what}\n"]
        return [*parts, (f"\n{say('help_about')}", "dim")]
