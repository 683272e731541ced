"""The pairs that teach the embedder what belongs together: written memory lines, the lexicon, persona rows, plans and times."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from finetune.wordings import Line as Wording
from ohlora_tui.errors import DataError
from ohlora_tui.pools import Line
from ohlora_tui.records import Row
from ohlora_tui.words import content

LINE_COLUMNS = ("data_type", "memory", "message", "kind")
ALSO, ALSO_COLUMNS = "also.tsv", ("data_type", "message", "memory")
"""Beside the lines: memories of other lines that help with a held-out message as well (memory_lines/README.md)."""
SMALL_TALK = frozenset("인사 정체 이름 나이 성격 능력 감사 칭찬 심심 놀이 사과 한마디 소개 reaction".split())
"""Topics of persona rows whose first messages no memory helps: more examples of silence."""

PLAN_QUESTIONS = (
    "{} 뭐 입지", "{} 입을 옷이 없네", "{} 뭐 챙겨 가야 하지?", "{} 나 뭐 하기로 했더라?", "{} 몇 시에 나가야 돼?", "{} 일찍 일어나야 하는데",
    "{} 비 온대 어떡하지", "{} 무슨 신발 신을까", "{} 기대된다", "{} 약속 있었나?", "{} 시간 괜찮으려나", "{} 화장하고 나갈까?",
)  # fmt: skip
PLAN_TIMES = ("오늘", "내일", "모레", "이번 주", "이번 주말", "다음 주", "토요일", "일요일", "다음 달")


def read_lines(path: Path) -> list[Line]:
    """Lines of a TSV with the header `data_type memory message kind`, with what `also.tsv` beside it says of them; DataError names the bad line."""
    rows = _table(path, LINE_COLUMNS, lambda cells: bool(cells[2]) and bool(cells[1]) != (cells[3] == "none"))
    beside = path.with_name(ALSO)
    also: dict[str, set[str]] = {}
    for _, message, memory in _table(beside, ALSO_COLUMNS, all) if beside.is_file() else ():
        also.setdefault(message, set()).add(memory)
    return [Line(split, memory, message, kind, frozenset(also.get(message, ()))) for split, memory, message, kind in rows]


def _table(path: Path, columns: tuple[str, ...], good: Callable[[list[str]], bool]) -> list[list[str]]:
    rows = [row.split("\t") for row in path.read_text(encoding="utf-8-sig").splitlines()]
    if not rows or tuple(rows[0]) != columns:
        raise DataError(f"{path} 1번째 줄이 {' '.join(columns)}이 아니에요.", "머리줄을 고쳐 주세요.")
    for number, cells in enumerate(rows[1:], 2):
        if len(cells) != len(columns) or not good(cells):
            raise DataError(f"{path} {number}번째 줄의 칸이 맞지 않아요: {cells}.", "머리줄의 열을 탭으로 나눠 주세요.")
    return rows[1:]


def line_pairs(lines: Sequence[Line]) -> list[tuple[str, str]]:
    """(memory, message) of the training lines."""
    return [(line.memory, line.message) for line in lines if line.split == "train" and line.memory]


def silent(lines: Sequence[Line], rows: Sequence[Row]) -> list[str]:
    """Messages that need no memory: `none` lines and first messages of small talk, training split only."""
    talk = [
        r.turn.message
        for r in rows
        if r.topic in SMALL_TALK and not r.turn.recalls and not r.turn.change and not r.turn.last_summary
    ]
    return [line.message for line in lines if line.split == "train" and not line.memory] + talk


def lexicon_pairs(path: Path, drawn: int, seed: int) -> list[tuple[str, str]]:
    """(headword, 2-4 of the things people say around it), `drawn` draws a headword; half of them in the form of a memory."""
    rng = np.random.default_rng(seed)
    pairs = []
    for row in path.read_text(encoding="utf-8-sig").splitlines():
        head, _, around = row.partition("\t")
        said = [w.strip() for w in around.split(",") if w.strip()]
        for turn in range(drawn if len(said) >= 2 and head != "headword" else 0):
            chosen = rng.choice(said, min(len(said), int(rng.integers(1, 5))), replace=False)
            pairs.append((head if turn % 2 else f"[{rng.choice(LEXICON_KEYS)}: {head}]", " ".join(chosen)))
    return pairs


LEXICON_KEYS = ("취미", "고민", "요즘", "좋아하는 것", "오늘 일정", "내일 일정", "상태", "관심사", "이번 주 일정", "하는 일")


def row_pairs(rows: Sequence[Row]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """(message, answer) of every row, and (memory, message) of rows whose answer really speaks of the memory it recalls or that write one."""
    answers = [(r.turn.message, r.turn.answer) for r in rows]
    memories = [(r.turn.memory.text, r.turn.message) for r in rows if r.turn.memory]
    for row in rows:
        spoken = set(content(row.turn.answer))
        memories += [(c.text, row.turn.message) for c in row.turn.recalls if spoken & set(content(c.memory.value))]
    return answers, memories


def plan_pairs(lines: Sequence[Line], rows: Sequence[Row], count: int, seed: int) -> list[tuple[str, str]]:
    """(`[내일 일정: X]`, a question about 내일): plans of the training data under random times, asked about by the same time."""
    rng = np.random.default_rng(seed)
    texts = [line.memory for line in lines if line.split == "train"] + [r.turn.memory.text for r in rows if r.turn.memory]
    plans = sorted({t.strip("[]").split(": ", 1)[1] for t in texts if "일정:" in t or "계획:" in t})
    pairs = []
    for _ in range(count):
        when = str(rng.choice(PLAN_TIMES))
        key = f"{when} 일정" if rng.random() < 0.8 else when
        pairs.append((f"[{key}: {rng.choice(plans)}]", str(rng.choice(PLAN_QUESTIONS)).format(when)))
    return pairs


def wording_pairs(lines: Sequence[Wording], rows: Sequence[Row]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """(two wordings of one message), and (wording, answer), of the training rows."""
    answers = {(r.scenario, r.turn.message): r.turn.answer for r in rows if r.split == "train"}
    known = [(line, answers[line.scenario, line.message]) for line in lines if (line.scenario, line.message) in answers]
    alike = [pair for line, _ in known for pair in _paired((line.message, *line.wordings))]
    return alike, [(text, answer) for line, answer in known for text in line.wordings]


ALIKE = 10
"""Pairs of wordings a message: with up to nine wordings all pairs are 45, and the training would hear of little else."""


def _paired(texts: Sequence[str]) -> list[tuple[str, str]]:
    """Every text with the next ones, until ALIKE pairs are found: each stands in about as many as any other."""
    n = len(texts)
    found = ((texts[i], texts[i + step]) for step in range(1, n) for i in range(n - step))
    return list(islice(found, ALIKE))


HELD_QUESTIONS = {
    "valid": (
        "{} 옷 뭐 입고 가지",
        "{} 나갈 때 뭐 들고 가지?",
        "{} 뭐 하는 날이지?",
        "{} 몇 시까지 가야 하더라",
        "{} 머리 감고 나가야겠지",
    ),
    "test": (
        "{} 입고 나갈 거 골라 줘",
        "{} 준비물 뭐 있지",
        "{} 무슨 약속 있었지?",
        "{} 늦으면 안 되는데",
        "{} 어떻게 가는 게 빠를까",
    ),
}
"""Questions about a time, worded as no training question is."""


def plan_lines(lines: Sequence[Line], split: str, seed: int) -> list[Line]:
    """One line for each plan of a held-out split: the plan under a random time, asked about by that time."""
    rng = np.random.default_rng(seed)
    plans = sorted(
        {line.memory.strip("[]").split(": ", 1)[1] for line in lines if line.split == split and "일정:" in line.memory}
    )
    made = []
    for at, plan in enumerate(plans * 2):
        when = PLAN_TIMES[at % len(PLAN_TIMES)]
        made.append(Line(split, f"[{when} 일정: {plan}]", str(rng.choice(HELD_QUESTIONS[split])).format(when), "plan"))
    return made
