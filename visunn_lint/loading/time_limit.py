"""A bound on the time that one target takes."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

from visunn_lint.errors import Timeout

if TYPE_CHECKING:
    from collections.abc import Iterator

_AGAIN = 5.0
"""Seconds until the next alarm: the user's code may have swallowed the first one."""


@contextmanager
def time_limit(seconds: float | None) -> Iterator[None]:
    """Raise Timeout in what runs within the context once the time has passed; None is for ever.

    Signals reach the main thread alone: in others there is no limit, nor where the system has no
    interval timers.
    """
    is_main = threading.current_thread() is threading.main_thread()
    if seconds is None or not is_main or not hasattr(signal, "setitimer"):
        yield
        return
    handler = signal.signal(signal.SIGALRM, _raise)
    earlier = signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, *earlier)
        signal.signal(signal.SIGALRM, handler)


def _raise(_signal: int, _frame: object) -> NoReturn:
    raise Timeout
