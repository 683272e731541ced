"""The widget that shows her: eased between expressions, blinking and breathing while someone can see it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from rich.segment import Segment
from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from ohlora_tui.records import NEUTRAL, Expression
from ohlora_tui.tui.face.glyph import glyph
from ohlora_tui.tui.face.look import EASE_S, Look, between, look_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

IDLE_FPS = 8
"""Looks per second at her idle face; a look at which nothing moved costs nothing. A blink of a quarter second needs 8."""
FLOW_FPS = 2
"""Hair, stars and breath move in steps of half a second: each step changes every row, which costs Textual 10 ms; a blink only a few."""
LIVELY_FPS = 16
"""While her expression changes or she talks."""


class FaceView(Widget):
    """Half-block portrait; a line of characters where colours are off. Still (and timer-less) without animation."""

    expression: reactive[Expression] = reactive(NEUTRAL, init=False)
    speaking: reactive[bool] = reactive(False, init=False)

    def __init__(self, animate: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._lively = animate
        self._codes: NDArray[np.int64] | None = None
        self._shown: tuple[Look, float, int, int] | None = None
        self._from = self._to = look_of(NEUTRAL)
        self._changed_at = -EASE_S
        self._born = time.monotonic()
        self._timer: Timer | None = None
        self._fps = IDLE_FPS
        self._started = False
        self.frames = 0

    def on_mount(self) -> None:
        # numpy costs 0.1 s to import: the face comes right after the first paint, not before it
        self.call_after_refresh(self._start)

    def _start(self) -> None:
        self._started = True
        self._frame()
        if self._lively and not self.app.no_color:
            self._timer = self.set_interval(1 / IDLE_FPS, self._tick)

    @property
    def _now(self) -> float:
        """Seconds of her life; 0 for ever where nothing moves."""
        return time.monotonic() - self._born if self._lively else 0.0

    @property
    def look(self) -> Look:
        """The face at this moment, on its way to the expression."""
        part = (self._now - self._changed_at) / EASE_S if self._lively else 1.0
        return between(self._from, self._to, part)

    def watch_expression(self, expression: Expression) -> None:
        self._from, self._to, self._changed_at = self.look, look_of(expression), self._now
        self._frame()
        self._pace()

    def watch_speaking(self) -> None:
        self._frame()
        self._pace()

    def _pace(self) -> None:
        """Faster frames while something moves fast, slow ones when idle."""
        lively = self.speaking or self._now - self._changed_at < EASE_S
        fps = LIVELY_FPS if lively else IDLE_FPS
        if self._timer and fps != self._fps:
            self._fps = fps
            self._timer.stop()
            self._timer = self.set_interval(1 / fps, self._tick)

    def _tick(self) -> None:
        if self.seen:
            self._frame()
            self._pace()

    @property
    def seen(self) -> bool:
        """Is it on the screen in front, or dimmed behind a question? Nothing is computed while it is hidden."""
        front = self.app.screen is self.screen or self.app.screen.is_modal
        return front and self.display and self.size.area > 0 and self.region.overlaps(self.screen.region)

    def _frame(self) -> None:
        """Compute the next picture and refresh the rows that changed."""
        width, height = self.size
        if not self.is_mounted or width < 1 or height < 1:
            return
        if self.app.no_color:
            self.refresh()
            return
        from ohlora_tui.tui.face.cells import changed_rows, rounded
        from ohlora_tui.tui.face.draw import alive
        from ohlora_tui.tui.face.portrait import portrait

        now = self._now
        look = alive(self.look, now, self.speaking) if self._lively else self.look
        t = int(now * FLOW_FPS) / FLOW_FPS
        if self._shown == (look, t, width, height):
            return
        self._shown = (look, t, width, height)
        codes = rounded(portrait(look, t, width, height * 2))
        rows = changed_rows(self._codes, codes)
        self._codes = codes
        self.frames += 1
        if rows:
            self.refresh(*(Region(0, row, width, 1) for row in rows))

    def on_resize(self) -> None:
        if self._started:
            self._frame()

    def render_line(self, y: int) -> Strip:
        width, height = self.size
        if self.app.no_color:
            line = glyph(self.expression) if y == height // 2 else ""
            return Strip([Segment(f"{line:^{width}}", self.rich_style)], width)
        codes = self._codes
        if codes is None or codes.shape != (height * 2, width):
            return Strip.blank(width, self.rich_style)
        from ohlora_tui.tui.face.cells import segments

        return Strip(segments(codes, y), width)
