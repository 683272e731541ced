"""`ohlora eval`: measure the retriever and the heads on lines that were never trained on; every run is kept in the store."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from ohlora_tui.errors import OhLoraError

app = typer.Typer(help="견주고 재어요: 기억 검색과 기억 지킴이, 머리 넷의 성적과 속도를 표로 보여 줘요.", invoke_without_command=True, rich_markup_mode=None)

PARTS = ("retriever", "keeper", "heads", "speed")
USUAL = PARTS[:3]
"""Measured where nothing is asked for. Speed loads four copies of the base: only when asked."""
BASELINES = ("v1",)


@app.callback()
def run(
    context: typer.Context,
    compare: Annotated[str | None, typer.Option("--compare", help="v1: 예전 방식과 나란히 견줘요 (기억 검색).")] = None,
    only: Annotated[str | None, typer.Option("--only", help=f"무엇을 잴지: {', '.join(PARTS)}. 없으면 speed만 빼고 모두.")] = None,
    pairs: Annotated[Path | None, typer.Option("--pairs", help="기억-말 쌍 CSV (예전 판과 같은 열). 없으면 함께 온 시험 줄.")] = None,
    cases: Annotated[Path | None, typer.Option("--cases", help="기억 목록과 말, 정답을 적은 JSON도 함께 재요.")] = None,
    retriever: Annotated[Path | None, typer.Option("--retriever", help="검색 모델 폴더. 없으면 함께 온 것.")] = None,
    plot: Annotated[Path | None, typer.Option("--plot", help="예측과 정답의 그림을 이 파일에 (.png, .svg).")] = None,
    base: Annotated[str | None, typer.Option("--base", help="기반 모델: mini, polyglot, 폴더, Hugging Face 아이디.")] = None,
    data: Annotated[Path | None, typer.Option("--data", help="CSV 파일이나 폴더. 없으면 함께 온 페르소나 자료.")] = None,
    split: Annotated[str, typer.Option("--split", help="어느 줄로 잴지: test, valid.")] = "test",
    quantize: Annotated[str | None, typer.Option("--quantize", help="가중치를 줄여 읽어요: none, int8 (CPU), 4bit (NVIDIA GPU).")] = None,
    random: Annotated[str | None, typer.Option("--random", help="속도를 이 크기의 무작위 가중치로 재요: polyglot (13억).")] = None,
    turns: Annotated[int | None, typer.Option("--turns", help="속도를 몇 턴으로 잴지. 없으면 10, 무작위 가중치는 3.")] = None,
    as_json: Annotated[str | None, typer.Option("--json", metavar="FILE", help="보고서를 JSON으로 이 파일에. '-'이면 표준 출력에.")] = None,
) -> None:
    """학습에 쓰지 않은 줄로 재고, 값마다 95 % 구간과 개수를 보여 줘요."""
    if context.invoked_subcommand:
        return
    for name, value, known in (("--only", only, PARTS), ("--compare", compare, BASELINES)):
        if value is not None and value not in known:
            raise OhLoraError(f"{name} 값 {value!r}은 쓸 수 없어요.", f"{', '.join(known)} 가운데 하나를 적어 주세요.")
    if split not in ("test", "valid"):
        raise OhLoraError(f"--split 값 {split!r}로는 잴 수 없어요.", "test나 valid를 적어 주세요. train은 배운 줄이라 재지 않아요.")
    about_memory = any((compare, pairs, cases, retriever, plot))
    about_speed = random is not None or turns is not None
    parts = (only,) if only else ("retriever",) if about_memory else ("speed",) if about_speed else USUAL
    report: dict[str, Any] = {}
    if "retriever" in parts:
        from ohlora_tui.verbs.measuring import retriever_report

        _join(report, retriever_report(retriever, pairs, cases, compare is not None, plot))
    if "keeper" in parts:
        from ohlora_tui.verbs.measuring import keeper_report

        _join(report, keeper_report())
    if "heads" in parts:
        _join(report, heads_report(base, data, split, quantize))
    if "speed" in parts:
        from ohlora_tui.verbs.speeding import speed_report

        _join(report, speed_report(base, quantize, random, turns, data, split))
    scatter = report.pop("scatter", "")
    keep(report)
    if as_json:
        hand_over(report, as_json)
    else:
        show_all(report, scatter)


def _join(report: dict[str, Any], part: dict[str, Any]) -> None:
    """A part's figures and what is said of its data go into the one report."""
    from evaluate.report import document
    from ohlora_tui.conversation import local_now

    scatter = part.pop("scatter", None)
    about = report.get("data", {}) | part.pop("data")
    report |= document(local_now(), about, **{k: v for k, v in (report | part).items() if k in PARTS})
    if scatter:
        report["scatter"] = scatter


