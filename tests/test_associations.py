"""A memory is found by what people say around its value, read through the nearest headwords of a lexicon."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from ohlora_tui.associations import FILE, Associations, parsed
from ohlora_tui.errors import ModelError

ENTRIES = parsed("headword\tassociations\n등산\t등산화,무릎,정상\n치과\t스케일링,마취,충치\n")


def letters(texts: Sequence[str]) -> np.ndarray:
    """Unit vectors over the letters of the texts: nearness by spelling alone."""
    out = np.zeros((len(texts), 64), np.float32)
    for row, text in enumerate(texts):
        for letter in text.replace(" ", ""):
            out[row, ord(letter) % 64] += 1
    return out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9)


def test_the_memory_whose_surroundings_are_spoken_of_comes_first() -> None:
    known = Associations(ENTRIES, letters)
    found = known.around("무릎이 시큰거려", letters(["무릎이 시큰거려"])[0], ["[내일 일정: 등산]", "[모레 일정: 치과]"])
    assert found.shape == (2, 2) and found[0, 0] > found[1, 0] and found[0, 1] > found[1, 1] == 0


def test_the_headwords_are_read_once_and_before_the_first_message_if_asked() -> None:
    read: list[int] = []
    known = Associations(ENTRIES, lambda texts: read.append(len(texts)) or letters(texts))  # type: ignore[func-returns-value]
    known.warm_up()
    assert read == [len(ENTRIES)]
    for message in ("무릎이 시큰거려", "이가 아파"):
        known.around(message, letters([message])[0], ["[내일 일정: 등산]"])
    assert read.count(len(ENTRIES)) == 1
    Associations({}, letters).warm_up()  # nothing to make


def test_without_a_lexicon_nothing_is_said_around(tmp_path: Path) -> None:
    known = Associations.load(tmp_path, letters)
    assert known.around("무릎", letters(["무릎"])[0], ["[취미: 등산]"]).tolist() == [[0.0, 0.0]]


def test_a_damaged_lexicon_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no gzip")
    with pytest.raises(ModelError, match="낱말 모음"):
        Associations.load(tmp_path, letters)
