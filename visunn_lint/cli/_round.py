"""One round of `visunn check --watch`: a check in a process of its own, which tells what it read."""

from __future__ import annotations

import os
import signal
import sys
from importlib.util import source_from_cache
from pathlib import Path
from typing import TYPE_CHECKING

import visunn_lint
from visunn_lint.cli import run
from visunn_lint.location import is_installed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from multiprocessing.connection import Connection

_OURS = Path(visunn_lint.__file__).parent


def run_round(arguments: Sequence[str], answer: Connection) -> None:
    """Run a command line and send the files that it read; for a fresh process.

    What the model imports is imported anew in each. An interrupt ends the process at once, and
    without a word: whoever watches gets it as well.
    """
    files_read = begin_round()
    run(list(arguments))
    answer.send(files_read())


def begin_round() -> Callable[[], list[str]]:
    """Return what tells the user's files that this process, a fresh one, has read since; it heeds interrupts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    opened: set[str] = set()

    def hear(event: str, details: tuple[object, ...]) -> None:
        if event == "open" and isinstance(details[0], str) and _is_reading(*details[1:3]):
            opened.add(details[0])

    sys.addaudithook(hear)
    return lambda: sorted(own_files(opened.copy()))


def own_files(opened: Iterable[str]) -> set[str]:
    """Return the files of the user's project among some that were read, compiled ones as their source."""
    sources = {Path(_source(file)).absolute() for file in opened}
    return {str(path) for path in sources if _is_own(path)}


def _is_reading(mode: object, flags: object) -> bool:
    """Return whether a file was opened to be read alone."""
    if isinstance(mode, str):
        return not set(mode) & set("wax+")
    return isinstance(flags, int) and not flags & (os.O_WRONLY | os.O_RDWR)


def _source(file: str) -> str:
    try:
        return source_from_cache(file) if file.endswith(".pyc") else file
    except ValueError:
        return file


def _is_own(path: Path) -> bool:
    """Return whether a file is source of the user, or data next to it, and not what some tool keeps there."""
    if not path.is_file() or is_installed(str(path)) or path.is_relative_to(_OURS):
        return False
    if path.suffix == ".py":
        return True
    here = Path.cwd()
    return path.is_relative_to(here) and not any(part.startswith(".") for part in path.relative_to(here).parts)
