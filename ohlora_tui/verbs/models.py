"""`ohlora models`: which bases there are, where each lies, and what it may be used for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ohlora_tui import bases
from ohlora_tui.heads import HEADS
from ohlora_tui.verbs.common import print_json, show

app = typer.Typer(name="models", help="쓸 수 있는 모델을 보여 줘요.", no_args_is_help=True, rich_markup_mode=None)


def size_mb(folder: Path) -> float:
    """Megabytes (10^6 bytes) of all files below `folder`."""
    return sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()) / 1e6


@app.command("list")
def list_(as_json: Annotated[bool, typer.Option("--json", help="JSON 문서 하나로 내보내요.")] = False) -> None:
    """모델의 이름, 크기, 라이선스, 어댑터를 보여 줘요."""
    from ohlora_tui.settings import load

    models = load().pulled_models
    found = []
    for base in bases.BASES.values():
        folder = bases.local_folder(base, models)
        heads = list(bases.adapter_folders(base, models))
        found.append((base, folder, heads))
    if as_json:
        print_json(
            [
                {
                    "name": b.name,
                    "source": b.source if f is None else str(f),
                    "here": f is not None,
                    "mb": round(size_mb(f), 1) if f else None,
                    "licence": b.licence,
                    "adapters": h,
                }
                for b, f, h in found
            ]
        )
        return
    rows = [
        (
            b.name,
            "있음" if f else "없음",
            f"{size_mb(f):,.0f} MB" if f else b.parameters,
            b.licence,
            f"{len(h)}/{len(HEADS)}",
            b.note,
        )
        for b, f, h in found
    ]
    show(("이름", "이 컴퓨터에", "크기", "라이선스", "어댑터", "설명"), rows, "")
