"""The verbs of `ohlora`. Heavy imports stay inside the verb: `import torch` alone costs 6 s cold."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ohlora_tui import __version__
from ohlora_tui.errors import OhLoraError
from ohlora_tui.verbs import evaluate, finetune, memory, models, serve, session

if TYPE_CHECKING:
    from ohlora_tui.settings import Settings

app = typer.Typer(
    name="ohlora",
    help="오로라와 나누는 대화, 터미널 안에서. 서버를 고르지 않는 한 모든 것이 이 컴퓨터 안에 있어요.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # rich costs 0.1 s of `--help`
)

app.add_typer(memory.app)
app.add_typer(session.app)
app.add_typer(models.app)
app.command("finetune")(finetune.run)
app.add_typer(evaluate.app, name="eval")
app.command("serve-model")(serve.run)

OUR_ROOMS = ("db", "finetune", "evaluate")
"""Top-level packages with names others use too (`evaluate` is a Hugging Face library)."""

BaseOption = Annotated[
    str | None, typer.Option("--base", help="기반 모델: mini, polyglot, koreanlm, kanana, 폴더, Hugging Face 아이디.")
]


def main() -> None:
    """The console script: errors as one sentence, exit code 1; 130 when interrupted."""
    try:
        check_rooms()
        app()
    except OhLoraError as wrong:
        if os.environ.get("OHLORA_DEBUG") == "1":
            raise
        print(wrong, file=sys.stderr)
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        _leave_at_once()
        raise SystemExit(130) from None


def _leave_at_once() -> None:
    """Where a model is writing in its thread: Python's own end would abort in the middle of a product ("terminate called …")."""
    if "ohlora_tui.engine.thread" in sys.modules:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(130)


def check_rooms() -> None:
    """Our top-level packages must be ours: another library of the same name would be imported instead."""
    here = Path(__file__).resolve().parent.parent
    for name in OUR_ROOMS:
        found = importlib.util.find_spec(name)
        if found is None or found.origin is None or Path(found.origin).resolve().parent.parent != here:
            place = found.origin if found else "없음"
            raise OhLoraError(
                f"{name!r} 꾸러미가 Oh-LoRA의 것이 아니에요 ({place}).", f"`pip uninstall {name}` 뒤에 다시 설치해 주세요."
            )


def _version(asked: bool) -> None:
    if asked:
        print(f"ohlora {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="판 번호를 보여 줘요.")] = False,
) -> None:
    """오로라와 나누는 대화, 터미널 안에서. 서버를 고르지 않는 한 모든 것이 이 컴퓨터 안에 있어요."""


@app.command()
def chat(
    once: Annotated[
        str | None, typer.Option("--once", metavar="TEXT", help="한마디만 주고받고 끝내요. '-'이면 표준 입력을 한 줄씩.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="--once의 답을 JSON 문서 하나로 내보내요.")] = False,
    base: BaseOption = None,
    server: Annotated[
        str | None,
        typer.Option("--server", metavar="URL", help="이 서버의 모델로 대화해요 (serve-model, vLLM). 나눈 말이 그리로 가요. --base 대신 써요."),
    ] = None,
    quantize: Annotated[
        str | None, typer.Option("--quantize", help="가중치를 줄여 읽어요: none, int8 (CPU), 4bit (NVIDIA GPU).")
    ] = None,
    session_: Annotated[
        str, typer.Option("--session", help="이어 갈 대화: last, new, each(줄마다 새 대화), 또는 번호.")
    ] = "last",
    no_animate: Annotated[bool, typer.Option("--no-animate", help="얼굴을 움직이지 않아요.")] = False,
    lang: Annotated[str | None, typer.Option("--lang", help="화면의 말: ko, en.")] = None,
) -> None:
    """오로라와 대화해요. --once 없이 쓰면 앱이 열려요."""
    from ohlora_tui.settings import load

    if server and base:
        raise typer.BadParameter("--base와 --server는 함께 쓸 수 없어요. 서버의 모델로 대화해요.")
    chosen = "" if base else server  # --base asks for a model here, also where OHLORA_SERVER is set
    settings = load(base=base, server=chosen, quantize=quantize, lang=lang, animate=False if no_animate else None)
    if once is None and as_json:
        raise typer.BadParameter("--json은 --once와 함께 써 주세요.")
    if once is not None:
        from ohlora_tui.once import run

        run(settings, once, as_json, session_)
        return
    _open_app(settings, session_)


def _open_app(settings: Settings, wish: str) -> None:
    from ohlora_tui.tui import bootstrap, terminal

    if not all(stream and stream.isatty() for stream in (sys.stdin, sys.stderr)):  # Textual reads the one and draws on the other
        raise OhLoraError("터미널이 아니어서 앱을 열 수 없어요.", '터미널에서 다시 열거나 ohlora chat --once "안녕" 으로 한마디만 나눠 주세요.')
    bootstrap.prepare()
    terminal.end_with(sys.stdin.fileno())
    from ohlora_tui.conversation import Conversation
    from ohlora_tui.once import choose_session
    from ohlora_tui.tui.app import build_app

    conversation = Conversation(settings)
    choose_session(conversation, wish)
    try:
        build_app(conversation, settings).run()
    finally:
        conversation.close()


@app.command()
def doctor() -> None:
    """컴퓨터, 터미널, 저장소, 모델을 살피고 다음에 할 일을 알려 줘요."""
    from ohlora_tui.verbs import doctor as examination

    examination.run()
