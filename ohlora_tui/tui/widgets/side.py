"""The right pane: her face, what she recalled and why, what she newly keeps."""

from __future__ import annotations

from typing import Any

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from ohlora_tui.records import NEUTRAL, Expression, Recall, Turn
from ohlora_tui.tui.face.view import FaceView
from ohlora_tui.tui.strings import Say
from ohlora_tui.tui.text import one_line
from ohlora_tui.tui.widgets.plain import Part, PlainText
from ohlora_tui.tui.widgets.turn import change_line


def recall_parts(recalls: tuple[Recall, ...], say: Say) -> list[Part]:
    """`.93 내일 일정: 친구랑 카페` a line, best first; runners-up dim and marked as not used. A plan spoken of because its day has come has no score."""
    parts: list[Part] = []
    for recall in recalls:
        text = one_line(recall.text).removeprefix("[").removesuffix("]")
        score = say("due") if recall.due else "1.0" if recall.score >= 0.995 else f"{recall.score:.2f}"[1:]
        if parts:
            parts.append("\n")
        if recall.used:
            parts += [(f"{score} ", "bold $accent"), text]
        else:
            parts.append((f"{score} {text} ({say('not_used')})", "dim"))
        if recall.used and recall.words:
            parts.append((f"\n    {say('shared_words', words=one_line(', '.join(recall.words)))}", "dim"))
    return parts


class SidePane(VerticalScroll, can_focus=False):
    """Face and reasons of one turn."""

    def __init__(self, say: Say, animate: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._say = say
        self._lively = animate

    def compose(self) -> ComposeResult:
        yield FaceView(self._lively, id="face")
        yield PlainText(self._caption(NEUTRAL), id="face-caption")
        yield PlainText(self._say("recalled"), classes="pane-title")
        yield PlainText("", id="recalled")
        yield PlainText(self._say("new_memory"), classes="pane-title")
        yield PlainText("", id="new-memory")

    def show(self, turn: Turn | None) -> None:
        """Reasons of a turn, and her face in it if it has one. None: nothing said yet."""
        recalls = turn.recalls if turn else ()
        kept = turn.change if turn else None
        none = [(self._say("recalled_none"), "dim")]
        self.query_one("#recalled", PlainText).say(recall_parts(recalls, self._say) or none)
        nothing = [(self._say("new_memory_none"), "dim")]
        lines: list[Part] = [change_line(kept, self._say)] if kept else list(nothing)
        if kept and kept.reason:
            lines.append((f"\n{kept.reason}", "dim"))
        self.query_one("#new-memory", PlainText).say(lines)
        if turn is None or turn.expression:
            self.look((turn and turn.expression) or NEUTRAL)

    def look(self, expression: Expression) -> None:
        """Turn her face to this expression."""
        self.query_one(FaceView).expression = expression
        self.query_one("#face-caption", PlainText).say(self._caption(expression))

    def speaking(self, on: bool) -> None:
        """Her mouth moves while words come."""
        self.query_one(FaceView).speaking = on

    def _caption(self, e: Expression) -> list[Part]:
        return [(self._say("face", eyes=e.eyes, mouth=e.mouth, pose=e.pose), "dim")]
