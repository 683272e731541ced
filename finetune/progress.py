"""A training as it is seen: a bar on a terminal, plain lines in a log."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from finetune.watch import Progress, Step


def plain(step: Step) -> None:
    """One line an event, on stderr."""
    print(line(step), file=sys.stderr, flush=True)


def line(step: Step) -> str:
    """`memory 20/60 1.00 loss 0.5123 valid 0.4001 812 tok/s 0:01:12 left`."""
    if step.note:
        return f"{step.head} {step.note}"
    told = [f"{name} {value:.4f}" for name, value in (("loss", step.loss), ("valid", step.valid)) if value is not None]
    if step.tokens_per_s is not None:
        told.append(f"{step.tokens_per_s:,.0f} tok/s")
    if step.left_s is not None:
        told.append(f"{clock(step.left_s)} left")
    return f"{step.head} {step.step}/{step.steps} {step.epoch:.2f} {' '.join(told)}"


def clock(seconds: float) -> str:
    """1:02:03."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"


@contextmanager
def bar() -> Iterator[Progress]:
    """A bar for each head with loss, speed and time left; losses of a pass and samples stand above it. Plain lines where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield plain
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar
    from rich.text import Text

    console = Console(stderr=True)
    columns = (TextColumn("{task.fields[head]}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[told]}"), TimeElapsedColumn())
    tasks: dict[str, int] = {}
    with Bar(*columns, console=console) as shown:

        def tell(step: Step) -> None:
            if step.note:
                shown.console.print(Text(f"  {step.note}"))
                return
            if step.head not in tasks:
                tasks[step.head] = shown.add_task("", total=step.steps, head=step.head, told="")
            if step.valid is not None:
                shown.console.print(Text(f"  {step.epoch:.0f}번째 보기: 검증 손실 {step.valid:.4f}"))
                return
            left = f" · {clock(step.left_s)} 남음" if step.left_s is not None else ""
            speed = f" · {step.tokens_per_s:,.0f} tok/s" if step.tokens_per_s is not None else ""
            shown.update(tasks[step.head], completed=step.step, total=step.steps, told=f"손실 {step.loss or 0:.3f}{speed}{left}")  # type: ignore[arg-type]

        yield tell
