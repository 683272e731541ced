"""`ohlora finetune`: train a head on a base, on this machine, from a CSV in the persona columns."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ohlora_tui.errors import OhLoraError
from ohlora_tui.heads import HEADS


def run(
    col: Annotated[str, typer.Option("--col", help=f"학습할 머리: {', '.join(HEADS)}, all.")],
    base: Annotated[str | None, typer.Option("--base", help="기반 모델: mini, polyglot, 폴더, Hugging Face 아이디.")] = None,
    data: Annotated[Path | None, typer.Option("--data", help="CSV 파일이나 폴더. 없으면 함께 온 페르소나 자료.")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="어댑터를 둘 폴더. 없으면 데이터 폴더에 두고, 다음 대화부터 써요.")
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
    if col != "all" and col not in HEADS:
        raise OhLoraError(f"--col 값 {col!r}은 없는 머리예요.", f"{', '.join(HEADS)}, all 가운데 하나를 적어 주세요.")
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
