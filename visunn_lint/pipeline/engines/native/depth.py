"""Room on the stack for what a capture puts between the calls of a model's modules."""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_FACTOR: Final = 3
"""A module call takes four steps of the limit, and while it is observed some ten: a hundred levels, not 250."""

_MOST: Final = 3000
"""No limit is raised beyond this: what recurses without end has to be stopped before the stack of C is used up."""


class _Captures:
    """How many captures are at work, on all threads, and the limit that was there before the first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count = 0
        self._before = 0

    def enter(self) -> None:
        """Raise the limit for the first."""
        with self._lock:
            if not self._count:
                self._before = sys.getrecursionlimit()
                sys.setrecursionlimit(max(self._before, min(self._before * _FACTOR, _MOST)))
            self._count += 1

    def leave(self) -> None:
        """Put the limit back after the last, whatever a forward made of it."""
        with self._lock:
            self._count -= 1
            if not self._count:
                sys.setrecursionlimit(self._before)


_captures: Final = _Captures()


@contextmanager
def as_deep_as_uncaptured() -> Iterator[None]:
    """Let modules be nested as deeply as without a capture; captures may be nested, and on several threads.

    The limit is that of the process: it is raised by the first capture, and put back by the last.
    """
    _captures.enter()
    try:
        yield
    finally:
        _captures.leave()
