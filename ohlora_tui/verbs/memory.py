"""`ohlora memory`: all that she remembers, from the command line."""

from __future__ import annotations

from typing import Annotated

import typer

from ohlora_tui.records import Memory
from ohlora_tui.verbs import checkup, exchange
from ohlora_tui.verbs.common import opened_store, print_json, show

app = typer.Typer(name="memory", help="오로라가 기억하는 것을 보고, 고치고, 지워요.", no_args_is_help=True, rich_markup_mode=None)

Number = Annotated[int, typer.Argument(metavar="번호", help="`ohlora memory list`에 나온 번호.")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON 문서 하나로 내보내요.")]


def _show(memories: list[Memory], as_json: bool, empty: str) -> None:
    if as_json:
        from ohlora_tui.memory.exporting import fields

        print_json([fields(m) for m in memories])
        return
    rows = [
        (str(m.id), "●" if m.pinned else "", m.key, m.value, f"{m.said_at:%Y-%m-%d}" if m.said_at else "", m.quote)
        for m in memories
    ]
    show(("번호", "고정", "키", "값", "말한 날", "내가 한 말"), rows, empty)


app.command("export")(exchange.export)
app.command("import")(exchange.import_)
app.command("doctor")(checkup.run)


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """기억을 모두 보여 줘요."""
    with opened_store() as store:
        _show(store.memories(), as_json, "아직 기억하는 것이 없어요. `ohlora chat`으로 이야기를 나눠 보세요.")


@app.command()
def search(text: Annotated[str, typer.Argument(metavar="낱말")], as_json: AsJson = False) -> None:
    """낱말이 든 기억을 찾아요. 한 글자 낱말과 조사가 붙은 낱말도 찾아요."""
    with opened_store() as store:
        _show(store.find_memories(text), as_json, f"{text!r}이 든 기억이 없어요.")


@app.command()
def add(key: Annotated[str, typer.Argument(metavar="키")], value: Annotated[str, typer.Argument(metavar="값")]) -> None:
    """기억을 손으로 더해요. 예: ohlora memory add 알레르기 새우"""
    from ohlora_tui.conversation import local_now, typed_memory

    with opened_store() as store:
        stored = store.add_memory(typed_memory(key, value, local_now()), local_now())
        print(f"{stored.id}번으로 기억했어요: {stored.text}")


@app.command()
def edit(
    number: Number, key: Annotated[str, typer.Argument(metavar="키")], value: Annotated[str, typer.Argument(metavar="값")]
) -> None:
    """기억의 키와 값을 고쳐요."""
    from ohlora_tui.conversation import local_now, typed_memory

    wanted = typed_memory(key, value, local_now())
    with opened_store() as store:
        stored = store.edit_memory(number, wanted.key, wanted.value, local_now())
        print(f"고쳤어요: {stored.text}")


@app.command()
def pin(number: Number, off: Annotated[bool, typer.Option("--off", help="고정을 풀어요.")] = False) -> None:
    """기억을 고정해요. 고정한 기억은 늘 떠올려요."""
    from ohlora_tui.conversation import local_now

    with opened_store() as store:
        store.pin_memory(number, not off, local_now())
        print(
            f"{store.memory(number).text} 기억의 고정을 풀었어요." if off else f"{store.memory(number).text} 기억을 고정했어요."
        )


@app.command()
def forget(number: Number, yes: Annotated[bool, typer.Option("--yes", "-y", help="묻지 않고 지워요.")] = False) -> None:
    """기억을 글자까지 지워요 (데이터베이스, 검색 색인, 백업). 되돌릴 수 없어요."""
    from ohlora_tui.conversation import local_now

    with opened_store() as store:
        memory = store.memory(number)
        if not yes and not typer.confirm(f"{memory.text} 기억을 지울까요? 되돌릴 수 없어요."):
            raise typer.Exit(1)
        store.forget_memory(number, local_now())
        print("지웠어요.")


@app.command()
def undo() -> None:
    """마지막으로 바뀐 기억을 되돌려요."""
    from ohlora_tui.conversation import local_now

    with opened_store() as store:
        print(store.undo(local_now()))
