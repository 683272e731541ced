"""`ohlora session`: conversations in the store, from the command line."""

from __future__ import annotations

from typing import Annotated

import typer

from ohlora_tui.verbs.common import opened_store, print_json, show

app = typer.Typer(name="session", help="나눈 대화를 보고, 이름을 바꾸고, 지워요.", no_args_is_help=True, rich_markup_mode=None)

Number = Annotated[int, typer.Argument(metavar="번호", help="`ohlora session list`에 나온 번호.")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON 문서 하나로 내보내요.")]


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """대화를 새것부터 보여 줘요."""
    with opened_store() as store:
        found = store.sessions()
    if as_json:
        print_json(
            [
                {"id": s.id, "title": s.title, "turns": s.turns, "base": s.base, "updated_at": s.updated_at.isoformat()}
                for s in found
            ]
        )
        return
    rows = [(str(s.id), s.title, str(s.turns), s.base, f"{s.updated_at:%Y-%m-%d %H:%M}") for s in found]
    show(("번호", "제목", "주고받음", "모델", "마지막"), rows, "아직 나눈 대화가 없어요. `ohlora chat`으로 시작해 보세요.")


@app.command("show")
def show_(number: Number, as_json: AsJson = False) -> None:
    """한 대화를 처음부터 보여 줘요."""
    from ohlora_tui.once import document

    with opened_store() as store:
        session, turns = store.session(number), store.turns(number)
    if as_json:
        print_json({"id": session.id, "title": session.title, "turns": [document(t) | {"message": t.message} for t in turns]})
        return
    print(f"# {session.title}")
    for turn in turns:
        print(f"\n나: {turn.message}\n오로라: {turn.answer}")


@app.command()
def rename(number: Number, title: Annotated[str, typer.Argument(metavar="제목")]) -> None:
    """대화의 제목을 바꿔요."""
    with opened_store() as store:
        store.session(number)
        store.rename_session(number, title)
    print(f"{number}번 대화의 제목을 바꿨어요: {title}")


@app.command()
def delete(number: Number, yes: Annotated[bool, typer.Option("--yes", "-y", help="묻지 않고 지워요.")] = False) -> None:
    """대화를 지워요. 그 대화에서 생긴 기억은 남아요."""
    from ohlora_tui.conversation import local_now

    with opened_store() as store:
        session = store.session(number)
        if not yes and not typer.confirm(f"{session.title!r} 대화를 지울까요? 되돌릴 수 없어요."):
            raise typer.Exit(1)
        store.delete_session(number, local_now())
    print("지웠어요.")
