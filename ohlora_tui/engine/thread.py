"""The one thread that every product of a model runs in, first come, first served.

torch's worker threads belong to the thread that calls it. A second caller gets a second team, and once the teams are more than the cores,
libgomp lets the workers sleep between two products: an int8 step of the 1.3B took 120 ms in the first caller's thread, 170 in any other.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import Any, TypeVar

PATIENCE = 0.05
"""Seconds between two looks at `stopped` while another generation is still running."""
T = TypeVar("T")


class ModelThread:
    """Started by its first call; a daemon, so that a program may end while a model still writes."""

    def __init__(self) -> None:
        self._calls: queue.SimpleQueue[tuple[Future[Any], Callable[[], Any]]] = queue.SimpleQueue()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def run(self, call: Callable[[], T]) -> T:
        """What `call` gives or raises, once those before it are done."""
        if threading.current_thread() is self._thread:
            return call()
        result: T = self._asked(call).result()
        return result

    def turn(self, call: Callable[[], T], stopped: Callable[[], bool]) -> T | None:
        """`call` in its turn; None if `stopped()` came before it began."""
        if threading.current_thread() is self._thread:
            return call()
        future: Future[T | None] = self._asked(lambda: None if stopped() else call())
        while not future.done():
            wait([future], PATIENCE)
            if stopped() and future.cancel():
                return None
        return future.result()

    def _asked(self, call: Callable[[], Any]) -> Future[Any]:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="model", daemon=True)
                self._thread.start()
        future: Future[Any] = Future()
        self._calls.put((future, call))
        return future

    def _serve(self) -> None:
        while True:
            future, call = self._calls.get()
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(call())
            except BaseException as wrong:  # raised where it was asked for
                future.set_exception(wrong)
            del future, call  # a model that is let go must not stay for the next call's sake


MODEL_THREAD = ModelThread()
