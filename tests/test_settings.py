"""Settings come from file and environment; a value that cannot be used is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from ohlora_tui.errors import SettingsError
from ohlora_tui.settings import load


def test_environment_beats_file_beats_default(tmp_path: Path) -> None:
    (tmp_path / "ohlora.toml").write_text('recall_max = 5\nlang = "en"\n')
    found = load({"OHLORA_HOME": str(tmp_path), "OHLORA_LANG": "ko"})
    assert (found.recall_max, found.lang, found.base) == (5, "ko", "mini")


def test_an_option_beats_everything(tmp_path: Path) -> None:
    assert load({"OHLORA_HOME": str(tmp_path), "OHLORA_BASE": "polyglot"}, base="kanana").base == "kanana"


def test_no_color_stills_the_face(tmp_path: Path) -> None:
    assert not load({"OHLORA_HOME": str(tmp_path), "NO_COLOR": "1"}).animate


@pytest.mark.parametrize(
    ("name", "value"),
    [("THREADS", "많이"), ("THREADS", "-1"), ("ANIMATE", "글쎄"), ("SUBMIT_KEY", "tab"), ("RECALL_THRESHOLD", "2")],
)
def test_a_value_that_cannot_be_used_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name.lower()):
        load({"OHLORA_HOME": str(tmp_path), f"OHLORA_{name}": value})


def test_an_unknown_setting_in_the_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "ohlora.toml").write_text("temperatur = 1\n")
    with pytest.raises(SettingsError, match="temperatur"):
        load({"OHLORA_HOME": str(tmp_path)})


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "ohlora.toml").write_text("base = \n")
    with pytest.raises(SettingsError, match=r"ohlora\.toml"):
        load({"OHLORA_HOME": str(tmp_path)})
