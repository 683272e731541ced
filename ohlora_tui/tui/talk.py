"""Her speaking, outside the screen: models run in threads of ours, and what they yield waits in an inbox until the screen looks.

Daemon threads, not Textual workers: a worker thread cannot be cancelled, and leaving the app would wait for a model to load.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from ohlora_tui.errors import OhLoraError
from ohlora_tui.events import AnswerChunk, Event
from ohlora_tui.tui.port import Conversation
from ohlora_tui.tui.strings import Say

log = logging.getLogger(__name__)

GATE_POLL_S = 0.05
"""How often a message that waits for the models looks whether the user stopped it."""


@dataclass(frozen=True, slots=True)
class Loading:
    """A step of loading, as the engine words it."""

    step: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """Loading has ended; `trouble` is the sentence if it failed."""

    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """The turn broke off with this sentence."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Ended:
    """Nothing more will come for this turn. `begun`: False if it was stopped before the models were open."""

    begun: bool


News = Event | Loading | Loaded | Failed | Ended


def merged(news: list[News]) -> list[News]:
    """The same news with neighbouring pieces of her answer joined, so that the screen is updated once for them."""
    out: list[News] = []
    for item in news:
        before = out[-1] if out else None
        if isinstance(item, AnswerChunk) and isinstance(before, AnswerChunk) and before.turn_id == item.turn_id:
            out[-1] = replace(before, text=before.text + item.text)
        else:
            out.append(item)
    return out


class Live:
    """One turn being made. Its first event gives it its turn id; events of any other turn are late and dropped."""

    def __init__(self, begin: Callable[[threading.Event], Iterator[Event]], over: frozenset[int] = frozenset()) -> None:
        self.begin = begin
        self.stop = threading.Event()
        self.turn_id: int | None = None
        self._over = over  # turns that ended before: none of their events may name this one
        self.inbox: deque[News] = deque()

    def take(self) -> list[News]:
        """What came since the last look, stale events left out."""
        news: list[News] = []
        while self.inbox:
            item = self.inbox.popleft()
            if self._belongs(item):
                news.append(item)
        return merged(news)

    def _belongs(self, item: News) -> bool:
        turn_id = getattr(item, "turn_id", None)
        if turn_id is None:
            return True
        if turn_id in self._over or (isinstance(item, AnswerChunk) and self.stop.is_set()):
            return False
        self.turn_id = turn_id if self.turn_id is None else self.turn_id
        return turn_id == self.turn_id


class Talk:
    """Loads the models once, makes one turn at a time, and keeps its news for the screen."""

    def __init__(self, conversation: Conversation, say: Say) -> None:
        self.conversation = conversation
        self.live: Live | None = None
        self.loading = False
        self.trouble = ""
        self._say = say
        self._gate = threading.Event()  # set when loading has ended, well or not
        self._inbox: deque[News] = deque()
        self._over: set[int] = set()

    @property
    def ready(self) -> bool:
        return self.conversation.ready

    @property
    def waiting(self) -> bool:
        """News may come: someone should look."""
        return self.loading or self.live is not None or bool(self._inbox)

    def load(self) -> None:
        """Open the models in the background."""
        self.loading = True
        self._thread(self._load, "ohlora-load")

    def reply(self, message: str) -> Live:
        """Begin a turn; it waits for the models if they are not open yet."""
        return self._begin(lambda stop: self.conversation.reply(message, stop))

    def regenerate(self, turn_id: int | None) -> Live:
        """Begin the last turn again; it may come back under its old id."""
        self._over.discard(turn_id or 0)
        return self._begin(self.conversation.regenerate)

    def stop(self) -> None:
        """Ask the turn being made to end; it keeps what was said."""
        if self.live:
            self.live.stop.set()

    def take(self) -> list[News]:
        """All news since the last look, in order."""
        news: list[News] = []
        while self._inbox:
            item = self._inbox.popleft()
            if isinstance(item, Loaded):
                self.loading, self.trouble = False, item.trouble
            news.append(item)
        if self.live:
            news += self.live.take()
        if any(isinstance(item, Ended) for item in news):
            self._close()
        return news

    def _close(self) -> None:
        if self.live and self.live.turn_id is not None:
            self._over.add(self.live.turn_id)
        self.live = None

    def _begin(self, begin: Callable[[threading.Event], Iterator[Event]]) -> Live:
        live = self.live = Live(begin, frozenset(self._over))
        self._thread(lambda: self._run(live), "ohlora-talk")
        return live

    def _run(self, live: Live) -> None:
        begun = self._wait(live.stop)
        if begun:
            blocked = "" if self.ready else self.trouble
            sentence = blocked or self._try(lambda: live.inbox.extend(live.begin(live.stop)))
            if sentence:
                live.inbox.append(Failed(sentence))
        live.inbox.append(Ended(begun))

    def _wait(self, stop: threading.Event) -> bool:
        """True when she can answer (or never will), False when the user stopped first."""
        while not (self.ready or self._gate.wait(GATE_POLL_S)):
            if stop.is_set():
                return False
        return True

    def _load(self) -> None:
        self.trouble = self._try(lambda: self.conversation.load(lambda step: self._inbox.append(Loading(step))))
        self._gate.set()
        self._inbox.append(Loaded(self.trouble))

    def _try(self, work: Callable[[], None]) -> str:
        """Run it; "" or the sentence the user should read. A fault nobody foresaw is logged with its traceback."""
        try:
            work()
        except OhLoraError as wrong:
            return str(wrong)
        except Exception as wrong:  # the app must live on: what was said so far is on the screen
            log.exception("a fault nobody foresaw")
            return self._say("unexpected", what=f"{type(wrong).__name__}: {wrong}")
        return ""

    def _thread(self, work: Callable[[], None], name: str) -> None:
        threading.Thread(target=work, name=name, daemon=True).start()
