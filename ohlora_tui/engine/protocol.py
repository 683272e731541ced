"""What the chat asks of an engine. `local.py` runs models here, `remote.py` asks a server, tests use a fake."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Protocol

from ohlora_tui.heads import Head
from ohlora_tui.records import Memory, Turn


class Engine(Protocol):
    """One base with its adapters. One generation at a time; every call blocks the thread that made it."""

    name: str
    """Base name, stored with each turn and shown in the status line."""
    heads: frozenset[str]
    """Names of the heads that have an adapter."""

    def stream(
        self, turn: Turn, *, stop: threading.Event, examples: Sequence[Turn] = (), avoid: frozenset[str] = frozenset(), remember: bool = False
    ) -> Iterator[str]:
        """Her answer to `turn`, piece by piece, without markers; ends at the end marker, `stop` or the token limit.

        `avoid`: answers already given in this session; none of them is given again.
        `examples`: written turns put before the prompt when this base has no answer adapter. `remember`: `memory` is asked of this
        turn afterwards, so an engine may write it on the way. EngineError on failure, also inside the generating thread.
        """
        ...

    def likelihood(self, turn: Turn, answer: str) -> float:
        """Mean log-probability (nats) a token of `answer`, its end included, as an answer to `turn`: how sure the model is of it."""
        ...

    def memory(self, turn: Turn, *, stop: threading.Event) -> Memory | None:
        """The fact to remember from `turn.message`, or None for nothing. Always well-formed (constrained)."""
        ...

    def after(self, turn: Turn, heads: Sequence[Head], *, stop: threading.Event) -> dict[str, str]:
        """Texts of the heads that read her answer (summary, eyes_mouth_pose), in one batch; `head.parse` takes each."""
        ...

    @property
    def tokens(self) -> int:
        """Tokens of the last streamed answer."""
        ...

    def close(self) -> None:
        """Free the model."""
        ...
