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
from visunn_lint.cli._models import common_place
from visunn_lint.config.sources import Project, find_project, find_root
from visunn_lint.errors import ConfigError
from visunn_lint.location import is_installed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from multiprocessing.connection import Connection

    from visunn_lint.cli._options import ProjectOptions

_OURS = Path(visunn_lint.__file__).parent


def run_round(arguments: Sequence[str], targets: Sequence[str], options: ProjectOptions, answer: Connection) -> None:
    """Run a command line and send the files of its targets' project that it read; for a fresh process.

    What the model imports is imported anew in each. An interrupt ends the process at once, and
    without a word: whoever watches gets it as well.
    """
    files_read = begin_round(targets, options)
    run(list(arguments))
    answer.send(files_read())


def begin_round(targets: Sequence[str], options: ProjectOptions) -> Callable[[], list[str]]:
    """Return what tells the files that this process, a fresh one, has read since of the project that targets lie in.

    The process heeds interrupts.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    opened: set[str] = set()

    def hear(event: str, details: tuple[object, ...]) -> None:
        if event == "open" and isinstance(details[0], str) and _is_reading(*details[1:3]):
            opened.add(details[0])

    sys.addaudithook(hear)
    return lambda: sorted(own_files(opened.copy(), _project(targets, options)))


def own_files(opened: Iterable[str], project: Project) -> set[str]:
    """Return the files of a project among some that were read, compiled ones as their source, and its configuration."""
    sources = {_plain(_source(file)) for file in opened}
    own = {path for path in sources if _is_own(path, project.root)}
    return {str(path) for path in own.union(map(_plain, project.files)) if path.is_file()}


def _project(targets: Sequence[str], options: ProjectOptions) -> Project:
    place = common_place(targets)
    try:
        return find_project(place, options.config, isolated=options.isolated)
    except ConfigError:
        return Project(find_root(place))


def _plain(file: str | Path) -> Path:
    """Return a path from the root of the system without ``..``, as the system tells of its changes."""
    return Path(os.path.abspath(file))  # noqa: PTH100 -- pathlib keeps each ``..``


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


def _is_own(path: Path, root: Path) -> bool:
    """Return whether a file is source of the user, or data of the project, and not what some tool keeps there."""
    if is_installed(str(path)) or path.is_relative_to(_OURS):
        return False
    if path.suffix == ".py":
        return True
    return path.is_relative_to(root) and not any(part.startswith(".") for part in path.relative_to(root).parts)
