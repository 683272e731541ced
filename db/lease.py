"""Who has the store open. A file lock beside the store, let go by the system at any death, so a killed app never blocks the next."""

from __future__ import annotations

import os
import threading
import time
from contextlib import suppress
from pathlib import Path

from ohlora_tui.errors import StoreError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

WAIT_S = 10.0
"""How long to wait while another app is just opening; its checks take milliseconds, a restore about a second."""

OPENING = threading.Lock()
"""One opening at a time in this process: closing a file drops every lock this process has on it (POSIX)."""


class Lease:
    """`alone`: nobody else has the store open, so files may be moved and turns left open belong to the dead.

    `sure`: False where the file system has no locks; then only old things may be taken for dead.
    Exclusive while opening, shared afterwards.
    """

    def __init__(self, store: Path) -> None:
        self.alone = self.sure = True
        self._file = os.open(store.with_name(f"{store.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            self._take(store)
        except BaseException:
            os.close(self._file)
            raise

    def _take(self, store: Path) -> None:
        if fcntl is None:
            self.sure = False
            return
        until = time.monotonic() + WAIT_S
        while True:
            for mode, alone in ((fcntl.LOCK_EX, True), (fcntl.LOCK_SH, False)):
                try:
                    fcntl.flock(self._file, mode | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
                except OSError:  # a network file system without locks
                    self.sure = False
                self.alone = alone
                return
            if time.monotonic() > until:
                raise StoreError(f"다른 오로라가 {store}을(를) 여는 중이에요.", "잠시 뒤에 다시 열어 주세요.")
            time.sleep(0.005)

    def share(self) -> None:
        """Opening is over: let others in."""
        if fcntl is not None and self.sure:
            fcntl.flock(self._file, fcntl.LOCK_SH)

    def close(self) -> None:
        if self._file >= 0:
            with suppress(OSError):
                os.close(self._file)
            self._file = -1
