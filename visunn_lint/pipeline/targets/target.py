"""What a target names: a file, a folder, or something in a module."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from visunn_lint.errors import TargetError

_DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
_LOGS = ("events.out.tfevents", ".pb", ".pbtxt")


@dataclass(frozen=True, slots=True)
class Target:
    """A target as the user wrote it, taken apart.

    Either ``path`` is a file or a folder, or ``module`` the dotted name of a module;
    ``attribute`` is what is wanted in it, "" for every model of a file.
    """

    text: str
    path: Path | None = None
    module: str = ""
    attribute: str = ""


def parse_target(text: str, folder: Path) -> Target:
    """Return what a target names, paths as seen from a folder.

    Raises TargetError, with a hint, if there is no such file.
    """
    place, _, attribute = text.partition("::")
    path = Path(os.path.abspath(folder / place))  # noqa: PTH100 -- a symbolic link keeps its name
    if place and path.exists():
        _refuse_others(path)
        return Target(text, path, attribute=attribute)
    module, _, attribute = text.partition(":")
    is_in_file = bool(attribute) and (folder / module).is_file()
    if _DOTTED.fullmatch(module) and _DOTTED.fullmatch(attribute) and not is_in_file:
        return Target(text, module=module, attribute=attribute)
    message = "no such file or folder"
    raise TargetError(message, hint=f"did you mean {module}::{attribute}?" if is_in_file else _closest_file(path))


def _refuse_others(path: Path) -> None:
    if path.is_dir():
        entries = [entry.name for entry in path.iterdir()]
        is_log = any(name.startswith(_LOGS[0]) for name in entries) and not any(
            name.endswith(".py") for name in entries
        )
    else:
        is_log = path.name.startswith(_LOGS[0]) or path.suffix in _LOGS
    if is_log:
        message = "is a log, and logs cannot be checked yet"
        raise TargetError(message, hint="give the model's Python file")
    if path.is_file() and path.suffix != ".py":
        message = "is not a Python file"
        raise TargetError(message, hint="give a .py file, a folder, or package.module:name")


def _closest_file(path: Path) -> str:
    folder = path.parent
    names = (
        [entry.name for entry in folder.iterdir() if entry.suffix == ".py" or entry.is_dir()] if folder.is_dir() else []
    )
    close = get_close_matches(path.name, names, n=1)
    if close:
        return f"did you mean {os.path.relpath(folder / close[0])}?"
    return "a target is model.py, model.py::Net, package.module:name, a folder, or a model that the configuration names"
