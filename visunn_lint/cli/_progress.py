"""How far a check has come, for a person who waits for it."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from visunn_lint.cli._terminal import Terminal


@contextmanager
def progress(terminal: Terminal) -> Iterator[Callable[[int, int, str], None]]:
    """Yield what to tell about each unit that is done: its number, how many there are, and how it went.

    A line on stderr counts them where that is a terminal, and is gone in the end.
    """
    shows = sys.stderr.isatty() and not terminal.quiet and not terminal.verbose

    def tell(done: int, number: int, words: str) -> None:
        terminal.detail(words)
        if shows and 1 < number != done:
            sys.stderr.write(f"{_CLEAR}checked {done} of {number}")
            sys.stderr.flush()

    try:
        yield tell
    finally:
        if shows:
            sys.stderr.write(_CLEAR)
            sys.stderr.flush()


_CLEAR = "\r\033[K"
