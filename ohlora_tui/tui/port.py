"""What the app asks of a conversation. `chat.ChatEngine` is the real one; tests give a fake.

Every method may block (models, disk), so the app calls them from threads of its own, never from the screen's.
Faults come as OhLoraError and are shown as their sentence.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Protocol

from ohlora_tui.events import Event
from ohlora_tui.records import Memory, Message, Session, Turn


class Conversation(Protocol):
    """The sessions of one store, and her who answers in them."""

    @property
    def base(self) -> str:
        """Name of the base model, for the status line."""
        ...

    @property
    def ready(self) -> bool:
        """Whether a message would be answered now; maybe before `load` ends: written rows answer before the base is open."""
        ...

    @property
    def notices(self) -> tuple[str, ...]:
        """Sentences the user should read once the models are open (a restored store, a small base)."""
        ...

    @property
    def session(self) -> Session | None:
        """The session that is open now, e.g. the one the command line chose; None: a new one."""
        ...

    def load(self, progress: Callable[[str], None]) -> None:
        """Open the models; `progress` takes a short Korean sentence at each step."""
        ...

    def sessions(self) -> list[Session]:
        """Stored sessions, newest first."""
        ...

    def open_session(self, session_id: int | None) -> Session | None:
        """Make a session current. None: a new one, stored at its first message (its id is then known from `turn.session_id`)."""
        ...

    def turns(self, session_id: int) -> list[Turn]:
        """All turns of a session, oldest first."""
        ...

    def rename_session(self, session_id: int, title: str) -> None: ...

    def delete_session(self, session_id: int) -> None:
        """Delete a session with its messages."""
        ...

    def reply(self, message: str, stop: threading.Event) -> Iterator[Event]:
        """One turn in the current session; ends with TurnDone. Setting `stop` ends it soon, state `stopped`."""
        ...

    def regenerate(self, stop: threading.Event) -> Iterator[Event]:
        """The last turn of the current session once more."""
        ...

    def undo_memory(self, turn_id: int) -> str:
        """Take back what this turn made her remember; a Korean sentence that says what was done."""
        ...

    def memories(self) -> list[Memory]:
        """All living memories, pinned ones first."""
        ...

    def pin_memory(self, memory_id: int, pinned: bool) -> None: ...

    def edit_memory(self, memory_id: int, key: str, value: str) -> None: ...

    def forget_memory(self, memory_id: int) -> None:
        """Forget for good."""
        ...

    def search(self, text: str) -> list[Message]:
        """Messages of all sessions that hold `text`, best first."""
        ...
