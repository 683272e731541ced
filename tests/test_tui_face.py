"""Her face: 36 expressions, moves only where someone sees it, cheap."""

from __future__ import annotations

import time

import numpy as np
import pytest

from ohlora_tui.records import EXPRESSIONS, NEUTRAL, Expression
from ohlora_tui.tui.face.cells import changed_rows, rounded
from ohlora_tui.tui.face.draw import BLINK_S, BLINKS, blink, draw
from ohlora_tui.tui.face.glyph import glyph
from ohlora_tui.tui.face.look import Look, between, look_of
from ohlora_tui.tui.face.portrait import portrait
from ohlora_tui.tui.face.view import IDLE_FPS, FaceView
from tests.tui_stage import stage

SIZES = [(32, 14), (36, 18), (42, 21)]
FRAME_BUDGET_S = 0.003


def fingerprint(e: Expression, width: int = 30, height: int = 15) -> tuple[str, str]:
    text = draw(e, 0, width, height)
    return text.plain, str([(s.start, s.end, str(s.style)) for s in text.spans])


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_all_36_expressions_look_different(width: int, height: int) -> None:
    pictures = [portrait(look_of(e), 0, width, height * 2).astype(int) for e in EXPRESSIONS]
    nearest = min(np.abs(a - b).max(axis=2).astype(bool).sum() for i, a in enumerate(pictures) for b in pictures[:i])
    assert nearest >= 6  # pixels, of the two that are most alike


def test_the_drawing_is_pure_and_of_the_size_asked() -> None:
    assert fingerprint(NEUTRAL) == fingerprint(NEUTRAL)
    assert len({fingerprint(e) for e in EXPRESSIONS}) == 36
    lines = draw(NEUTRAL, 1.5, 20, 9).plain.split("\n")
    assert [len(line) for line in lines] == [20] * 9


def test_the_glyph_faces_are_36_and_equally_wide() -> None:
    faces = {glyph(e) for e in EXPRESSIONS}
    assert len(faces) == 36
    assert {len(face) for face in faces} == {9}


def test_easing_begins_and_ends_at_rest() -> None:
    a, b = look_of(NEUTRAL), look_of(Expression("아주 크게", "아주 크게", "많이"))
    assert between(a, b, 0) == a
    assert between(a, b, 1) == b
    assert a.open < between(a, b, 0.5).open < b.open


def test_she_blinks_now_and_then_and_her_eyes_are_open_at_second_zero() -> None:
    closed = [blink(i / 100) for i in range(int(sum(BLINKS) * 100))]
    assert closed[0] == 0 and max(closed) > 0.8
    share = sum(c > 0 for c in closed) / len(closed)
    assert share == pytest.approx(len(BLINKS) * BLINK_S / sum(BLINKS), rel=0.1)


def test_a_blink_changes_a_few_rows_only() -> None:
    rest = rounded(portrait(look_of(NEUTRAL), 0, 32, 32))
    open_eyes = look_of(Expression("크게"))
    assert changed_rows(rest, rest) == []
    assert 0 < len(changed_rows(rest, rounded(portrait(open_eyes, 0, 32, 32)))) <= 8


def test_one_frame_costs_under_three_milliseconds() -> None:
    looks = [look_of(e) for e in EXPRESSIONS]
    costs = [frame_cost(look, index / 6) for index, look in enumerate(looks)]
    assert sorted(costs)[len(costs) // 4] < FRAME_BUDGET_S  # the quiet quarter: what else the machine does is not our cost


def frame_cost(look: Look, at: float) -> float:
    """Processor seconds of one frame, the least of three."""
    costs = []
    for _ in range(3):
        began = time.thread_time()
        rounded(portrait(look, at, 32, 32))
        costs.append(time.thread_time() - began)
    return min(costs)


async def test_without_animation_nothing_runs_and_the_face_still_changes() -> None:
    async with stage(size=(100, 30)) as s:
        face = s.chat.query_one(FaceView)
        await s.until(lambda: face.frames)
        before, codes = face.frames, face._codes
        await s.pilot.pause(0.3)
        assert face._timer is None and face.frames == before
        face.expression = Expression("아주 크게", "아주 크게", "많이")
        assert changed_rows(codes, face._codes)  # type: ignore[arg-type]
        assert face.look == look_of(face.expression)


async def test_she_moves_slowly_when_idle_and_not_at_all_when_hidden() -> None:
    async with stage(size=(100, 30), animate=True) as s:
        face = s.chat.query_one(FaceView)
        await s.until(lambda: face.frames > 1)
        before = face.frames
        await s.pilot.pause(0.5)
        assert face.frames - before <= 0.5 * IDLE_FPS + 2
        await s.pilot.press("f3")
        await s.pilot.pause()
        assert not face.seen
        before = face.frames
        await s.pilot.pause(0.5)
        assert face.frames == before
        await s.pilot.press("f3", "f4")  # shown again, but behind the memories
        await s.pilot.pause()
        assert not face.seen


async def test_without_colour_her_face_is_a_line_of_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with stage(size=(100, 30)) as s:
        face = s.chat.query_one(FaceView)
        lines = ["".join(seg.text for seg in face.render_line(y)) for y in range(face.size.height)]
        assert [line.strip() for line in lines if line.strip()] == [glyph(NEUTRAL)]
