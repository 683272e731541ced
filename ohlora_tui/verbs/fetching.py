"""`ohlora models pull` and `import`: the two verbs that may go out to the network, and only for what was named."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ohlora_tui.heads import HEADS

if TYPE_CHECKING:
    from ohlora_tui.adopting import Wish
    from ohlora_tui.bases import Base
    from ohlora_tui.pulling import Progress

Replace = Annotated[bool, typer.Option("--replace", help="그 자리에 있던 어댑터를 지우고 바꿔요.")]


def pull(
    name: Annotated[str, typer.Argument(metavar="이름", help="polyglot, koreanlm, kanana, 또는 Hugging Face 아이디(이름/모델).")],
    adapters: Annotated[
        list[str] | None, typer.Option("--adapters", help="함께 들여올 어댑터 저장소나 폴더, 쉼표로 여럿. v2는 예전 판의 넷.")
    ] = None,
    revision: Annotated[str | None, typer.Option("--revision", help="가지, 꼬리표, 또는 커밋. 받은 커밋은 적어 둬요.")] = None,
    replace: Replace = False,
) -> None:
    """기반 모델을 Hugging Face에서 받아요. 끊기면 같은 명령으로 이어 받아요."""
    from ohlora_tui import bases
    from ohlora_tui.adopting import PUBLISHED, Wish
    from ohlora_tui.settings import load

    base, models = bases.find(name), load().pulled_models
    _pulled(base, models / base.slug / "base", revision)
    for source in (one.strip() for many in adapters or () for one in many.split(",") if one.strip()):
        for repo in PUBLISHED if source == "v2" else (source,):
            _adopted(repo, models, Wish(name, "", replace))
    _next(base, models)


def import_(
    source: Annotated[str, typer.Argument(metavar="폴더|저장소", help="어댑터나 S-BERT가 든 폴더, 또는 Hugging Face 저장소.")],
    base: Annotated[str | None, typer.Option("--base", help="어댑터의 기반 모델. 없으면 어댑터에 적힌 것, 예전 판의 것이면 polyglot.")] = None,
    head: Annotated[str | None, typer.Option("--head", help=f"어느 머리인지: {', '.join(HEADS)}. 없으면 이름에서 알아내요.")] = None,
    replace: Replace = False,
) -> None:
    """다른 곳에서 만든 LoRA 어댑터나 기억 검색 모델을 고치지 않고 들여와요."""
    from ohlora_tui.adopting import Wish
    from ohlora_tui.settings import load

    _adopted(source, load().pulled_models, Wish(base or "", head or "", replace))


def _pulled(base: Base, home: Path, revision: str | None) -> None:
    from ohlora_tui import bases, origin, pulling
    from ohlora_tui.errors import ModelError
    from ohlora_tui.hub import Hub

    if base.name == bases.MINI.name or Path(base.source).is_absolute():
        raise ModelError(f"{base.name} 모델은 이미 이 컴퓨터에 있어요: {base.source}", f"`ohlora chat --base {base.name}` 으로 써 보세요.")
    came = origin.read(home) if home.exists() else None
    if home.exists() and revision is None:
        print(f"{base.name} 모델은 이미 있어요: {came.short if came else home}. 다른 판은 --revision으로 받을 수 있어요.")
        return
    hub = Hub()
    plan = pulling.look(hub, base.source, revision or base.revision)
    if came and came.commit == plan.commit:
        print(f"{base.name} 모델은 이미 그 판이에요: {came.short}.")
        return
    coming, free = pulling.room(plan, home)
    again = f" (남은 {coming / 1e6:,.0f} MB)" if coming < plan.size else ""
    print(f"{plan.source}@{plan.commit[:7]}: 파일 {len(plan.files)}개, {plan.size / 1e6:,.1f} MB{again}, 라이선스 {plan.licence}. 디스크에 {free / 1e9:,.1f} GB 남았어요.", file=sys.stderr)
    with bar(plan.size) as progress:
        pulling.bring(hub, plan, home, progress, lambda part: pulling.speaks(part, plan.source))
    print(f"{base.name} 모델을 받았어요. 체크섬이 모두 맞아요 → {home}")


def _adopted(source: str, models: Path, wish: Wish) -> None:
    from ohlora_tui.adopting import adopt

    with bar(None) as progress:
        found = adopt(source, models, wish, None, progress, lambda line: print(line, file=sys.stderr))
    for one in found:
        print(f"{one.what} {'어댑터를' if one.base else '모델을'} 들여왔어요{f' ({one.base})' if one.base else ''} → {one.folder}")
        if one.note:
            print(one.note)


def _next(base: Base, models: Path) -> None:
    from ohlora_tui import bases

    missing = [head for head in HEADS if head not in bases.adapter_folders(base, models)]
    if missing:
        print(f"아직 없는 어댑터: {', '.join(missing)}. `ohlora models import 저장소` 로 들여오거나 `ohlora finetune --col all --base {base.name}` 으로 가르쳐 주세요.")
    print(f"써 보려면: ohlora chat --base {base.name}")


PARTS = 20
"""Lines that a log gets of one pull."""


@contextmanager
def bar(total: int | None) -> Iterator[Progress]:
    """A bar with speed and time left on a terminal; PARTS lines where stderr is none (nothing if the total is not known)."""
    if not sys.stderr.isatty():
        yield _logged(total)
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn, TransferSpeedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True)) as shown:
        task = shown.add_task("", total=total)
        yield lambda name, more: shown.update(task, description=name, advance=more)


def _logged(total: int | None) -> Progress:
    came = said = 0

    def tell(name: str, more: int) -> None:
        nonlocal came, said
        came += more
        if total and came * PARTS // total > said:
            said = came * PARTS // total
            print(f"{name} {came / 1e6:,.1f}/{total / 1e6:,.1f} MB", file=sys.stderr, flush=True)

    return tell
