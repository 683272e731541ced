"""A file of memories (the JSON that `exporting` writes, or a CSV with at least key and value) read and checked, entry by entry. Pure."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from ohlora_tui.errors import DataError
from ohlora_tui.memory.calendar import span_of
from ohlora_tui.memory.cells import READERS
from ohlora_tui.memory.exporting import VERSION
from ohlora_tui.records import Memory

HEADINGS = {"키": "key", "값": "value", "내가 한 말": "quote", "말한 날": "said_at", "고정": "pinned", "번호": "id"}
"""Korean column names, as `ohlora memory list` shows them."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where the bytes came from: `name` as a sentence says it, `again` as the command line says it."""

    name: str
    again: str

    def wrong(self, place: str, why: str) -> DataError:
        """The one sentence, with the command that looks again."""
        return DataError(
            f"{self.name} {place}{why}.", f"고친 뒤 `ohlora memory import {self.again} --dry-run`으로 확인해 주세요."
        )


@dataclass(frozen=True)
class Taken:
    """What a file holds, in its order. `id` and `superseded_by` of each memory are the file's own numbers."""

    live: tuple[Memory, ...]
    past: tuple[Memory, ...] = ()

    def before(self, entry: Memory) -> list[Memory]:
        """The past values of a live entry, oldest first: those whose `superseded_by` leads to it."""
        found: dict[int, Memory] = {}
        wave = [entry.id]
        while wave:
            new = [m for at in wave for m in self._older.get(at, ()) if m.id not in found]
            found |= {m.id: m for m in new if m.id is not None}
            wave = [m.id for m in new]
        return [found[number] for number in sorted(found)]

    @cached_property
    def _older(self) -> dict[int | None, list[Memory]]:
        older: dict[int | None, list[Memory]] = {}
        for memory in self.past:
            if memory.superseded_by is not None:
                older.setdefault(memory.superseded_by, []).append(memory)
        return older


def read(data: bytes, source: Source, now: datetime) -> Taken:
    """All entries, or DataError that names the first bad line or entry. `now` dates what has no `said_at`."""
    text = _decoded(data, source)
    if not text.strip():
        raise source.wrong("", "내용이 비어 있어요")
    entries = _json_entries if text.lstrip()[0] in "{[" else _csv_entries
    found: dict[bool, list[Memory]] = {False: [], True: []}
    for place, cells, past in entries(text, source):
        found[past].append(_memory(cells, source, place, now))
    return Taken(tuple(found[False]), tuple(found[True]))


def _decoded(data: bytes, source: Source) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise source.wrong(
            "", f"글이 UTF-8이 아니에요 ({wrong.start}번째 바이트; 엑셀에서는 'CSV UTF-8'로 저장해 주세요)"
        ) from wrong


Entry = tuple[str, Mapping[str, Any], bool]
"""(place in the file as a sentence says it, cells by field, whether it is past)."""


def _json_entries(text: str, source: Source) -> Iterator[Entry]:
    document = _document(text, source)
    for name, past in (("memories", False), ("history", True)):
        listed = document.get(name, [])
        if not isinstance(listed, list) or (name not in document and not past):
            raise source.wrong(f"문서의 {name}에 ", "기억의 목록이 없어요")
        for number, cells in enumerate(listed, 1):
            place = f"{name} {number}번째 기억"
            if not isinstance(cells, dict):
                raise source.wrong(place, f"이 {{}} 꼴이 아니에요: {_shown(cells)}")
            yield place, cells, past


def _document(text: str, source: Source) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except json.JSONDecodeError as wrong:
        raise source.wrong(f"{wrong.lineno}번째 줄 {wrong.colno}번째 글자", "부터 올바른 JSON이 아니에요") from wrong
    except (ValueError, RecursionError) as wrong:  # a number of thousands of digits, brackets thousands deep
        raise source.wrong("", "문서를 JSON으로 읽을 수 없어요") from wrong
    version = document.get("version") if isinstance(document, dict) else None
    if type(version) is not int or version < 1:
        raise source.wrong("", "문서에 version이 없어서 `ohlora memory export`로 만든 것인지 알 수 없어요")
    if version > VERSION:
        raise source.wrong("", f"문서는 더 새로운 오로라가 내보낸 것이에요 (version {version})")
    return document


def _csv_entries(text: str, source: Source) -> Iterator[Entry]:
    table = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        names = [HEADINGS.get(name.strip(), name.strip().casefold()) for name in next(table)]
        if missing := [name for name in ("key", "value") if name not in names]:
            raise source.wrong("1번째 줄에 ", f"{', '.join(missing)} 열이 없어요")
        for row in table:
            place = f"{table.line_num}번째 줄"
            if not any(cell.strip() for cell in row):
                continue
            if len(row) != len(names):
                raise source.wrong(place, f"은 {len(row)}칸인데 머리줄은 {len(names)}칸이에요")
            cells = dict(zip(names, row, strict=True))
            yield place, cells, cells.get("state", "").strip() == "past"
    except csv.Error as wrong:
        raise source.wrong(f"{table.line_num}번째 줄", f"을 CSV로 읽을 수 없어요 ({wrong})") from wrong


def _memory(cells: Mapping[str, Any], source: Source, place: str, now: datetime) -> Memory:
    """One entry as a memory; a field that is not there has its default, a span that is not there is read from the words."""
    parts: dict[str, Any] = {}
    for name, reader in READERS.items():
        if name not in cells and name not in ("key", "value"):
            continue
        try:
            parts[name] = reader(cells.get(name), now)
        except ValueError as wrong:
            raise source.wrong(f"{place}의 ", f"{name} 값 {_shown(cells.get(name))}: {wrong}") from wrong
    memory = Memory(**parts | {"said_at": parts.get("said_at") or now})
    if memory.valid_from and memory.valid_until and memory.valid_from > memory.valid_until:
        raise source.wrong(f"{place}의 ", f"valid_until 값 {_shown(cells['valid_until'])}: valid_from보다 앞서요")
    return memory if cells.keys() & {"valid_from", "valid_until"} else _dated(memory)


def _dated(memory: Memory) -> Memory:
    assert memory.said_at is not None
    start, end = span_of(memory.key, memory.value, memory.quote or memory.value, memory.said_at)
    return replace(memory, valid_from=start, valid_until=end)


def _shown(value: Any) -> str:
    """A value as an error may show it: escaped, short."""
    text = repr(value)
    return text if len(text) <= 40 else text[:39] + "…"
