"""What `ohlora eval` measures of memory: the retriever and v1 on pools of the written lines or of a pairs CSV, the keeper on its cases."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ohlora_tui.errors import DataError

if TYPE_CHECKING:
    from ohlora_tui.memory.retriever import Retriever
    from ohlora_tui.pools import Pool

V1_THRESHOLD = 0.6
"""Cosine from which the first versions read a memory in practice; at the .95 they shipped with they were silent for half."""
SEED = 20261126
"""Of the pools: one draw a message, the same at every run."""


def retriever_report(folder: Path | None, pairs: Path | None, cases: Path | None, compare: bool, plot: Path | None) -> dict[str, Any]:
    """{"data", "retriever"}: the report of one retriever; `plot` writes the scatter as well. DataError names a bad line."""
    from evaluate import compare as tables
    from evaluate import known, plots
    from ohlora_tui.bases import BUNDLED
    from ohlora_tui.memory.retriever import Retriever

    asked = case_pools(cases) if cases else []  # a bad file is named before minutes are spent
    place = folder or BUNDLED / "retriever"
    found = Retriever.load(place)
    about, pools = pools_of(found, pairs)
    fitted = pairs is not None and (place / known.FILE).is_file()
    now = known.told(place, found, pools) if fitted else tables.current(found.judged, pools)
    v1 = _v1(pools) if compare else None
    report = tables.report(pools, now, v1, found.threshold, V1_THRESHOLD)
    if asked:
        report["cases"] = cases_report(found, asked)
    if not pairs:
        report["topic"] = topic_report(found)
    scatter = plots.points(pools, now)
    if plot:
        plots.picture(scatter, plot)
    return {"data": about | {"retriever": found.fingerprint}, "retriever": report, "scatter": plots.terminal(scatter)}


def pools_of(retriever: Retriever, pairs: Path | None) -> tuple[dict[str, Any], list[Pool]]:
    """(what the data are, one pool a message): the bundled test lines, or every message of a CSV with all its memories."""
    from ohlora_tui.pools import draw

    if pairs:
        from ohlora_tui.dataset import read_pairs

        found = read_pairs(pairs)
        return {"pairs": str(pairs), "pairs_sha256": _hash(pairs), "n_pairs": len(found)}, pooled(found)
    path = lines_path()
    lines = [line for line in read_lines() if line.split == "test"]
    pools = draw(lines, retriever.encode, SEED, 1)
    about = {"pairs": "memory_lines test", "pairs_sha256": _hash(path), "n_pairs": sum(len(p.memories) for p in pools), "n_messages": len(pools)}
    return about, pools


def pooled(pairs: Sequence[Any]) -> list[Pool]:
    """Each message of a pairs CSV with its memories; the highest gold is the memory that belongs to it, none if all are 0."""
    from ohlora_tui.pools import Pool

    by_message: dict[str, dict[str, float]] = {}
    for pair in pairs:
        by_message.setdefault(pair.message, {})[pair.memory] = pair.gold
    pools = []
    for message, golds in by_message.items():
        grades = tuple(golds.values())
        pools.append(Pool(message, tuple(golds), grades.index(max(grades)) if max(grades) > 0 else -1, grades))
    return pools


def case_pools(path: Path) -> list[Pool]:
    """One pool a case of a JSON list of {"memories", "message", "gold"}; DataError names the bad one."""
    from ohlora_tui.pools import Pool

    pools = []
    for number, case in enumerate(_cases(path), 1):
        try:
            memories, message, gold = tuple(case["memories"]), str(case["message"]), case["gold"]
            at = memories.index(gold) if gold is not None else -1
        except (KeyError, TypeError, ValueError) as wrong:
            raise DataError(f"{path} {number}번째 항목을 읽을 수 없어요: {wrong}.", '{"memories": [...], "message": "…", "gold": 기억이나 null}') from wrong
        pools.append(Pool(message, memories, at, tuple(float(i == at) for i in range(len(memories)))))
    return pools


def cases_report(retriever: Retriever, pools: Sequence[Pool]) -> dict[str, Any]:
    """hit@1, mrr, precision, recall and false_fire on the cases."""
    from evaluate import compare, retrieval

    measures = retrieval.measure(pools, compare.current(retriever.judged, pools), retriever.threshold)
    return {name: measures[name] for name in ("hit@1", "mrr", "precision", "recall", "false_fire")}


def topic_report(retriever: Retriever) -> dict[str, Any]:
    """Pairs of turns, judged one by one: is the summary carried where the matter goes on, and dropped where another starts?"""
    from evaluate.metrics import share
    from finetune import topics
    from ohlora_tui.topic import goes_on

    clear = [p for p in topics.read(topics.JUDGED) if p.split == "test" and p.same is not None]
    vectors = retriever.encode([text for p in clear for text in (p.message, p.summary)])
    told = [(p.same, goes_on(p.message, p.summary, float(a @ b))) for p, a, b in zip(clear, vectors[::2], vectors[1::2], strict=True)]
    return {
        "carried": share([now for same, now in told if same]),
        "dropped": share([not now for same, now in told if not same]),
        "right": share([same == now for same, now in told]),
        "unclear": sum(p.same is None for p in topics.read(topics.JUDGED) if p.split == "test"),
    }


def _cases(path: Path) -> list[Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as wrong:
        raise DataError(f"{path} 파일을 읽을 수 없어요: {wrong.strerror}.", "경로를 확인해 주세요.") from wrong
    except ValueError as wrong:
        raise DataError(f"{path} 파일이 올바른 JSON이 아니에요: {wrong}.", "항목의 목록인지 확인해 주세요.") from wrong
    if not isinstance(found, list) or not found:
        raise DataError(f"{path} 파일이 항목의 목록이 아니에요.", '[{"memories": [...], "message": "…", "gold": null}] 꼴로 적어 주세요.')
    return found


def keeper_report() -> dict[str, Any]:
    """{"data", "keeper"}: what the keeper does with written cases that nobody looked at while it was made."""
    import evaluate
    from evaluate import keeping

    path = Path(evaluate.__path__[0]) / "data" / "keeper_unseen.jsonl"
    cases = keeping.read(path)
    return {"data": {"cases_sha256": _hash(path), "n_cases": len(cases)}, "keeper": keeping.report(cases)}


def _v1(pools: Sequence[Pool]) -> list[Any]:
    """v1's recipe, trained now on its 40 lines from the general table that ships, and what it says of the pools."""
    from evaluate.compare import baseline
    from finetune import v1
    from ohlora_tui.bases import BUNDLED

    train = [line for line in read_lines() if line.split == "train"]
    return baseline(v1.train(BUNDLED / "retriever", v1.pairs_of(train, SEED), SEED), pools)


def lines_path() -> Path:
    import finetune

    return Path(finetune.__path__[0]) / "data" / "memory_lines" / "lines.tsv"


def read_lines() -> list[Any]:
    from finetune.pairs import read_lines as read

    return read(lines_path())


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
