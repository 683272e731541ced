"""`ohlora memory export` and `import`: memories as a file, and back."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ohlora_tui.errors import DataError, OhLoraError
from ohlora_tui.verbs.common import opened_store

if TYPE_CHECKING:
    from db.store import Store
    from ohlora_tui.memory.merging import Merging

MAX_BYTES = 50_000_000
"""Largest file taken in: 10,000 memories are about 5 MB."""


def export(
    out: Annotated[str, typer.Option("--out", metavar="FILE", help="이 파일에 써요. '-'이면 표준 출력에.")] = "-",
    format_: Annotated[
        str | None, typer.Option("--format", help="json, md, csv. 없으면 파일 이름을 따르고, 아니면 json.")
    ] = None,
    history: Annotated[bool, typer.Option("--history", help="바뀌기 전의 지난 기억도 함께 내보내요.")] = False,
) -> None:
    """기억을 모두 내보내요. JSON과 CSV는 `ohlora memory import`로 다시 읽을 수 있어요."""
    from ohlora_tui.memory.exporting import FORMATS

    asked = format_ or (ending if (ending := Path(out).suffix.lstrip(".").lower()) in FORMATS else "json")
    if asked not in FORMATS:
        raise OhLoraError(f"--format 값 {asked!r}을 쓸 수 없어요.", f"{', '.join(FORMATS)} 가운데 하나를 적어 주세요.")
    with opened_store() as store:
        live, past = store.memories(), store.past_memories() if history else None
    text = FORMATS[asked](live, past)
    if out == "-":
        sys.stdout.write(text)
        return
    _write(Path(out), text)
    print(f"기억 {len(live)}개{f'와 지난 기억 {len(past)}개' if past else ''}를 {out}에 내보냈어요.")


def _write(path: Path, text: str) -> None:
    """A file that only its owner may read, whole or not at all. OhLoraError if the place will not have it."""
    from db.backups import private, settle

    target = path.resolve()
    if target.exists() and not target.is_file():
        raise OhLoraError(
            f"{path}은(는) 파일이 아니에요.", "다른 이름을 --out에 적거나, 표준 출력으로 내보내려면 `--out -`을 써 주세요."
        )
    young = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        private(young)
        try:
            young.write_text(text, encoding="utf-8", newline="")
            settle(young, target)
        finally:
            young.unlink(missing_ok=True)
    except OSError as wrong:
        raise OhLoraError(f"{path}에 쓸 수 없어요: {wrong.strerror}.", "다른 자리를 --out에 적어 주세요.") from wrong


def import_(
    file: Annotated[str, typer.Argument(metavar="FILE", help="JSON이나 CSV 파일. '-'이면 표준 입력.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="값이 하나인 키에 다른 값이 있으면 바꿔요. 옛 값은 지난 값으로 남아요.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="무엇이 바뀔지만 보여 주고 아무것도 바꾸지 않아요.")] = False,
) -> None:
    """내보낸 JSON이나 key, value 열이 있는 CSV에서 기억을 가져와요. 모두 가져오거나, 하나도 가져오지 않아요."""
    import shlex

    from ohlora_tui.conversation import local_now
    from ohlora_tui.memory.importing import Source, read
    from ohlora_tui.memory.merging import Merging

    now = local_now()
    source = Source("표준 입력", "-") if file == "-" else Source(file, shlex.quote(file))
    merging = Merging(read(_bytes(file), source, now), now, replace)
    with opened_store() as store:
        _done(store, merging, dry_run)
    for change in merging.differing:
        print(f"그대로 두었어요: {change.memory.text}. {change.reason}")
    if merging.differing:
        print("이 값들로 바꾸려면 `--replace`를 붙여 다시 해 주세요.")
    print(f"{'미리 보기(아직 바꾸지 않았어요): ' if dry_run else ''}{merging.sentence()}")


def _done(store: Store, merging: Merging, dry_run: bool) -> None:
    if dry_run:
        merging.decide(store.memories())
    else:
        store.change_memories(merging.decide, merging.now)


def _bytes(file: str) -> bytes:
    """The file, or standard input for `-`. DataError if it cannot be read or is too large."""
    try:
        with sys.stdin.buffer if file == "-" else Path(file).open("rb") as handle:
            data = handle.read(MAX_BYTES + 1)
    except OSError as wrong:
        raise DataError(f"{file} 파일을 읽을 수 없어요: {wrong.strerror}.", "경로를 확인하고 다시 해 주세요.") from wrong
    if len(data) > MAX_BYTES:
        raise DataError(f"{file} 파일이 {MAX_BYTES // 1_000_000} MB보다 커요.", "나눠서 `ohlora memory import`를 해 주세요.")
    return data
