"""How fast a turn is and what it holds, ours beside the predecessor's way: same process, same model, same threads, same turns.

subject -> ours: load, a turn, memory -> theirs: load -> the turns, ours and theirs by turns -> report

A turn is an answer, a memory, a summary and an expression; the side heads read the written answer in both ways. What is given is the
median over the turns, from the fastest to the slowest. Both run in the model's own thread (`engine/thread.py`). Memory is what the whole process would hold with one of them, torch included.
"""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from evaluate.holding import Load, held_gib, weights_gib
from evaluate.metrics import Measure
from evaluate.predecessor import Copies, Spent
from evaluate.report import Table, number
from evaluate.subjects import Progress, Subject, lengths
from ohlora_tui.devices import device
from ohlora_tui.engine.local import LocalEngine
from ohlora_tui.engine.quantized import Int8Linear, let_go
from ohlora_tui.engine.thread import MODEL_THREAD
from ohlora_tui.heads import HEADS
from ohlora_tui.records import Turn

GOALS = {"memory_gib": 0.30, "first_s": 0.25, "turn_s": 0.5}
"""Ours as a share of the predecessor's: at most this, at full size on a CPU (the project's goal)."""
NAMES = {
    "memory_gib": "메모리 (GiB)", "weights_gib": "가중치만 (GiB)", "first_s": "첫 글자 (초)", "tokens_per_s": "대답의 토큰/초",
    "turn_s": "한 턴 (초)", "turn_cpu_s": "한 턴의 CPU (초)", "retries": "다시 뽑은 수", "load_s": "읽기 (초)",
}  # fmt: skip


def run(subject: Subject, turns: Sequence[Turn], progress: Progress = lambda line: None) -> dict[str, Any]:
    """{"current", "predecessor", "ratio", "goal", "how"} for `turns` (each with a written answer, summary and expression)."""
    import torch

    torch.manual_seed(0)  # of the predecessor's sampling
    load, where = Load(), device()
    _libraries()
    let_go()
    bare = held_gib(where)
    engine, ours, how = _ours(subject, turns[0], progress)
    let_go()
    before = held_gib(where)
    copies = MODEL_THREAD.run(lambda: subject.theirs(progress))
    pairs = list(_turn_by_turn(engine, copies, subject, turns, progress))
    now, then = (measures([pair[at] for pair in pairs]) for at in (0, 1))
    now, then = now | ours, then | _theirs(copies, bare + held_gib(where) - before) | {"retries": spread([b.retries for _, b in pairs])}
    engine.close()
    let_go()
    ratio = {name: now[name].value / then[name].value for name in (*GOALS, "turn_cpu_s") if then[name].value}
    how |= {"device": where, "threads": MODEL_THREAD.run(torch.get_num_threads), "others_cores": load.others(), "bare_gib": bare, "memory_computed": copies.computed}
    how |= {"random": subject.quota is not None, "steps": [a.steps for a, _ in pairs] if subject.quota else []}
    return {"current": now, "predecessor": then, "ratio": ratio, "goal": GOALS, "how": how}


def _ours(subject: Subject, turn: Turn, progress: Progress) -> tuple[LocalEngine, dict[str, Measure], dict[str, Any]]:
    """(the engine, what it holds after a turn, what it is)."""
    began = time.perf_counter()
    engine = MODEL_THREAD.run(lambda: subject.ours(progress))
    loaded = time.perf_counter() - began
    our_turn(engine, turn, subject)
    model = engine._model
    found = {"memory_gib": _one(held_gib(device())), "weights_gib": _one(weights_gib([model]))}
    found |= {} if subject.quota else {"load_s": _one(loaded)}  # random weights are made, not read
    return engine, found, {"dtype": str(model.dtype).removeprefix("torch."), "quantize": _kind(model)}


def _theirs(copies: Copies, held: float) -> dict[str, Measure]:
    """What the four copies hold; `held` GiB: the process without ours."""
    missing = 3 * weights_gib(copies.models.values()) if copies.computed else 0.0
    return {"memory_gib": _one(held + missing), "weights_gib": _one(_weights_of(copies))}


def _turn_by_turn(engine: LocalEngine, copies: Copies, subject: Subject, turns: Sequence[Turn], progress: Progress) -> Iterator[tuple[Spent, Spent]]:
    """(ours, theirs) of every turn, one right after the other: a busy minute of a shared machine must not fall on one way alone."""
    for at, turn in enumerate(turns, 1):
        progress(f"{at}/{len(turns)} 우리 방식, 이어서 예전 방식")
        mine = our_turn(engine, turn, subject)
        yield mine, MODEL_THREAD.run(lambda: copies.turn(turn, mine.steps or None))  # noqa: B023 run at once


