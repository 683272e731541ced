"""One turn in the middle pane: what the user said, what she says, what she keeps of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from textual import events
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.message import Message

from ohlora_tui.records import Change, Turn
from ohlora_tui.tui.strings import Say
from ohlora_tui.tui.text import clock_text, one_line
from ohlora_tui.tui.widgets.plain import Part, PlainText

CARET = "▌"
"""Stands behind her words while more are coming."""


def change_line(change: Change, say: Say) -> str:
    """＋ 내일 일정: 친구랑 카페"""
    memory = one_line(f"{change.memory.key}: {change.memory.value}")
    return say(f"op_{change.op}", text=memory)


class TurnView(Vertical):
    """Shows a Turn and follows it while it is made. `turn` is the newest known state of it."""

    class Chosen(Message):
        """The user clicked this turn."""

        def __init__(self, view: TurnView) -> None:
            super().__init__()
            self.view = view

    class UndoAsked(Chosen):
        """The user clicked the memory line."""

    def __init__(self, turn: Turn, say: Say, now: datetime, lang: str = "ko") -> None:
        super().__init__(classes="turn")
        self.turn = turn
        self.live = False
        self.waiting = ""
        self.undone = False
        self._say = say
        self._now = now
        self._lang = lang

    def compose(self) -> ComposeResult:
        with Container(classes="me-row"):
            yield PlainText(self._me(), classes="me")
        yield PlainText(self._hers(), classes="hers")
        yield PlainText(self._extra(), classes="extra")

    def on_mount(self) -> None:
        self._show()

    @property
    def at(self) -> datetime:
        """When it was said, in the user's own time zone."""
        return (self.turn.at or self._now).astimezone(self._now.tzinfo)

    def begin(self, waiting: str) -> None:
        """Wait for (new) words; `waiting` is shown until the first one comes."""
        self.turn = replace(self.turn, answer="", recalls=(), change=None, expression=None, notes=(), state="open")
        self.live, self.waiting, self.undone = True, waiting, False
        self._show()

    def add(self, text: str) -> None:
        """More of her answer. Call it for a batch of pieces, not for each: one call costs 2-3 ms of screen time."""
        self.turn = replace(self.turn, answer=self.turn.answer + text)
        self._show()

    def take(self, turn: Turn, live: bool = False) -> None:
        """Show this state of the turn; live: more is coming."""
        self.turn, self.live = turn, live
        self._show()

    def mark_undone(self) -> None:
        self.undone = True
        self._show()

    def _show(self) -> None:
        if not self.is_mounted:
            return
        self.query_one(".hers", PlainText).say(self._hers())
        extra = self.query_one(".extra", PlainText)
        parts = self._extra()
        extra.display = bool(parts)
        extra.say(parts)

    def _me(self) -> list[Part]:
        return [self.turn.message, (f"\n{clock_text(self.at, self._lang)}", "dim")]

    def _hers(self) -> list[Part]:
        parts: list[Part] = [(self._say("her"), "bold $accent"), "\n"]
        if self.turn.answer:
            parts.append(self.turn.answer)
        elif self.live:
            parts.append((self.waiting, "dim italic"))
        if self.live and self.turn.answer:
            parts.append((CARET, "$accent"))
        return parts

    def _extra(self) -> list[Part]:
        """Her new memory, how the turn ended if not well, and every note, one line each."""
        lines: list[list[Part]] = []
        if change := self.turn.change:
            kept = change.op in ("ADD", "SUPERSEDE")
            tail = self._say("undone") if self.undone else self._say("undo_hint") if kept else ""
            line: list[Part] = [(change_line(change, self._say), "$success" if kept and not self.undone else "dim")]
            lines.append([*line, (f"  {tail}", "dim")] if tail else line)
        if not self.live and self.turn.state in ("stopped", "failed"):
            lines.append([(self._say(self.turn.state), "$warning")])
        lines += [[(f"※ {note}", "$warning")] for note in self.turn.notes]
        return [part for index, line in enumerate(lines) for part in ([("\n", ""), *line] if index else line)]

    def on_click(self, event: events.Click) -> None:
        hit = event.widget
        undo = hit is not None and hit.has_class("extra") and event.y == 0 and self.turn.change is not None
        self.post_message(self.UndoAsked(self) if undo else self.Chosen(self))
