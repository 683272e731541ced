"""Helper processes for the store tests.

    python crash_writer.py crash FOLDER KILLS   forks a child that writes, SIGKILLs it at a random moment, again and again;
                                                prints as JSON what the children had acknowledged
    python crash_writer.py write FOLDER NAME N  writes N turns into one session of its own

Forking from a warm parent saves the imports (0.5 s) a hundred times. The parent never opens the store itself.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlite_utils  # noqa: F401  # warm before the fork

from db.store import Store
from ohlora_tui.records import Change, Expression, Memory

START = datetime(2026, 11, 22, 3, tzinfo=UTC)


def main(mode: str, folder: Path, *rest: str) -> None:
    if mode == "crash":
        print(json.dumps(crash(folder, int(rest[0])), ensure_ascii=False))
    else:
        write(folder, rest[0], int(rest[1]))


def crash(folder: Path, kills: int) -> dict[str, list]:
    chance = random.Random(20261122)
    acknowledged: dict[str, list] = {"said": [], "done": [], "forgot": []}
    for life in range(kills):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            live(folder, life, writing)
        os.close(writing)
        heard = wait_for(reading, life)
        time.sleep(chance.uniform(0.001, 0.04))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with os.fdopen(reading, "rb") as pipe:
            heard += pipe.read()
        for line in heard.decode().split("\n")[:-1]:
            kind, turn, text = line.split(" ", 2)
            acknowledged[kind].append([int(turn), text])
    return acknowledged


def wait_for(reading: int, life: int) -> bytes:
    """Every tenth life gets as far as forgetting, every other one to its first words; the rest may die while opening."""
    heard = b""
    wanted = b"forgot" if life % 10 == 0 else b"said" if life % 2 else b""
    while wanted not in heard and (piece := os.read(reading, 4096)):
        heard += piece
    return heard


def live(folder: Path, life: int, pipe: int) -> None:
    """One short life: turns until the kill, a line after each commit. A day passes between lives, so backups are cut short too."""
    now = START + timedelta(days=life)
    try:
        store = Store.open(folder / "ohlora.db", folder / "backups", now)
        session = store.last_session() or store.create_session("대화", "mini", now)
        for n in range(10**6):
            turn = store.begin_turn(session.id, f"질문 {life}-{n}", "mini", now)
            os.write(pipe, f"said {turn.id} {turn.message}\n".encode())
            change = Change("ADD", Memory("비밀", f"보물{life}x{n}끝"))
            done = replace(turn, answer=f"대답 {life}-{n}", change=change, expression=Expression("크게"), state="done")
            done = store.finish_turn(done, ("fp", bytes(16), 4), now)
            os.write(pipe, f"done {turn.id} {done.answer}\n".encode())
            if n % 3 == 2 and done.memory and done.memory.id:
                store.forget_memory(done.memory.id, now)
                os.write(pipe, f"forgot {turn.id} {done.memory.value}\n".encode())
    except BaseException as wrong:
        os.write(pipe, f"failed 0 {wrong!r}\n".encode())  # an unknown kind: the parent fails on it
    os._exit(1)


def write(folder: Path, name: str, count: int) -> None:
    store = Store.open(folder / "ohlora.db", folder / "backups", START)
    session = store.create_session(name, "mini", START)
    for n in range(count):
        turn = store.begin_turn(session.id, f"{name} {n}", "mini", START)
        store.finish_turn(replace(turn, answer=f"응 {n}", change=Change("ADD", Memory(name, f"{n}"))), None, START)
    store.close()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])
