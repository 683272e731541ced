"""Where a model on this machine came from: origin.json beside its files, with the checksums that tell whether they are still what came."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from ohlora_tui.errors import ModelError

NAME = "origin.json"
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Origin:
    """`source`: a hub repository or the folder it was copied from; `commit` 40 hex digits ("" for a folder); `date` ISO; `files` name -> sha256."""

    source: str
    commit: str
    licence: str
    date: str
    files: dict[str, str]

    @property
    def short(self) -> str:
        """`owner/name@1234567`, or the folder."""
        return f"{self.source}@{self.commit[:7]}" if self.commit else self.source


def write(folder: Path, origin: Origin) -> None:
    """origin.json in `folder`."""
    (folder / NAME).write_text(json.dumps(asdict(origin), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read(folder: Path) -> Origin | None:
    """Where the model in `folder` came from; None if it was made or put there by hand. ModelError if the note is damaged.

    An adapter that was trained here after it came has another recipe.json than came: it is no longer what came.
    """
    if not (folder / NAME).is_file():
        return None
    try:
        found = Origin(**json.loads((folder / NAME).read_text(encoding="utf-8")))
        recipe = folder / "recipe.json"
        trained = recipe.is_file() and sha256(recipe) != found.files.get(recipe.name)
    except (OSError, ValueError, TypeError) as wrong:
        raise ModelError(f"{folder / NAME} 파일을 읽을 수 없어요: {wrong}.", "이 파일을 지우면 어디서 왔는지만 잊고 그대로 쓸 수 있어요.") from wrong
    return None if trained else found


def changed(folder: Path, origin: Origin) -> list[str]:
    """Names of files that are missing or no longer what came. Reads every byte."""
    return [name for name, told in origin.files.items() if not (folder / name).is_file() or sha256(folder / name) != told]


def sha256(path: Path) -> str:
    """What the hub names its large files by."""
    return _hash(path, hashlib.sha256())


def git_blob(path: Path) -> str:
    """What git, and so the hub, names small files by."""
    return _hash(path, hashlib.sha1(b"blob %d\0" % path.stat().st_size, usedforsecurity=False))


def _hash(path: Path, digest: hashlib._Hash) -> str:
    with path.open("rb") as handle:
        while block := handle.read(CHUNK):
            digest.update(block)
    return digest.hexdigest()
