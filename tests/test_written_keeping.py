"""What is made of the written rows at the first start lies in the data folder for the next one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ohlora_tui import nearness, words
from ohlora_tui.written import keeping

TEXTS = ["배고파", "오늘 날씨 좋다", "날씨 춥다"]


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    file = tmp_path / "keys.tsv.gz"
    file.write_bytes(b"first")
    return file


def kept(home: Path) -> list[Path]:
    return sorted((home / "written").iterdir())


def same(one: nearness.Index, other: nearness.Index) -> bool:
    return all(np.array_equal(a, b) and a.dtype == b.dtype for a, b in zip(vars(one).values(), vars(other).values(), strict=True))


def test_the_second_start_reads_what_the_first_made(keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = keeping.letters(TEXTS, keys, tmp_path)
    monkeypatch.setattr(nearness, "build", lambda texts: pytest.fail("made again"))
    assert same(keeping.letters(TEXTS, keys, tmp_path), first)


def test_new_rows_are_read_anew_and_the_old_file_goes(keys: Path, tmp_path: Path) -> None:
    keeping.letters(TEXTS, keys, tmp_path)
    (old,) = kept(tmp_path)
    keys.write_bytes(b"second")
    assert len(keeping.letters(TEXTS[:2], keys, tmp_path).norms) == 2
    (new,) = kept(tmp_path)
    assert new != old


@pytest.mark.parametrize("wrong", [b"", b"torn", None])
def test_a_damaged_file_is_made_again(keys: Path, tmp_path: Path, wrong: bytes | None) -> None:
    first = keeping.letters(TEXTS, keys, tmp_path)
    (file,) = kept(tmp_path)
    file.write_bytes(file.read_bytes()[:-20] if wrong is None else wrong)
    assert same(keeping.letters(TEXTS, keys, tmp_path), first)
    assert same(keeping.letters(TEXTS, keys, tmp_path), first) and kept(tmp_path) == [file]


def test_an_index_of_other_texts_is_not_taken(keys: Path, tmp_path: Path) -> None:
    keeping.letters(TEXTS, keys, tmp_path)
    (file,) = kept(tmp_path)
    keeping._write(nearness.build(TEXTS[:1]), file)
    assert len(keeping.letters(TEXTS, keys, tmp_path).norms) == 3


def test_where_nothing_can_be_written_she_still_answers(keys: Path, tmp_path: Path) -> None:
    (tmp_path / "written").write_text("a file stands where the folder would")
    assert len(keeping.letters(TEXTS, keys, tmp_path).norms) == 3


def test_what_a_killed_start_left_goes(keys: Path, tmp_path: Path) -> None:
    keeping.letters(TEXTS, keys, tmp_path)
    (file,) = kept(tmp_path)
    file.with_suffix(".99.new").write_bytes(b"half")
    keys.write_bytes(b"second")
    keeping.letters(TEXTS, keys, tmp_path)
    assert len(kept(tmp_path)) == 1 and kept(tmp_path) != [file]


def test_other_code_reads_the_letters_anew(keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, other = keeping._mark(keys), tmp_path / "words.py"
    other.write_text("JOSA = ''")
    monkeypatch.setattr(words, "__file__", str(other))
    assert keeping._mark(keys) != first
