"""Is the terminal still there? Closing its window tells the process that leads it, which need not be this one.

Under `make chat` the hang-up reaches make alone, which waits for the app; the app would read emptiness at full speed for ever.
"""

from __future__ import annotations

import os
import select
import signal
import threading


def end_with(fileno: int) -> None:
    """End this process when the terminal behind `fileno` is closed, as if the hang-up had reached it: what was shown as saved is saved.

    A thread of its own waits for it: the app's loop may be waiting for a terminal that takes nothing any more. To be called from the
    main thread; does nothing where a terminal cannot be waited for (Windows).
    """
    if not hasattr(select, "poll"):
        return
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    threading.Thread(target=_wait, args=(fileno,), daemon=True).start()


def _wait(fileno: int) -> None:
    looker = select.poll()
    looker.register(fileno, 0)  # asks for nothing: only an end is told
    if looker.poll():
        os.kill(os.getpid(), signal.SIGHUP)
