"""Watches what a run asks of its surroundings besides files and variables: standard input, the machine's name."""

from __future__ import annotations

import os
import platform
import sys
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Final, Self, TextIO, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import ModuleType

    Tell: TypeAlias = Callable[[str, Sequence[Any]], None]

INPUT: Final = "sys.stdin"
NAMING: Final[dict[str, ModuleType]] = {"os.uname": os, "platform.node": platform, "platform.uname": platform}
"""What tells the name of the machine, by its module; the ground does not hold it, for machines may share a cache."""


@contextmanager
def watched(tell: Tell) -> Iterator[None]:
    """Tell, as of audit events, when standard input is asked for anything, or somebody for the machine's name."""
    with ExitStack() as replaced:
        if sys.stdin is not None:
            replaced.enter_context(_replaced(sys, "stdin", _Input(sys.stdin, tell)))
        for event, module in NAMING.items():
            name = event.partition(".")[2]
            if original := getattr(module, name, None):  # Windows has no os.uname
                replaced.enter_context(_replaced(module, name, _telling(event, original, tell)))
        yield


@contextmanager
def _replaced(owner: ModuleType, name: str, value: object) -> Iterator[None]:
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)


def _telling(event: str, original: Callable[[], Any], tell: Tell) -> Callable[[], Any]:
    def told() -> Any:  # noqa: ANN401 -- whatever the function returns
        tell(event, ())
        return original()

    return told


class _Input:
    """A stream of which it is told that somebody asks it for anything."""

    def __init__(self, stream: TextIO, tell: Tell) -> None:
        self._stream = stream
        self._tell = tell

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 -- whatever a stream has
        self._tell(INPUT, ())
        return getattr(self._stream, name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.readline, "")

    def __next__(self) -> str:
        return next(iter(self))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
