"""What is said and kept while a head is trained: losses, speed and samples for whoever looks, checkpoints for whoever stops."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from finetune.sft import samples_of
from ohlora_tui.errors import DataError
from ohlora_tui.heads import Head
from ohlora_tui.records import Row

SHOWN = 2
"""Valid rows that are written after each pass, for the eye."""


@dataclass(frozen=True, slots=True)
class Step:
    """Where a training stands: for the progress bar and the loss curve."""

    head: str
    step: int
    steps: int
    epoch: float
    loss: float | None = None  # mean of the last steps, nats a target token
    valid: float | None = None  # after a pass
    tokens_per_s: float | None = None  # of examples, padding not counted
    left_s: float | None = None  # seconds to the last step, early stopping aside
    note: str = ""  # a sentence for the user


Progress = Callable[[Step], None]


def teller(head: str, progress: Progress, tokens_a_pass: int) -> Any:
    """A trainer callback that passes every logged loss on, with speed and time left. Only the first process speaks."""
    from transformers import TrainerCallback

    class Teller(TrainerCallback):
        def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            self.began, self.first, self.passed = time.monotonic(), int(state.global_step), float(state.epoch or 0.0)

        def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, float] | None = None, **_: Any) -> None:
            logs = logs or {}
            if not state.is_world_process_zero or not {"loss", "eval_loss"} & logs.keys():
                return
            spent, done, epoch = time.monotonic() - self.began, state.global_step - self.first, state.epoch or 0.0
            known = done > 0 and spent > 0
            speed = (epoch - self.passed) * tokens_a_pass / spent if known else None
            left = (state.max_steps - state.global_step) * spent / done if known else None
            progress(Step(head, state.global_step, state.max_steps, epoch, logs.get("loss"), logs.get("eval_loss"), speed, left))

    return Teller()


def shower(task: Head, tokenizer: Any, rows: Sequence[Row], progress: Progress) -> Any:
    """A trainer callback that lets the head write SHOWN valid rows after each pass."""
    from transformers import TrainerCallback

    class Shower(TrainerCallback):
        def on_evaluate(self, args: Any, state: Any, control: Any, model: Any = None, **more: Any) -> None:
            if not state.global_step or not state.is_world_process_zero:
                return
            whole = getattr(model, "module", model)  # without the wrapper of several processes
            for row, (_, _, wrote) in zip(rows, samples_of(task, whole, tokenizer, rows[:SHOWN]), strict=False):
                read = row.turn.answer if task.name == "eyes_mouth_pose" else row.turn.message
                note = f"{read[:40]} → {' '.join(wrote.split())[:80]}"
                progress(Step(task.name, state.global_step, state.max_steps, state.epoch or 0.0, note=note))

    return Shower()


def keeper(every_s: float) -> Any:
    """A trainer callback that keeps a checkpoint at least every `every_s` seconds: what a kill -9 in a long pass loses."""
    from transformers import TrainerCallback

    class Keeper(TrainerCallback):
        def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            self.kept = time.monotonic()

        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            if time.monotonic() - self.kept >= every_s:
                control.should_save = True

        def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            self.kept = time.monotonic()

    return Keeper()


@contextmanager
def stops_softly(trainer: Any) -> Iterator[Callable[[], bool]]:
    """Ctrl+C inside: the step is finished and a checkpoint kept; the yielded function then says True."""
    from transformers import TrainerCallback

    asked: list[int] = []

    class Stopper(TrainerCallback):
        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            if asked:
                control.should_save = control.should_training_stop = True

    trainer.add_callback(Stopper())
    try:
        before = signal.signal(signal.SIGINT, lambda number, frame: asked.append(number))
    except ValueError:  # not the main thread: nobody can press Ctrl+C here
        yield lambda: False
        return
    try:
        yield lambda: bool(asked)
    finally:
        signal.signal(signal.SIGINT, before)


def newest_checkpoint(out: Path) -> str:
    """The newest whole checkpoint of an interrupted training. DataError if there is none."""
    found = whole_checkpoints(out)
    if not found:
        raise DataError(f"{out}에 이어서 할 학습이 없어요.", "--resume 없이 처음부터 시작해 주세요.")
    return str(found[-1])


def whole_checkpoints(out: Path) -> list[Path]:
    """The checkpoints of an interrupted training that a kill did not cut off, the oldest first."""
    folders = sorted((out / "checkpoints").glob("checkpoint-*"), key=lambda p: int(p.name.split("-")[1]))
    return [folder for folder in folders if _is_whole(folder)]


def _is_whole(checkpoint: Path) -> bool:
    """Its state is written last: one that was cut off by a kill has none, or half of one."""
    try:
        return bool(json.loads((checkpoint / "trainer_state.json").read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return False
