"""What a target names: a file, a folder, or something in a module."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from visunn_lint.errors import TargetError
from visunn_lint.location import is_file, is_folder, is_there, seen_from
from visunn_lint.pipeline.targets.logs import is_log_file, is_logdir

_DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


@dataclass(frozen=True, slots=True)
class Target:
    """A target as the user wrote it, taken apart.

    Either ``path`` is a file or a folder, or ``module`` the dotted name of a module;
    ``attribute`` is what is wanted in it, "" for every model of a file. Of a graph that was written down,
    ``is_log`` says so; ``files`` are those that hold it, once they have been looked for.
    """

    text: str
    path: Path | None = None
    module: str = ""
    attribute: str = ""
    is_log: bool = False
    files: tuple[Path, ...] = ()


def parse_target(text: str, folder: Path) -> Target:
    """Return what a target names, paths as seen from a folder.

    Raises TargetError, with a hint, if there is no such file.
    """
    place, _, attribute = text.partition("::")
    path = Path(os.path.abspath(folder / place))  # noqa: PTH100 -- a symbolic link keeps its name
    if place and is_there(path):
        is_log = _is_log(path, attribute)
        if not is_log and path.is_file() and path.suffix != ".py":
            message = "is not a Python file"
            raise TargetError(message, hint="give a .py file, a log, a folder, or package.module:name")
        return Target(text, path, attribute=attribute, is_log=is_log)
    module, _, attribute = text.partition(":")
    is_in_file = bool(attribute) and is_file(folder / module)
    if _DOTTED.fullmatch(module) and _DOTTED.fullmatch(attribute) and not is_in_file:
        return Target(text, module=module, attribute=attribute)
    message = "no such file or folder"
    raise TargetError(message, hint=f"did you mean {module}::{attribute}?" if is_in_file else _closest_file(path))


def _is_log(path: Path, name: str) -> bool:
    """Return whether a path is that of a log, or a folder of logs; what is wanted in another folder by name is one."""
    if path.is_dir():
        return bool(name) or is_logdir(path)
    return is_log_file(path)


def _closest_file(path: Path) -> str:
    folder = path.parent
    entries = folder.iterdir() if is_folder(folder) else ()
    names = [entry.name for entry in entries if entry.suffix == ".py" or entry.is_dir()]
    close = get_close_matches(path.name, names, n=1)
    if close:
        return f"did you mean {seen_from(os.curdir, folder / close[0])}?"
    return (
        "a target is model.py, model.py::Net, package.module:name, a folder, a log, "
        "or a model that the configuration names"
    )
