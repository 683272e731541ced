"""`ohlora serve-model`: one model in memory, several terminals on it."""

from __future__ import annotations

import sys
from typing import Annotated

import typer


def run(
    base: Annotated[str | None, typer.Option("--base", help="기반 모델: mini, polyglot, koreanlm, kanana, 폴더, Hugging Face 아이디.")] = None,
    host: Annotated[str, typer.Option("--host", help="어디에 열지. 127.0.0.1이면 이 컴퓨터에서만 쓸 수 있어요.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="포트 번호. 0이면 빈 번호를 골라요.")] = 8399,
    threads: Annotated[int | None, typer.Option("--threads", min=0, help="모델이 쓸 CPU 스레드 수. 0이면 하나.")] = None,
) -> None:
    """모델 하나를 여러 터미널이 나눠 써요. 다른 창에서 `ohlora chat --server 주소`로 이어요. Ctrl+C로 꺼요."""
    from ohlora_tui import bases
    from ohlora_tui.settings import load

    settings = load(base=base, threads=threads)
    found = bases.find(settings.base)
    from ohlora_tui.engine.local import LocalEngine
    from ohlora_tui.serving import ModelServer

    adapters = bases.adapter_folders(found, settings.pulled_models)
    with ModelServer(lambda: LocalEngine.load(found, adapters, settings, _told), host, port) as server:
        for line in opening(server.url, server.engine.name, server.private):
            _told(line)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            _told("서버를 껐어요.")


def opening(url: str, name: str, private: bool) -> list[str]:
    """What is said once the server is open; what it means if others can reach it."""
    address = url.replace("//0.0.0.0:", "//이_컴퓨터의_주소:").replace("//[::]:", "//이_컴퓨터의_주소:")
    lines = [f"{url} 에서 {name} 모델을 나눠 써요. 다른 터미널에서: ohlora chat --server {address}", "Ctrl+C를 누르면 꺼져요."]
    if not private:
        lines.insert(0, "! 이 주소는 이 컴퓨터 밖에서도 닿아요. 비밀번호도 암호화도 없어서, 같은 망의 누구나 쓰고 오가는 말을 볼 수 있어요. 믿는 망에서만 여세요.")
    return lines


def _told(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
