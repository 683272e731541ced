"""The losses of a training, drawn: as text for the terminal and as a picture beside the adapter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

Curve = Mapping[str, Sequence[tuple[float, float]]]
"""name -> [(where in the training, loss)]."""


def of_tenths(curve: Mapping[str, Sequence[float]]) -> Curve:
    """A curve of losses at each tenth."""
    return {name: [(float(n), loss) for n, loss in enumerate(losses, 1)] for name, losses in curve.items()}


def terminal(curve: Curve, label: str, width: int = 64, height: int = 14) -> str:
    """The curve as text, for a terminal of at least `width` columns; "" if there is nothing to draw."""
    import plotext

    drawn = {name: points for name, points in curve.items() if points}
    if not drawn:
        return ""
    plotext.clear_figure()
    plotext.theme("clear")
    plotext.plotsize(width, height)
    for name, points in drawn.items():
        plotext.plot([x for x, _ in points], [y for _, y in points], label=name)
    plotext.xlabel(label)
    return str(plotext.build())


def picture(curve: Curve, path: Path, label: str) -> None:
    """The curve as PNG."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(6, 4))
    for name, points in curve.items():
        axes.plot([x for x, _ in points], [y for _, y in points], label=name, marker="o" if len(points) < 12 else None)
    axes.set(xlabel=label, ylabel="loss (nats a target token)")
    axes.legend()
    figure.savefig(path, dpi=120)
    pyplot.close(figure)
