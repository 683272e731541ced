"""Every setting, with its unit and its source, and where things lie on disk.

A value comes from, last wins: the default here, `ohlora.toml` in the data folder, an environment variable `OHLORA_<NAME>`.
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from ohlora_tui.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Settings:
    """One line a setting; the docstring under it is its help."""

    base: str = "mini"
    """Base model: a name from `ohlora models list`, a Hugging Face id, or a folder."""
    server: str = ""
    """http(s) address of an OpenAI-compatible server that writes instead of a model here; what is said goes there. "" = none."""
    server_key: str = ""
    """Key the server asks for (vLLM's --api-key), sent as a bearer token to `server` alone."""
    threads: int = 0
    """CPU threads for the models; 0 = one for mini (155 tokens/s alone; two busy cores were slower), measured once for a large base."""
    quantize: str = "none"
    """none | int8 (CPU: .6 of the memory, 1.5 to 2 times the tokens a second at 1.3B; slower for mini) | 4bit (an NVIDIA GPU and bitsandbytes)."""
    recall_max: int = 3
    """Most memories one answer may read. Count."""
    recall_threshold: float = 0.0
    """Calibrated relevance (0..1) a memory needs to be read; 0 = what the retriever shipped with."""
    row_threshold: float = 0.0
    """Score (0..1) a written row needs to answer for the mini base; 0 = what the rows shipped with."""
    answer_tokens: int = 64
    """Most new tokens of an answer. The longest written answer has 50 with mini's tokenizer."""
    temperature: float = 0.0
    """0 = greedy. Greedy beat sampling at 0.5-0.6 by eye on 20 messages."""
    submit_key: str = "enter"
    """enter | ctrl+j; the other one starts a new line. ctrl+j is the only distinct key on every terminal."""
    animate: bool = True
    """Blink, breathe and ease the face. Off with --no-animate or NO_COLOR."""
    lang: str = "ko"
    """Interface language: ko | en."""
    home: Path = Path()
    """Data folder: store, backups, logs, pulled models. OHLORA_HOME, else the platform's user data folder."""

    @property
    def store_path(self) -> Path:
        return self.home / "ohlora.db"

    @property
    def backups(self) -> Path:
        return self.home / "backups"

    @property
    def pulled_models(self) -> Path:
        return self.home / "models"

    @property
    def log_path(self) -> Path:
        return self.home / "ohlora.log"


CHOICES = {"submit_key": ("enter", "ctrl+j"), "lang": ("ko", "en"), "quantize": ("none", "int8", "4bit")}


def load(environ: dict[str, str] | None = None, **overrides: Any) -> Settings:
    """Defaults < ohlora.toml < OHLORA_* < `overrides` that are not None. SettingsError names the bad value."""
    env = dict(os.environ if environ is None else environ)
    home = data_folder(env)
    values = dict(_from_file(home / "ohlora.toml"))
    names = {f.name for f in fields(Settings)} - {"home"}
    for name in names:
        if (raw := env.get(f"OHLORA_{name.upper()}")) not in (None, ""):
            values[name] = _convert(name, raw, f"OHLORA_{name.upper()}")
    values.update({k: v for k, v in overrides.items() if v is not None})
    if "NO_COLOR" in env:
        values["animate"] = False
    settings = replace(Settings(home=home), **values)
    _check(settings)
    return settings


def data_folder(env: dict[str, str]) -> Path:
    """OHLORA_HOME, else the platform's user data folder. Not created here."""
    if env.get("OHLORA_HOME"):
        return Path(env["OHLORA_HOME"]).expanduser()
    from platformdirs import user_data_path

    return user_data_path("ohlora", appauthor=False)


def _from_file(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise SettingsError(f"{path} 설정 파일을 읽을 수 없어요: {wrong}.", "그 줄을 고치거나 파일을 지워 주세요.") from wrong
    known = {f.name for f in fields(Settings)} - {"home"}
    for name in found:
        if name not in known:
            raise SettingsError(f"{path}에 모르는 설정 {name!r}이 있어요.", f"쓸 수 있는 것: {', '.join(sorted(known))}.")
    return {name: _convert(name, value, str(path)) for name, value in found.items()}


def _convert(name: str, raw: Any, place: str) -> Any:
    kind = type(getattr(Settings(), name))
    if kind is bool and isinstance(raw, str):
        words = {"1": True, "true": True, "on": True, "0": False, "false": False, "off": False}
        if raw.lower() in words:
            return words[raw.lower()]
    elif kind is not bool or isinstance(raw, bool):
        try:
            return kind(raw)
        except (TypeError, ValueError):
            pass  # falls through to the one sentence below
    raise SettingsError(f"{place}의 {name} 값 {raw!r}을 쓸 수 없어요.", f"{kind.__name__} 값을 적어 주세요.")


def _check(s: Settings) -> None:
    for name, allowed in CHOICES.items():
        if getattr(s, name) not in allowed:
            raise SettingsError(f"{name} 값 {getattr(s, name)!r}을 쓸 수 없어요.", f"{' 또는 '.join(allowed)} 중에 골라 주세요.")
    for name in ("recall_threshold", "row_threshold"):
        if not 0 <= getattr(s, name) <= 1:
            raise SettingsError(
                f"{name} 값 {getattr(s, name)}은 0과 1 사이여야 해요.", "ohlora.toml이나 환경 변수를 고쳐 주세요."
            )
    for name in ("threads", "recall_max"):
        if getattr(s, name) < 0:
            raise SettingsError(f"{name} 값 {getattr(s, name)}은 0 이상이어야 해요.", "ohlora.toml이나 환경 변수를 고쳐 주세요.")
    if s.answer_tokens < 1 or s.temperature < 0:
        raise SettingsError(
            "answer_tokens는 1 이상, temperature는 0 이상이어야 해요.", "ohlora.toml이나 환경 변수를 고쳐 주세요."
        )
