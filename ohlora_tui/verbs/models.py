"""`ohlora models`: which bases and adapters there are, where each lies and came from, and what it may be used for."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ohlora_tui.heads import HEADS
from ohlora_tui.verbs import fetching
from ohlora_tui.verbs.common import print_json, show

if TYPE_CHECKING:
    from ohlora_tui.inventory import Held

app = typer.Typer(name="models", help="모델과 어댑터를 보고, 받고, 들여오고, 지워요.", no_args_is_help=True, rich_markup_mode=None)

AsJson = Annotated[bool, typer.Option("--json", help="JSON 문서 하나로 내보내요.")]
Name = Annotated[str, typer.Argument(metavar="이름", help="`ohlora models list`에 나온 이름, 또는 Hugging Face 아이디.")]

app.command("pull")(fetching.pull)
app.command("import")(fetching.import_)


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """모델의 이름, 크기, 라이선스, 어댑터, 온 곳을 보여 줘요."""
    from ohlora_tui import inventory
    from ohlora_tui.settings import load

    found = inventory.held(load().pulled_models)
    if as_json:
        print_json([document(held) for held in found])
        return
    rows = [
        (h.base.name, "있음" if h.folder else "없음", f"{inventory.size(h.folder) / 1e6:,.0f} MB" if h.folder else h.base.parameters,
         licence(h), f"{len(h.adapters)}/{len(HEADS)}", came(h), h.base.note)
        for h in found
    ]  # fmt: skip
    show(("이름", "이 컴퓨터에", "크기", "라이선스", "어댑터", "온 곳", "설명"), rows, "")


@app.command()
def info(
    name: Name,
    check: Annotated[bool, typer.Option("--check", help="받은 파일의 체크섬을 다시 재요.")] = False,
    as_json: AsJson = False,
) -> None:
    """한 모델이 어디서 왔고 무엇으로 되어 있는지 보여 줘요."""
    from ohlora_tui import bases, inventory
    from ohlora_tui.settings import load

    models = load().pulled_models
    held = inventory.one(bases.find(name), models)
    damaged = _damaged(held) if check else None
    if as_json:
        print_json(document(held) | ({"changed": damaged} if check else {}))
    else:
        print("\n".join(lines(held)))
        if damaged is not None:
            print("\n".join(f"달라졌어요: {path}" for path in damaged) or "받은 파일이 모두 그대로예요.")
    if damaged:
        raise typer.Exit(1)


@app.command()
def remove(
    name: Annotated[str, typer.Argument(metavar="이름", help="모델의 이름, 또는 retriever(들여오거나 배운 기억 검색).")],
    head: Annotated[str | None, typer.Option("--head", help=f"이 어댑터만 지워요: {', '.join(HEADS)}.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="묻지 않고 지워요.")] = False,
) -> None:
    """받은 모델과 들여온 어댑터를 지워요. 함께 온 mini와 여기서 배운 어댑터는 그대로예요."""
    from ohlora_tui import inventory
    from ohlora_tui.pulling import writing
    from ohlora_tui.settings import load

    models = load().pulled_models
    found = inventory.removable(name, head or "", models)
    for path in found:
        print(f"{path} ({inventory.size(path) / 1e6:,.1f} MB)")
    if not yes and not typer.confirm("지울까요? 되돌릴 수 없어요."):
        raise typer.Exit(1)
    for path in found:
        with writing(path):
            path.unlink() if path.is_symlink() else shutil.rmtree(path)
    print("지웠어요.")


def document(held: Held) -> dict[str, Any]:
    """A base as JSON: `origin` and each adapter's are null where it was not pulled or imported."""
    from dataclasses import asdict

    from ohlora_tui import inventory, origin

    origins = {head: origin.read(folder) for head, folder in held.adapters.items()}
    return {
        "name": held.base.name,
        "source": held.base.source if held.folder is None else str(held.folder),
        "here": held.folder is not None,
        "mb": round(inventory.size(held.folder) / 1e6, 1) if held.folder else None,
        "licence": licence(held),
        "adapters": list(held.adapters),
        "origin": asdict(held.came) if held.came else None,
        "adapter_origins": {head: asdict(found) if found else None for head, found in origins.items()},
    }


def licence(held: Held) -> str:
    """What the repository said when it was pulled, else what the table knows."""
    return held.came.licence if held.came and held.came.licence != "unknown" else held.base.licence


def came(held: Held) -> str:
    """Where its weights came from, in short."""
    if held.bundled:
        return "함께 옴"
    return held.came.short if held.came else held.base.source if held.folder is None else str(held.folder)


def lines(held: Held) -> list[str]:
    """All that is known of a base and its adapters, a line each."""
    from ohlora_tui import inventory

    told = [f"{held.base.name}: {came(held)}, 라이선스 {licence(held)}"]
    if held.folder is None:
        told.append(f"아직 이 컴퓨터에 없어요. `ohlora models pull {held.base.name}` 으로 받을 수 있어요.")
    else:
        told.append(f"{held.folder} ({inventory.size(held.folder) / 1e6:,.1f} MB)")
    if held.came:
        told.append(f"{held.came.date}에 받았어요, 커밋 {held.came.commit or '없음'}")
        told += [f"  {name}  sha256 {told_sum}" for name, told_sum in held.came.files.items()]
    for head in HEADS:
        told.append(f"{head} 어댑터: {_adapter(held, head)}")
    return told


def _adapter(held: Held, head: str) -> str:
    from ohlora_tui import bases, inventory, origin

    if head not in held.adapters:
        return "없음"
    folder = held.adapters[head]
    found = origin.read(folder)
    where = found.short if found else "함께 옴" if folder.is_relative_to(bases.BUNDLED) else "여기서 배움"
    return f"{where} ({inventory.size(folder) / 1e6:,.1f} MB)" + (f", {found.date}에 들여옴" if found else "")


def _damaged(held: Held) -> list[Path]:
    """Files that are no longer what came, of the base and of its adapters."""
    from ohlora_tui import origin

    found = []
    for folder in filter(None, (held.folder, *held.adapters.values())):
        if told := origin.read(folder):
            found += [folder / name for name in origin.changed(folder, told)]
    return found
