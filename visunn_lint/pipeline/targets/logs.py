"""Which event logs there are below a folder: each folder with event files is one, and bears its relative path as name.

A log is looked for by the names of files. It needs neither torch nor TensorBoard.
"""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Final

from visunn_lint.errors import TargetError
from visunn_lint.location import shown_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PREFIX: Final = "events.out.tfevents"
"""How the names of event files begin."""
GRAPH_FILES: Final = frozenset({".pb", ".pbtxt"})
"""How those of files end that hold one GraphDef, in bytes or in text."""
ITSELF: Final = "."
"""The name of the log whose files lie in the folder itself."""

_SHOWN: Final = 8


def is_log_file(file: Path) -> bool:
    """Return whether the name of a file is that of an event file or of a GraphDef."""
    return file.name.startswith(PREFIX) or file.suffix in GRAPH_FILES


def is_logdir(folder: Path) -> bool:
    """Return whether there are event logs below a folder, and no Python: a project may keep both."""
    has_log = False
    for _, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not _is_hidden(name)]
        if any(name.endswith(".py") for name in files):
            return False
        has_log = has_log or any(name.startswith(PREFIX) for name in files)
    return has_log


def logs_in(folder: Path) -> dict[str, tuple[Path, ...]]:
    """Return the files of each log below a folder by its name, both sorted; links to folders are not followed."""
    found: dict[str, tuple[Path, ...]] = {}
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not _is_hidden(name))
        events = tuple(Path(place, name) for name in sorted(files) if name.startswith(PREFIX))
        if events:
            found[Path(place).relative_to(folder).as_posix()] = events
    return dict(sorted(found.items()))


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or name == "__pycache__"


def run_folder(logdir: Path, name: str) -> Path:
    """Return the folder of a log by its name; raises TargetError for a name that leads out of the logdir."""
    if _is_name(name) and _lies_in(logdir / name, logdir):
        return logdir / name
    message = f"{name[:80]!r} is no name of a log in {shown_path(logdir)}"
    raise TargetError(message, hint="give the name of a folder below it, such as ThreeLayerMLP or trials/first")


def _is_name(name: str) -> bool:
    path = PurePosixPath(name)
    is_relative = not path.is_absolute() and not PureWindowsPath(name).drive
    return bool(name) and is_relative and ".." not in path.parts and not set(name) & {"\\", "\0"}


def _lies_in(folder: Path, logdir: Path) -> bool:
    """Return whether a folder is one below another, links and all; one that is yet to be made is where it will be."""
    try:
        return folder.resolve().is_relative_to(logdir.resolve())
    except (OSError, RuntimeError):  # links in a circle
        return False


def find_log(logdir: Path, name: str) -> tuple[Path, ...]:
    """Return the files of a log by its name; raises TargetError, naming those that there are, if there is none."""
    folder = run_folder(logdir, name)
    files = tuple(sorted(file for file in _listed(folder) if file.name.startswith(PREFIX)))
    if not files:
        message = f"there is no log {name[:80]!r} in {shown_path(logdir)}"
        raise TargetError(message, hint=_what_there_is(logs_in(logdir)))
    return files


def _listed(folder: Path) -> Iterable[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return ()


def _what_there_is(logs: Mapping[str, object]) -> str:
    if not logs:
        return "there is none at all: write one with visunn_lint.Visu(model, dataloader, logdir, name)"
    return f"the logs in it are: {listed(logs)}" if len(logs) > 1 else f"the only log in it is {listed(logs)}"


def listed(names: Iterable[str]) -> str:
    """Return some names, not too many for a line."""
    known = list(names)
    more = f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
    return f"{', '.join(known[:_SHOWN])}{more}"
