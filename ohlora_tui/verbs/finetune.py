"""`ohlora finetune`: train a head on a base, or the memory retriever, on this machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ohlora_tui.errors import OhLoraError
from ohlora_tui.heads import HEADS

if TYPE_CHECKING:
    from finetune.train import Rehearsal, Result
    from ohlora_tui.bases import Base
    from ohlora_tui.settings import Settings


def run(
    col: Annotated[
        str, typer.Option("--col", "-output_col", help=f"학습할 것: {', '.join(HEADS)}, all(머리 모두), retriever(기억 검색).")
    ],
    base: Annotated[
        str | None,
        typer.Option(
            "--base", "-llm_name", help="기반 모델: polyglot, koreanlm, kanana, mini, 폴더, Hugging Face 아이디. 없으면 설정의 것, polyglot이 있으면 그것. retriever는 bundled, 폴더, 아이디."
        ),
    ] = None,
    pairs: Annotated[Path | None, typer.Option("--pairs", help="retriever가 더 배울 기억-말 쌍 CSV (예전 판과 같은 열).")] = None,
    data: Annotated[Path | None, typer.Option("--data", help="CSV 파일이나 폴더. 없으면 함께 온 페르소나 자료.")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="배운 것을 둘 폴더. 없으면 데이터 폴더에 두고, 다음 대화부터 써요.")
    ] = None,
    recipe: Annotated[str, typer.Option("--recipe", help="ours(우리 것), v2(예전 판의 값).")] = "ours",
    epochs: Annotated[float | None, typer.Option("--epochs", help="자료를 몇 번 볼지.")] = None,
    rank: Annotated[int | None, typer.Option("--rank", help="LoRA의 크기(rank).")] = None,
    lr: Annotated[float | None, typer.Option("--lr", help="학습률.")] = None,
    batch_size: Annotated[
        int | None, typer.Option("--batch-size", help="한 번에 배우는 줄 수. 메모리가 모자라면 줄여 주세요.")
    ] = None,
    quantize: Annotated[str | None, typer.Option("--quantize", help="none, 4bit(QLoRA: NVIDIA GPU와 bitsandbytes).")] = None,
    tensorboard: Annotated[bool, typer.Option("--tensorboard", help="TensorBoard 기록도 남겨요.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="멈춘 학습을 이어서 해요.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="학습하지 않고 줄 수, 길이, 메모리, 시간을 어림해요.")] = False,
) -> None:
    """머리 하나(또는 모두)를 가진 자료로 학습해요. Ctrl+C로 멈추면 이어서 할 수 있게 남겨 둬요."""
    if col == "retriever":
        _retriever(base or "bundled", pairs, out, resume)
        return
    if col != "all" and col not in HEADS:
        raise OhLoraError(f"--col 값 {col!r}은 없는 머리예요.", f"{', '.join(HEADS)}, all, retriever 가운데 하나를 적어 주세요.")
    import finetune
    from ohlora_tui.dataset import read_rows
    from ohlora_tui.settings import load

    settings = load(base=base)
    found = _chosen(base, settings)
    rows = read_rows(data or Path(finetune.__path__[0]) / "data" / "persona")
    folder = out or settings.pulled_models / found.slug / "adapters"
    first = os.environ.get("RANK", "0") == "0"  # of several processes one speaks
    if first:
        print(f"{found.name} 위에서 {len(rows)}줄로 학습해요. 어댑터는 {folder}에 둬요.", file=sys.stderr)
    asked = {"epochs": epochs, "rank": rank, "lr": lr, "batch_size": batch_size, "quantize": quantize, "tensorboard": tensorboard or None}
    heads = tuple(HEADS) if col == "all" else (col,)
    if dry_run:
        _rehearsed(heads, found, rows, recipe, asked)
    else:
        _trained(heads, found, rows, recipe, asked, folder, resume, first)


def _chosen(asked: str | None, settings: Settings) -> Base:
    """The base that was asked for, else the settings'; where those say mini only because nobody changed them, polyglot if it is here."""
    from ohlora_tui import bases

    models = settings.pulled_models
    if asked is None and settings.base == bases.MINI.name and bases.local_folder(bases.BASES["polyglot"], models):
        return bases.here(bases.BASES["polyglot"], models)
    return bases.here(bases.find(settings.base), models)


