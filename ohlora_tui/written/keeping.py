"""The letters of the written rows, made once a data folder: 1.8 s at every start otherwise.

written/letters-<what the keys are>.safetensors   39 MB; another version of the rows is another file, and the older ones go
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ohlora_tui import nearness, words

log = logging.getLogger(__name__)


def letters(texts: Sequence[str], keys: Path, home: Path | None) -> nearness.Index:
    """The index of the messages of the file `keys`, from the data folder `home` if it lies there; else made, and laid there where that can be."""
    if home is None:
        return nearness.build(texts)
    file = home / "written" / f"letters-{_mark(keys)}.safetensors"
    try:
        return _read(file, len(texts))
    except FileNotFoundError:
        log.info("%s is made: the first start with these rows", file)
    except (OSError, ValueError, LookupError) as wrong:
        log.warning("%s cannot be read and is made again: %s", file, wrong)
    index = nearness.build(texts)
    try:
        _write(index, file)
    except OSError as wrong:
        log.warning("%s cannot be written; the next start makes it again: %s", file, wrong)
    return index


def _mark(keys: Path) -> str:
    """What the index depends on: the messages, and the code that reads their letters."""
    read = b"".join(Path(module.__file__ or "").read_bytes() for module in (nearness, words))
    return hashlib.sha256(keys.read_bytes() + read).hexdigest()[:16]


def _read(file: Path, texts: int) -> nearness.Index:
    """FileNotFoundError, OSError, ValueError or LookupError where it is not the index of so many texts."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        index = nearness.Index(**load_file(file))  # type: ignore[arg-type]
    except (SafetensorError, TypeError) as wrong:
        raise ValueError(str(wrong)) from wrong
    if len(index.norms) != texts or len(index.grams) != len(index.ends) or index.ends[-1:].sum() != len(index.texts):
        raise ValueError(f"{len(index.norms)} texts, {len(index.texts)} grams of theirs")
    return index


def _write(index: nearness.Index, file: Path) -> None:
    """All of it or nothing: two starts at once write the same, and what a killed one left goes. OSError."""
    from safetensors.numpy import save_file

    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_suffix(f".{os.getpid()}.new")
    save_file({name: np.ascontiguousarray(array) for name, array in vars(index).items()}, new)
    os.replace(new, file)
    for other in file.parent.glob("letters-*"):
        if other != file:
            other.unlink(missing_ok=True)
