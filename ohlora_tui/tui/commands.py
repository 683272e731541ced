"""One table of commands: slash names, palette entries, help lines and keys all come from here."""

from __future__ import annotations

import difflib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """`action`: the screen's action_<name>. `names`: slash names, Korean first. `key`: what to press, as help shows it."""

    action: str
    names: tuple[str, ...]
    key: str = ""

    @property
    def title(self) -> str:
        """Key of its line in strings.py."""
        return f"cmd_{self.action}"


COMMANDS = (
    Command("new", ("새대화", "new"), "ctrl+n"),
    Command("memory", ("기억", "memory"), "F4"),
    Command("find", ("찾기", "find"), "F5"),
    Command("regenerate", ("다시", "again"), "ctrl+r"),
    Command("copy", ("복사", "copy"), "ctrl+y"),
    Command("undo", ("되돌리기", "undo"), "u ㅕ"),
    Command("stop", ("멈춤", "stop"), "Esc"),
    Command("sessions", ("대화", "sessions"), "F2"),
    Command("side", ("얼굴", "face"), "F3"),
    Command("rename", ("이름", "rename"), "r ㄱ"),
    Command("delete", ("지우기", "delete"), "d ㅇ"),
    Command("help", ("도움말", "help"), "F1"),
    Command("quit", ("종료", "quit", "exit"), "ctrl+q"),
)

BY_NAME = {name: command for command in COMMANDS for name in command.names}


@dataclass(frozen=True, slots=True)
class Slash:
    """A line that begins with `/`: the command it names (None: no such name) and what stands behind it."""

    name: str
    rest: str
    command: Command | None

    @property
    def near(self) -> tuple[str, ...]:
        """Names that look like the unknown one, at most three."""
        return tuple(difflib.get_close_matches(self.name, list(BY_NAME), n=3, cutoff=0.5))


def parse(text: str) -> Slash | None:
    """`/이름 새 이름` -> its Slash. None for talk: several lines, no slash, or `//` and `/ ` where the slash is meant."""
    line = text.strip()
    if not line.startswith("/") or line[1:2] in ("", " ", "/") or "\n" in line:
        return None
    name, _, rest = line[1:].partition(" ")
    return Slash(f"/{name}", rest.strip(), BY_NAME.get(name.lower()))


def matching(start: str) -> list[Command]:
    """Commands one of whose names begins with `start` (without the slash), for the hint above the prompt."""
    return [c for c in COMMANDS if any(name.startswith(start.lower()) for name in c.names)]
