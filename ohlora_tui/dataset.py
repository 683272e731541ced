"""CSV row <-> Turn, pair row <-> Pair. Every fault names file, line and column."""

from __future__ import annotations

import csv
import gzip
import hashlib
import re
import zlib
from collections.abc import Iterator, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from ohlora_tui.errors import DataError
from ohlora_tui.heads import HEADS, context, fresh, text_of
from ohlora_tui.records import Expression, Memory, Pair, Recall, Row, Turn

COLUMNS = ("data_type", "input_data", "output_message", "memory", "summary", "eyes_mouth_pose")
"""The predecessor's columns that are read. `eyes`, `mouth`, `pose` repeat eyes_mouth_pose; `scenario`, `topic` are ours."""
PAIR_COLUMNS = ("memory_0", "user_prompt_0", "memory_1", "user_prompt_1", "similarity_score")
SPLITS = ("train", "valid", "test")

_INPUT = re.compile(
    r"(?:\(지금은 (?P<clock>[^()]+)\) )?(?P<memories>(?:\[[^\[\]]+\] )*)"
    r"(?:\(오로라 답변 요약\) (?P<summary>.*?) \(사용자 질문\) )?(?P<message>.*)",
    re.DOTALL,
)
_MEMORIES = re.compile(r"\[[^\[\]]+\]")


def read_rows(path: Path) -> list[Row]:
    """Persona rows of one CSV file, or of all `*.csv` of a folder in name order. DataError names the bad line."""
    files = sorted(path.glob("*.csv")) if path.is_dir() else [path]
    if not files:
        raise DataError(f"{path} 폴더에 CSV 파일이 없어요.", "--data에 CSV 파일이나 폴더를 적어 주세요.")
    return [row for file in files for row in _rows_of(file)]


def _rows_of(path: Path) -> Iterator[Row]:
    stem, name = path.stem, path.name  # once a file: a path looks for its name anew each time, .1 s of 25,000 rows
    for line, cells in _lines(path, COLUMNS):
        turn = _turn_at(cells, line, path)
        yield Row(turn, cells["data_type"], cells.get("scenario") or f"{stem}-{line}", cells.get("topic") or "", line, name)


def _turn_at(cells: dict[str, str], line: int, path: Path) -> Turn:
    """The turn of one CSV line; DataError if a cell is not what its column holds."""
    if cells["data_type"] not in SPLITS:
        raise _bad(path, line, "data_type", cells["data_type"], "train, valid, test 가운데 하나여야 해요")
    for column in ("input_data", "output_message"):
        if not cells[column].strip():
            raise _bad(path, line, column, "", "비어 있으면 안 돼요")
    try:
        return turn_of(cells)
    except ValueError as wrong:
        column = "memory" if "[키: 값]" in str(wrong) else "eyes_mouth_pose"
        raise _bad(path, line, column, cells[column], "꼴이 달라요") from wrong


def turn_of(cells: dict[str, str]) -> Turn:
    """input_data and the four targets as a Turn. ValueError on a malformed memory or expression."""
    message, before = _parted(cells["input_data"])
    return Turn(
        message=message,
        answer=cells["output_message"],
        change=fresh(Memory.parse(cells["memory"]) if cells["memory"].strip() else None),
        summary=cells["summary"],
        expression=Expression.parse(cells["eyes_mouth_pose"]) if cells["eyes_mouth_pose"].strip() else None,
        **before,
    )


def _parted(text: str) -> tuple[str, dict[str, Any]]:
    """(message, the time, memories and summary that stand before it, by the turn's fields); seven rows of ten have none."""
    if not text.startswith(("(", "[")):
        return text, {}
    found = _INPUT.fullmatch(text)
    assert found is not None  # every group is optional: the pattern takes any text
    recalls = tuple(Recall(Memory.parse(m), 1.0, True, m) for m in _MEMORIES.findall(found["memories"]))
    return found["message"], {"clock": found["clock"] or "", "recalls": recalls, "last_summary": found["summary"] or ""}


