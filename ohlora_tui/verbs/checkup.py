"""`ohlora memory doctor`: what is wrong among the memories, put right one key at a time."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ohlora_tui.verbs.common import opened_store, print_json

if TYPE_CHECKING:
    from db.store import Store
    from ohlora_tui.memory.checkup import Finding, Repair

ANSWERS = (
    dict.fromkeys(("\r", "\n", "y", "Y", "ㅛ"), "repair")
    | dict.fromkeys(("n", "N", "ㅜ"), "leave")
    | dict.fromkeys(("q", "Q", "ㅂ", "\x1b", ""), "stop")
)
"""A key -> what it asks for; ㅛ, ㅜ, ㅂ lie on y, n, q. "": the end of standard input."""
ASKED = "   Enter 고치기 · n 그대로 두기 · q 그만하기: "

Answer = Callable[["Finding", int], str]
"""(a finding, how many there are with it) -> a value of ANSWERS."""


def run(
    fix: Annotated[
        bool, typer.Option("--fix", help="하나씩 묻고 고쳐요. 터미널이 아니면 표준 입력의 한 줄이 답 하나(y, n, q)예요.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="--fix와 함께: 묻지 않고 모두 고쳐요.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON 문서 하나로 내보내요.")] = False,
) -> None:
    """겹치거나 지났거나 서로 어긋나는 기억을 찾아서 고쳐요. 고친 것은 `ohlora memory undo`로 되돌릴 수 있어요."""
    if yes and not fix:
        raise typer.BadParameter("--yes는 --fix와 함께 써 주세요.")
    if as_json and fix and not yes:
        raise typer.BadParameter("--json으로 고치려면 --fix --yes를 함께 써 주세요.")
    from ohlora_tui.conversation import local_now

    with opened_store() as store:
        held = len(store.memories())
        done = _walked(store, local_now(), _answer(fix, yes, as_json), as_json)
    left = sum(not repaired for _, repaired in done)
    if as_json:
        print_json({"findings": [document(finding, repaired) for finding, repaired in done], "left": left})
    else:
        print(_closing(held, len(done) - left, left))
    if left:
        raise typer.Exit(1)


def document(finding: Finding, repaired: bool) -> dict[str, Any]:
    """One finding as JSON; `repair` is what --fix does."""
    return {
        "kind": finding.kind,
        "memories": [{"id": m.id, "text": m.text} for m in finding.memories],
        "sentence": finding.sentence,
        "repair": {"op": finding.repair.op, "text": finding.repair.text},
        "repaired": repaired,
    }


def _walked(store: Store, now: datetime, answer: Answer, silent: bool) -> list[tuple[Finding, bool]]:
    """Every finding with whether it was repaired; told as it goes unless `silent`."""
    done = []
    for finding, repaired in walk(store, now, answer if silent else _telling(answer)):
        done.append((finding, repaired))
        if repaired and not silent:
            print("   고쳤어요.")
    return done


def walk(store: Store, now: datetime, answer: Answer) -> Iterator[tuple[Finding, bool]]:
    """Each finding once, repaired where `answer` says so. What a repair has touched is looked at anew in the next round."""
    seen: set[tuple[str, tuple[int | None, ...]]] = set()
    while fresh := [f for f in _findings(store, now) if f.mark not in seen]:
        touched: set[int | None] = set()
        while fresh:
            finding = fresh.pop(0)
            ids = {m.id for m in finding.memories}
            if ids & touched:
                continue
            reply = answer(finding, len(fresh) + 1)
            if reply == "stop":
                yield from ((f, False) for f in (finding, *fresh))
                return
            seen.add(finding.mark)
            if reply == "repair":
                REPAIRS[finding.repair.op](store, finding.repair, now)
                touched |= ids
            yield finding, reply == "repair"


def _findings(store: Store, now: datetime) -> list[Finding]:
    from ohlora_tui.memory.checkup import examine

    strays = store.strays()
    return examine(store.memories(), now, strays.sources, strays.vectors)


REPAIRS: dict[str, Callable[[Store, Repair, datetime], object]] = {
    "merge": lambda store, r, now: store.retire_memories(r.ids, now, into=r.into),
    "retire": lambda store, r, now: store.retire_memories(r.ids, now),
    "rename": lambda store, r, now: store.edit_memory(r.ids[0], r.key, store.memory(r.ids[0]).value, now),
    "date": lambda store, r, now: store.date_memory(r.ids[0], *r.span, now),
    "unlink": lambda store, r, now: store.unlink_memory(r.ids[0]),
    "sweep": lambda store, r, now: store.drop_stray_vectors(),
}
"""What a repair does to the store."""


def _answer(fix: bool, yes: bool, as_json: bool) -> Answer:
    """Who is asked: nobody, the keyboard, or standard input line by line."""
    if fix and yes:
        return lambda finding, count: "repair"
    if not as_json and _on_terminal():
        return lambda finding, count: _asked(_key)
    if fix:
        return lambda finding, count: _asked(_line)
    return lambda finding, count: "leave"


def _on_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _telling(answer: Answer) -> Answer:
    def told(finding: Finding, count: int) -> str:
        numbers = ", ".join(f"{m.id}번" for m in finding.memories)
        print(f"{f'({numbers}) ' if numbers else ''}{finding.sentence}\n   고치면: {finding.repair.text}")
        return answer(finding, count)

    return told


def _asked(read: Callable[[], str]) -> str:
    """What the next known key asks for."""
    while True:
        print(ASKED, end="", flush=True)
        key = read()
        print()
        if key in ANSWERS:
            return ANSWERS[key]


def _key() -> str:
    """One key; "" for Ctrl+D."""
    try:
        return typer.getchar()
    except EOFError:
        return ""


def _line() -> str:
    """The first letter of a line, "\\n" for an empty line, "" at the end."""
    line = sys.stdin.readline()
    return line.strip()[:1] or line[-1:]


def _closing(held: int, repaired: int, left: int) -> str:
    if not repaired + left:
        return f"기억 {held}개를 살펴봤는데 이상한 곳이 없어요."
    told = f"고친 것 {repaired}개, 남은 것 {left}개."
    back = " 되돌리려면 `ohlora memory undo`를 해 주세요." if repaired else ""
    return told + (back or " 모두 고치려면 `ohlora memory doctor --fix --yes`를 해 주세요.")
