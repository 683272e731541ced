"""Blocking calls from the screen: in a thread, with the fault told as its sentence."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable
from typing import Any, ParamSpec, TypeVar

from textual.css.query import NoMatches

from ohlora_tui.errors import OhLoraError

P = ParamSpec("P")
T = TypeVar("T")


async def under(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a blocking call under the screen, in a thread."""
    return await asyncio.to_thread(work, *args, **kwargs)


def told(method: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """A coroutine method of a screen whose OhLoraError becomes a notice with the next step, and the app goes on."""

    @functools.wraps(method)
    async def wrapped(self: Any, *args: Any) -> None:
        try:
            await method(self, *args)
        except OhLoraError as wrong:
            self.app.notify(str(wrong), severity="error", timeout=10, markup=False)
        except NoMatches:
            if self.app.is_running:
                raise
            # the app is going down: its panes go before the work that was to fill them

    return wrapped
