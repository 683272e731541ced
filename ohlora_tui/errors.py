"""What can go wrong, each as one sentence for the user and the next step.

OhLoraError            the user can fix it: exit code 1, no traceback
├── SettingsError      a setting or environment variable has a value we cannot use
├── DataError          a CSV or JSON the user gave is malformed (names line and column)
├── StoreError         the conversation store cannot be opened or written
├── ModelError         a base, adapter or retriever is missing, damaged or does not fit
└── EngineError        a model failed while it was writing
"""

from __future__ import annotations


class OhLoraError(Exception):
    """`message`: one Korean sentence with the value and the place. `hint`: the next command or step ("" if none)."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class SettingsError(OhLoraError):
    """A setting or environment variable has a value that cannot be used."""


class DataError(OhLoraError):
    """A data file is malformed; the message names the file, line and column."""


class StoreError(OhLoraError):
    """The store cannot be opened, is damaged, newer than this program, or the disk refuses."""


class ModelError(OhLoraError):
    """A base, adapter or retriever is missing, damaged or does not fit the others."""


class EngineError(OhLoraError):
    """A model failed while writing; what was said so far is kept."""


def as_engine_error(what: str, wrong: BaseException) -> OhLoraError:
    """Any failure of a model as one sentence; our own errors stay as they are."""
    if isinstance(wrong, OhLoraError):
        return wrong
    reason = (str(wrong).strip().splitlines() or [""])[0][:200]
    return EngineError(
        f"{what}을(를) 쓰다가 모델이 멈췄어요 ({type(wrong).__name__}: {reason}).", "ohlora doctor 로 상태를 확인해 주세요."
    )