def _trained(
    heads: tuple[str, ...], base: Base, rows: list[Any], name: str, asked: dict[str, Any], folder: Path, resume: bool, first: bool
) -> None:
    from finetune.progress import bar
    from finetune.train import default_recipe, train_heads

    try:
        with bar() as progress:
            results = list(train_heads(heads, base, rows, lambda head: default_recipe(head, base, name, **asked), folder, progress, resume))
    except KeyboardInterrupt:
        if first:
            print(f"멈췄어요. 같은 명령에 --resume을 붙이면 {folder}에서 이어 가요.", file=sys.stderr)
        raise
    for result in results if first else ():
        _told(result)


def _told(result: Result) -> None:
    from finetune import curve

    print(curve.terminal(result.drawn, f"{result.head}: 몇 번째 보기"))
    print(f"{result.head}: {result.rows:,}줄, 검증 손실 {result.best:.4f}, {result.seconds:.0f}초 → {result.folder}")


def _rehearsed(heads: tuple[str, ...], base: Base, rows: list[Any], name: str, asked: dict[str, Any]) -> None:
    from finetune.progress import clock
    from finetune.train import default_recipe, rehearse
    from ohlora_tui.verbs.common import show

    found: list[Rehearsal] = [rehearse(head, base, rows, default_recipe(head, base, name, **asked)) for head in heads]
    lines = [
        (r.head, f"{r.rows:,} / {r.valid_rows:,}", f"{r.skipped:,}", f"{r.tokens / (r.rows + r.valid_rows):.0f} / {r.longest}",
         f"{r.trainable / 1e6:.2f}M / {r.parameters / 1e6:,.0f}M", f"{r.updates:,}", f"{r.gib:.1f} / {r.free_gib:.1f}", clock(r.seconds))
        for r in found
    ]  # fmt: skip
    columns = ("머리", "줄 (학습/검증)", "뺀 줄", "토큰 (평균/최대)", "배우는 값 / 모두", "갱신", "메모리 (드는/남은 GiB)", "시간")
    show(columns, lines, "")
    print(f"메모리와 시간은 어림이에요 ({found[0].device}): 연산 수는 세었고, 이 컴퓨터의 행렬 곱 속도의 30 %를 쓴다고 봤어요. 일찍 끝날 수 있어요.")


def _retriever(base: str, pairs: Path | None, out: Path | None, resume: bool) -> None:
    """The memory retriever: progress by tenths, then the loss curve and where it lies."""
    from finetune import curve
    from finetune.tune import record, tune
    from ohlora_tui.settings import load

    folder = out or load().pulled_models / "retriever"
    print(f"{base} 위에서 기억 검색을 학습해요. {folder}에 둬요.", file=sys.stderr)
    tuned = tune(base, folder, pairs, _tenth, resume)
    record(tuned, base, pairs, 0)
    print(curve.terminal(curve.of_tenths(tuned.curve), "10분의 몇"))
    found = tuned.measures
    print(f"valid Hit@1 {found['hit@1']:.3f}, 정밀도 {found['precision']:.3f}, 재현율 {found['recall']:.3f} · 점수는 {tuned.graded_on}로 맞췄어요.")
    used = "" if out else " 다음 대화부터 이것으로 떠올려요. 그만 쓰려면 이 폴더를 지우면 돼요."
    print(f"{tuned.seconds:.0f}초 → {folder}.{used}\n재 보려면: ohlora eval --compare v1 --retriever {folder}")


def _tenth(part: int, losses: dict[str, float], score: float | None) -> None:
    told = " ".join(f"{name} {loss:.3f}" for name, loss in losses.items())
    print(f"{part}/10 {told}" + ("" if score is None else f" · valid Hit@1 {score:.3f}"), file=sys.stderr, flush=True)
