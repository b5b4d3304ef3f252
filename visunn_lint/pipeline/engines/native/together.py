"""State of the whole process that captures change while they run, by all of them together."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from types import TracebackType


class Together:
    """A context that the first capture enters and the last one leaves, whichever threads they are on.

    If each put back what it found itself, the one that leaves last might put back what another one had set.
    """

    def __init__(self, context: Callable[[], AbstractContextManager[None]]) -> None:
        self._context = context
        self._lock = threading.Lock()
        self._count = 0
        self._entered = ExitStack()

    def __enter__(self) -> None:
        """Enter the context, if this capture is the first."""
        with self._lock:
            if not self._count:
                self._entered.enter_context(self._context())
            self._count += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the context, if this capture is the last."""
        with self._lock:
            self._count -= 1
            if not self._count:
                self._entered.close()