def cells_of(row: Row) -> dict[str, str]:
    """The CSV cells of a row: the inverse of row_of."""
    face = row.turn.expression
    targets = {name: text_of(head.value(row.turn)) for name, head in HEADS.items()}
    parts = {"eyes": face.eyes, "mouth": face.mouth, "pose": face.pose} if face else dict.fromkeys(("eyes", "mouth", "pose"), "")
    where = {"data_type": row.split, "scenario": row.scenario, "topic": row.topic}
    return where | {"input_data": context(row.turn) + row.turn.message} | targets | parts


def read_pairs(path: Path) -> list[Pair]:
    """Pairs of one CSV: the model reads `memory_0` and `user_prompt_1`, gold is `similarity_score` (0..1)."""
    pairs = []
    for line, cells in _lines(path, PAIR_COLUMNS):
        try:
            gold = float(cells["similarity_score"])
        except ValueError as wrong:
            raise _bad(path, line, "similarity_score", cells["similarity_score"], "숫자여야 해요") from wrong
        if not 0 <= gold <= 1:
            raise _bad(path, line, "similarity_score", cells["similarity_score"], "0과 1 사이여야 해요")
        pairs.append(Pair(cells["memory_0"], cells["user_prompt_1"], gold, line))
    return pairs


def unpacked(path: Path) -> str:
    """The text of a file, packed (*.gz) or not, read whole: through gzip's own text reader 27,000 rows take .2 s more. DataError if it was cut or changed."""
    held = path.read_bytes()
    try:
        return (gzip.decompress(held) if path.suffix == ".gz" else held).decode("utf-8-sig")
    except (EOFError, gzip.BadGzipFile, zlib.error) as wrong:
        raise DataError(f"{path} 파일이 손상됐어요: {wrong}.", "그 파일을 다시 받아 주세요.") from wrong


def packed(text: str) -> bytes:
    """The text as *.gz holds it; the same text gives the same bytes: no name, no time in the header."""
    return gzip.compress(text.encode("utf-8"), mtime=0)


def _lines(path: Path, needed: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """(line number, cells) of a UTF-8 CSV with a header; a BOM and CRLF are taken as they come."""
    try:
        reader = csv.reader(StringIO(unpacked(path), newline=""), strict=True)
        columns = next(reader, [])
        missing = [c for c in needed if c not in columns]
        if missing:
            raise DataError(f"{path} 1번째 줄에 {', '.join(missing)} 열이 없어요.", f"필요한 열: {', '.join(needed)}.")
        for cells in filter(None, reader):  # an empty line is none
            if len(cells) != len(columns):
                raise DataError(
                    f"{path} {reader.line_num}번째 줄의 칸 수가 머리줄과 달라요.", "쉼표가 든 글은 큰따옴표로 묶어 주세요."
                )
            yield reader.line_num, dict(zip(columns, cells, strict=True))
    except UnicodeDecodeError as wrong:
        raise DataError(f"{path} 파일이 UTF-8이 아니에요 ({wrong.start}번째 바이트).", "UTF-8로 다시 저장해 주세요.") from wrong
    except csv.Error as wrong:
        raise DataError(f"{path} 파일이 올바른 CSV가 아니에요: {wrong}.", "큰따옴표의 짝을 확인해 주세요.") from wrong
    except OSError as wrong:
        raise DataError(f"{path} 파일을 읽을 수 없어요: {wrong.strerror}.", "경로를 확인해 주세요.") from wrong


def _bad(path: Path, line: int, column: str, value: str, why: str) -> DataError:
    return DataError(f"{path} {line}번째 줄의 {column} 값 {value!r}: {why}.", "그 칸을 고쳐 주세요.")


def data_hash(rows: Sequence[Row]) -> str:
    """SHA-256 of all cells of the rows, in their order: the same data give the same hash on every machine."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update("\x1f".join(f"{k}={v}" for k, v in cells_of(row).items()).encode() + b"\x1e")
    return digest.hexdigest()
