"""`ohlora doctor`: what this machine, terminal and store are like, and what to do about what is not right."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ohlora_tui import bases
from ohlora_tui.errors import OhLoraError
from ohlora_tui.settings import Settings

LIBRARIES = ("torch", "transformers", "peft", "sentence-transformers", "textual", "sqlite-utils")
LEAST_DISK = 200e6
"""Bytes: a store of 10,000 turns with its backups stays below 100 MB."""
LEAST_WIDTH, LEAST_HEIGHT = 80, 24


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report: `hint` is the next step and is empty where all is well."""

    what: str
    value: str
    hint: str = ""


def examine(settings: Settings, environ: Mapping[str, str]) -> Iterator[Finding]:
    """All findings, in the order a person would ask."""
    checks: tuple[Callable[[], Iterator[Finding]], ...] = (
        _versions,
        lambda: _terminal(environ),
        lambda: _disk(settings.home),
        lambda: _store(settings),
        lambda: _model(settings),
    )
    for check in checks:
        yield from check()


def _versions() -> Iterator[Finding]:
    yield Finding("Python", sys.version.split()[0], "" if sys.version_info >= (3, 11) else "Python 3.11 이상을 설치해 주세요.")
    yield Finding("프로세서", f"{os.cpu_count()}개")
    for name in LIBRARIES:
        try:
            yield Finding(name, version(name))
        except PackageNotFoundError:
            yield Finding(name, "없음", "`make install`을 해 주세요.")


def _terminal(environ: Mapping[str, str]) -> Iterator[Finding]:
    size = shutil.get_terminal_size()
    small = size.columns < LEAST_WIDTH or size.lines < LEAST_HEIGHT
    yield Finding(
        "터미널", f"{size.columns}×{size.lines}", f"{LEAST_WIDTH}×{LEAST_HEIGHT} 이상으로 넓혀 주세요." if small else ""
    )
    colours = environ.get("COLORTERM", "")
    hint = "" if colours in ("truecolor", "24bit") else "색이 뭉개지면 24비트 색을 쓰는 터미널을 써 보세요."
    yield Finding("색", colours or "알 수 없음", hint)
    locale = next((environ[n] for n in ("LC_ALL", "LC_CTYPE", "LANG") if environ.get(n)), "")
    utf8 = "utf" in locale.lower()
    yield Finding("글자", locale or "정해지지 않음", "" if utf8 else "`export LANG=ko_KR.UTF-8`(또는 C.UTF-8)을 해 주세요.")


def _disk(home: Path) -> Iterator[Finding]:
    place = next(p for p in (home, *home.parents) if p.exists())
    free = shutil.disk_usage(place).free
    hint = "" if free > LEAST_DISK else "자리가 모자라요. 파일을 정리해 주세요."
    yield Finding("빈자리", f"{free / 1e9:.1f} GB", hint)
    yield Finding("폴더", str(home), "" if os.access(place, os.W_OK) else "쓸 수 없는 폴더예요. OHLORA_HOME을 바꿔 주세요.")


def _store(settings: Settings) -> Iterator[Finding]:
    if not settings.store_path.exists():
        yield Finding("저장소", "아직 없음 (첫 대화에서 만들어져요)")
        return
    from db import care
    from ohlora_tui.verbs.common import opened_store

    try:
        with opened_store() as store:
            yield Finding("저장소", f"대화 {len(store.sessions())}개, 기억 {len(store.memories())}개")
            for fault in care.doctor(store):
                yield Finding("저장소", fault, "`ohlora chat`을 한 번 열면 고칠 수 있는 것은 스스로 고쳐요.")
    except OhLoraError as wrong:
        yield Finding("저장소", wrong.message, wrong.hint or "백업 폴더를 확인해 주세요.")


def _model(settings: Settings) -> Iterator[Finding]:
    if settings.server:
        yield from _server(settings)
        return
    base = bases.find(settings.base)
    adapters = bases.adapter_folders(base, settings.pulled_models)
    here = bases.local_folder(base, settings.pulled_models) is not None
    yield Finding(
        "모델", base.name if here else f"{base.name} (없음)", "" if here else "`ohlora chat --base mini`로 시작할 수 있어요."
    )
    yield Finding(
        "어댑터", ", ".join(adapters) or "없음", "" if adapters else "어댑터 없이도 대화하지만, 말투와 표정이 서툴러요."
    )


def _server(settings: Settings) -> Iterator[Finding]:
    """What the server serves, and that what is said goes there."""
    from ohlora_tui.conversation import SENT
    from ohlora_tui.engine.remote import RemoteEngine

    try:
        engine = RemoteEngine.connect(settings)
    except OhLoraError as wrong:
        yield Finding("서버", wrong.message, wrong.hint)
        return
    yield Finding("서버", f"{engine.name} @ {engine.place}. {SENT.format(engine.url)}")
    hint = "" if engine.heads else "어댑터 없이도 대화하지만, 말투와 표정이 서툴러요."
    yield Finding("어댑터", ", ".join(sorted(engine.heads)) or "없음", hint)


def run() -> None:
    """Print the report."""
    from ohlora_tui.settings import load
    from ohlora_tui.verbs.common import show

    findings = list(examine(load(), os.environ))
    show(("", "항목", "값", "다음에 할 일"), [("!" if f.hint else "✓", f.what, f.value, f.hint) for f in findings], "")
