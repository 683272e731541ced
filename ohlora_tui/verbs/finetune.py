"""`ohlora finetune`: train a head on a base, on this machine, from a CSV in the persona columns."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ohlora_tui.errors import OhLoraError
from ohlora_tui.heads import HEADS


def run(
    col: Annotated[str, typer.Option("--col", help=f"학습할 것: {', '.join(HEADS)}, all(머리 모두), retriever(기억 검색).")],
    base: Annotated[
        str | None, typer.Option("--base", help="기반 모델: mini, polyglot, 폴더, Hugging Face 아이디. retriever는 bundled, 폴더, 아이디.")
    ] = None,
    pairs: Annotated[Path | None, typer.Option("--pairs", help="retriever가 더 배울 기억-말 쌍 CSV (예전 판과 같은 열).")] = None,
    data: Annotated[Path | None, typer.Option("--data", help="CSV 파일이나 폴더. 없으면 함께 온 페르소나 자료.")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="배운 것을 둘 폴더. 없으면 데이터 폴더에 두고, 다음 대화부터 써요.")
    ] = None,
    epochs: Annotated[float | None, typer.Option("--epochs", help="자료를 몇 번 볼지.")] = None,
    rank: Annotated[int | None, typer.Option("--rank", help="LoRA의 크기(rank).")] = None,
    lr: Annotated[float | None, typer.Option("--lr", help="학습률.")] = None,
    batch_size: Annotated[
        int | None, typer.Option("--batch-size", help="한 번에 배우는 줄 수. 메모리가 모자라면 줄여 주세요.")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="멈춘 학습을 이어서 해요.")] = False,
) -> None:
    """머리 하나(또는 모두)를 가진 자료로 학습해요. Ctrl+C로 멈추면 이어서 할 수 있게 남겨 둬요."""
    if col == "retriever":
        _retriever(base or "bundled", pairs, out, resume)
        return
    if col != "all" and col not in HEADS:
        raise OhLoraError(f"--col 값 {col!r}은 없는 머리예요.", f"{', '.join(HEADS)}, all, retriever 가운데 하나를 적어 주세요.")
    import finetune
    from ohlora_tui.bases import find
    from ohlora_tui.dataset import read_rows
    from ohlora_tui.settings import load

    settings = load(base=base)
    found = find(settings.base)
    rows = read_rows(data or Path(finetune.__path__[0]) / "data" / "persona")
    folder = out or settings.pulled_models / found.name.replace("/", "--") / "adapters"
    print(f"{found.name} 위에서 {len(rows)}줄로 학습해요. 어댑터는 {folder}에 둬요.", file=sys.stderr)
    from finetune.train import default_recipe, say, train_head

    asked = {"epochs": epochs, "rank": rank, "lr": lr, "batch_size": batch_size}
    for head in HEADS if col == "all" else (col,):
        result = train_head(head, found, rows, default_recipe(head, found, **asked), folder / head, say, resume)
        print(f"{head}: {result.rows}줄, 검증 손실 {result.best:.4f}, {result.seconds:.0f}초 → {result.folder}")


def _retriever(base: str, pairs: Path | None, out: Path | None, resume: bool) -> None:
    """The memory retriever: progress by tenths, then the loss curve and where it lies."""
    from finetune.tune import record, tune
    from ohlora_tui.settings import load

    folder = out or load().pulled_models / "retriever"
    print(f"{base} 위에서 기억 검색을 학습해요. {folder}에 둬요.", file=sys.stderr)
    tuned = tune(base, folder, pairs, _tenth, resume)
    record(tuned, base, pairs, 0)
    print(loss_curve(tuned.curve))
    found = tuned.measures
    print(f"valid Hit@1 {found['hit@1']:.3f}, 정밀도 {found['precision']:.3f}, 재현율 {found['recall']:.3f} · 점수는 {tuned.graded_on}로 맞췄어요.")
    used = "" if out else " 다음 대화부터 이것으로 떠올려요. 그만 쓰려면 이 폴더를 지우면 돼요."
    print(f"{tuned.seconds:.0f}초 → {folder}.{used}\n재 보려면: ohlora eval --compare v1 --retriever {folder}")


def _tenth(part: int, losses: dict[str, float], score: float | None) -> None:
    told = " ".join(f"{name} {loss:.3f}" for name, loss in losses.items())
    print(f"{part}/10 {told}" + ("" if score is None else f" · valid Hit@1 {score:.3f}"), file=sys.stderr, flush=True)


def loss_curve(curve: dict[str, list[float]], width: int = 64, height: int = 14) -> str:
    """The mean loss of each kind by tenth, as text."""
    import plotext

    plotext.clear_figure()
    plotext.theme("clear")
    plotext.plotsize(width, height)
    for name, losses in curve.items():
        plotext.plot(list(range(1, len(losses) + 1)), losses, label=name)
    plotext.xlabel("10분의 몇")
    return str(plotext.build())
