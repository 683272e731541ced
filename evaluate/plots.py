"""Predicted against true, drawn in the terminal and as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from evaluate.retrieval import Told
from ohlora_tui.errors import OhLoraError
from ohlora_tui.pools import Pool

Points = tuple[list[float], list[float]]
KINDS = (".png", ".svg")


def points(pools: Sequence[Pool], told: Sequence[Told]) -> Points:
    """(true grades, graded similarities) of all pairs."""
    return [g for p in pools for g in p.grades], [float(x) for t in told for x in t.graded]


def terminal(found: Points, width: int = 64, height: int = 18) -> str:
    """A scatter as text, for a terminal of at least `width` columns."""
    import plotext

    plotext.clear_figure()
    plotext.theme("clear")
    plotext.plotsize(width, height)
    plotext.scatter(*_jittered(found), marker="braille")
    plotext.xlabel("정답")
    plotext.ylabel("예측")
    plotext.ylim(0, 1)
    return str(plotext.build())


def picture(found: Points, path: Path) -> None:
    """The scatter as PNG or SVG by the name's ending. OhLoraError for another ending or a place that cannot be written."""
    if path.suffix.lower() not in KINDS:
        raise OhLoraError(f"--plot 파일 {path}의 끝이 {path.suffix or '비어 있는 것'}이에요.", f"{' 또는 '.join(KINDS)}로 끝나게 적어 주세요.")
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(5, 5))
    axes.scatter(*_jittered(found), s=3, alpha=0.25)
    axes.plot([0, 1], [0, 1], linewidth=1, color="grey")
    axes.set(xlabel="true grade", ylabel="predicted", xlim=(-0.05, 1.05), ylim=(-0.05, 1.05))
    try:
        figure.savefig(path, dpi=150)
    except OSError as wrong:
        raise OhLoraError(f"{path}에 그림을 쓸 수 없어요: {wrong.strerror}.", "다른 자리를 --plot에 적어 주세요.") from wrong
    finally:
        pyplot.close(figure)


def _jittered(found: Points) -> Points:
    """True grades are a few levels: spread sideways by up to .02 so that the crowd shows."""
    rng = np.random.default_rng(0)
    return [x + float(d) for x, d in zip(found[0], rng.uniform(-0.02, 0.02, len(found[0])), strict=True)], found[1]