def our_turn(engine: LocalEngine, turn: Turn, subject: Subject | None = None) -> Spent:
    """One turn in chat's order: the answer streamed (a large base writes the memory beside it), face and summary, memory."""
    spent, stop = Spent(), threading.Event()
    quota = subject.quota if subject else None
    wanted = lengths(engine._tokenizer, turn) if quota else {}

    def wrote(name: str, limit: int, call: Callable[[], Any]) -> None:
        if quota:
            quota.begin(limit)
        call()
        if quota and name not in spent.steps:
            spent.steps[name] = quota.steps

    def answer() -> None:
        for _ in engine.stream(turn, stop=stop, remember=True):
            spent.first = spent.first or time.perf_counter() - began
        spent.answer, spent.tokens = time.perf_counter() - began, engine.tokens
        if quota and engine._beside:  # the longer of the two went on alone
            spent.steps |= {"output_message": wanted["output_message"], "memory": engine._beside[1].tokens}

    began, cpu = time.perf_counter(), time.process_time()
    wrote("output_message", wanted.get("output_message", 0), answer)
    wrote("summary", wanted.get("summary", 0), lambda: engine.after(turn, [HEADS["summary"], HEADS["eyes_mouth_pose"]], stop=stop))
    wrote("memory", 0, lambda: engine.memory(turn, stop=stop))
    spent.total, spent.cpu = time.perf_counter() - began, time.process_time() - cpu
    if quota:
        spent.steps |= {name: wanted[name] for name in ("summary", "eyes_mouth_pose")}
    return spent


def measures(spent: Sequence[Spent]) -> dict[str, Measure]:
    return {
        "first_s": spread([s.first for s in spent]),
        "tokens_per_s": spread([s.tokens / s.answer if s.answer else 0.0 for s in spent]),
        "turn_s": spread([s.total for s in spent]),
        "turn_cpu_s": spread([s.cpu for s in spent]),
    }


def spread(values: Sequence[float]) -> Measure:
    """The median, from the least to the most: of a handful of turns an interval would say less."""
    return Measure(statistics.median(values), min(values), max(values), len(values))


def tables(found: dict[str, Any]) -> Iterator[Table]:
    """Ours beside the predecessor's, from a report as JSON values."""
    now, then, how = found["current"], found["predecessor"], found["how"]
    rows: list[tuple[str, ...]] = [(NAMES[name], _cell(now.get(name)), _cell(then.get(name)), *_judged(found, name), str((then | now)[name]["n"])) for name in NAMES if name in then | now]
    yield f"속도와 메모리 ({_about(how)})", ("무엇", "지금", "예전 방식", "비", "목표", "n"), rows
    if how["random"]:
        yield "무작위 가중치", ("",), [(line,) for line in RANDOM_NOTES]


RANDOM_NOTES = (
    "글의 길이는 써 둔 줄의 길이로 맞추고, 두 방식에 같은 수의 토큰을 쓰게 했어요.",
    "예전 방식의 다시 뽑기는 0번으로 셌어요 (무작위로는 꼴이 맞을 수 없어서, 예전 방식에 유리하게).",
)


def _about(how: dict[str, Any]) -> str:
    kind = how["dtype"] if how["quantize"] == "none" else how["quantize"]
    computed = ", 네 벌의 메모리는 한 벌로 계산" if how["memory_computed"] else ""
    return f"{how['device']}, {kind}, 스레드 {how['threads']}개, 다른 일이 쓴 코어 {how['others_cores']:.1f}개{computed}"


def _judged(found: dict[str, Any], name: str) -> tuple[str, str]:
    """(ratio, goal with whether it is met)."""
    ratio, goal = found["ratio"].get(name), found["goal"].get(name)
    met = "" if ratio is None or goal is None else "✓" if ratio <= goal else "✗"
    return "" if ratio is None else f"{ratio:.2f}", "" if goal is None else f"≤ {goal:.2f} {met}"


def _cell(value: dict[str, Any] | None) -> str:
    if value is None:
        return ""
    return number(value["value"]) + (f" ({number(value['low'])}–{number(value['high'])})" if value["n"] > 1 else "")


def _libraries() -> None:
    """What both ways need is in memory before either is weighed: else it would count as ours, who come first."""
    import llguidance
    import peft
    from transformers import AutoModelForCausalLM, GenerationMixin

    assert all((llguidance, peft, AutoModelForCausalLM, GenerationMixin))  # lazy names are loaded when they are read


def _one(value: float) -> Measure:
    return Measure(value, value, value, 1)


def _weights_of(copies: Copies) -> float:
    return weights_gib(copies.models.values()) * (len(HEADS) if copies.computed else 1)


def _kind(model: Any) -> str:
    """How the weights are held, as they are and not as they were asked for."""
    if any(isinstance(m, Int8Linear) for m in model.modules()):
        return "int8"
    return "4bit" if getattr(model, "is_loaded_in_4bit", False) else "none"