@app.command()
def history() -> None:
    """지금까지 잰 것들을 새것부터 보여 줘요."""
    from ohlora_tui.verbs.common import opened_store, show

    with opened_store() as store:
        runs = [(r, json.loads(r.report)) for r in store.eval_runs()]
    rows = [(str(r.id), f"{r.at:%m-%d %H:%M}", r.data_hash[:6], *_headline(told)) for r, told in runs]
    show(("", "때", "자료", "Hit@1", "MSE", "기반", "표정", "기억 F1", "chrF", "턴(초)", "n"), rows, "아직 잰 것이 없어요. `ohlora eval`을 해 보세요.")


def _headline(told: dict[str, Any]) -> tuple[str, ...]:
    from evaluate.report import number

    heads, found = told.get("heads") or {}, (told.get("retriever") or {}).get("current", {})
    memory = [found.get(name, {}).get("value") for name in ("hit@1", "mse")]
    values = [
        heads.get("eyes_mouth_pose", {}).get("exact", {}).get("value"),
        heads.get("memory", {}).get("key", {}).get("f1", {}).get("value"),
        heads.get("summary", {}).get("chrf", {}).get("value"),
        (told.get("speed") or {}).get("current", {}).get("turn_s", {}).get("value"),
    ]
    shown = ["" if v is None else number(v) for v in (*memory, *values)]
    return *shown[:2], told["data"].get("base", ""), *shown[2:], str(told["data"].get("n_rows") or told["data"].get("n_pairs", ""))


def heads_report(base: str | None, data: Path | None, split: str, quantize: str | None = None) -> dict[str, Any]:
    """{"data", "heads"}: the four heads of one base on one split."""
    import evaluate.heads as heads
    import finetune
    from ohlora_tui import bases
    from ohlora_tui.dataset import data_hash, read_rows
    from ohlora_tui.engine.local import LocalEngine
    from ohlora_tui.settings import load

    settings = load(base=base, quantize=quantize)
    rows = read_rows(data or Path(finetune.__path__[0]) / "data" / "persona")
    held, train = ([r for r in rows if r.split == name] for name in (split, "train"))
    if not held or not train:
        raise OhLoraError(f"자료에 {split if not held else 'train'} 줄이 없어요.", "data_type 열에 train과 함께 있어야 해요.")
    found = bases.find(settings.base)
    engine = LocalEngine.load(found, bases.adapter_folders(found, settings.pulled_models), settings)
    try:
        told = heads.predict(engine, held, _say)
    finally:
        engine.close()
    about = {"split": split, "rows_sha256": data_hash(held), "n_rows": len(held), "train_rows": len(train), "base": found.name}
    return {"data": about, "heads": heads.report(held, told, train)}


def _say(done: int, of: int) -> None:
    if done % 20 == 0 or done == of:
        print(f"\r{done}/{of}줄", end="\n" if done == of else "", file=sys.stderr, flush=True)


def keep(report: dict[str, Any]) -> None:
    """The report joins the history in the store."""
    from ohlora_tui.conversation import local_now
    from ohlora_tui.verbs.common import opened_store

    with opened_store() as store:
        store.save_eval_run(report["version"], next(v for k, v in report["data"].items() if k.endswith("_sha256")), json.dumps(report, ensure_ascii=False), local_now())


def hand_over(report: dict[str, Any], target: str) -> None:
    text = json.dumps(report, ensure_ascii=False, indent=1) + "\n"
    if target == "-":
        sys.stdout.write(text)
        return
    try:
        Path(target).write_text(text, encoding="utf-8")
    except OSError as wrong:
        raise OhLoraError(f"{target}에 쓸 수 없어요: {wrong.strerror}.", "다른 자리를 --json에 적어 주세요.") from wrong


def show_all(report: dict[str, Any], scatter: str) -> None:
    """Every table of a report, under what it rests on."""
    from evaluate import compare, speed
    from evaluate.report import head_tables, keeper_tables
    from ohlora_tui.verbs.common import show

    print(f"{' · '.join(_about(report['data']))} · 판 {report['version']}\n")
    made = (("retriever", compare.tables), ("keeper", keeper_tables), ("heads", head_tables), ("speed", speed.tables))
    found = [t for part, tables in made if part in report for t in tables(report[part])]
    for title, headings, rows in found:
        print(title)
        show(headings, rows, "")
    if scatter:
        print(scatter)


def _about(data: dict[str, Any]) -> list[str]:
    """What the figures rest on, as short words."""
    told = []
    if "pairs_sha256" in data:
        told.append(f"{data['pairs']} {data['n_pairs']}쌍 ({data['pairs_sha256'][:8]})")
    if "cases_sha256" in data:
        told.append(f"기억 지킴이 {data['n_cases']}개 ({data['cases_sha256'][:8]})")
    if "rows_sha256" in data:
        told.append(f"{data['base']} · {data['split']} {data['n_rows']}줄 ({data['rows_sha256'][:8]})")
    return told
