"""Where an exported file goes, in which format, and what is never written over."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from visunn_lint.cli._output import is_link_to_file, write_file
from visunn_lint.errors import VisunnError
from visunn_lint.render.export import export_formats, find_format

if TYPE_CHECKING:
    from visunn_lint.cli._terminal import Terminal

TENSORBOARD: Final = "tensorboard"
_LOG: Final = "tfevents"
"""What the name of an event log holds."""
_LOG_NAME: Final = "events.out.tfevents.visunn"
_LOG_MARK: Final = b"visunn"
_START: Final = 8192
"""How many bytes of a file are looked at to tell whose it is."""
_PREFERRED: Final = ("html", "json", "svg", "dot", "mermaid")


@dataclass(frozen=True, slots=True)
class Goal:
    """A format, the file that it goes to (None is stdout), and whether another's file may be written over."""

    format: str
    path: Path | None
    force: bool = False

    def check(self) -> None:
        """Raise VisunnError where nothing may be written: a link to a file, a folder, a file that is not ours."""
        path = self.path
        if path is None:
            return
        if is_link_to_file(path):
            msg = f"{path} is a symbolic link: it is not written through"
            raise VisunnError(msg, hint="give the file that it leads to")
        if path.is_dir():
            msg = f"{path} is a folder"
            raise VisunnError(msg, hint=f"give a file in it, such as {path / 'model.html'}")
        if path.is_file() and not self.force and not _is_ours(path, self.format):
            msg = f"{path} is there already, and visunn did not write it as {self.format}"
            raise VisunnError(msg, hint="give another name, or --force to write over it")

    def write(self, data: bytes, terminal: Terminal) -> None:
        """Write the file, whole or not at all; folders are made. Raises VisunnError if that cannot be."""
        if self.path is None:
            terminal.write_bytes(data)
            return
        self.check()
        try:
            write_file(self.path, data)
        except OSError as error:
            msg = f"cannot write {self.path}: {error.strerror}"
            raise VisunnError(msg, hint="give -o a path that can be written") from None


def goal(path: str, format_: str | None, *, force: bool) -> Goal:
    """Return where to write what, as ``-o`` and ``--to`` say it; ``-`` is stdout.

    Raises BadParameter if the format is not given and no suffix tells it, or if it cannot go to stdout.
    """
    name = format_ or format_of(path)
    if path == "-":
        if name == TENSORBOARD:
            msg = "an event log is no text: give -o a file or a folder"
            raise click.BadParameter(msg)
        return Goal(name, None)
    file = Path(path)
    is_log_folder = name == TENSORBOARD and _LOG not in file.name
    return Goal(name, file / _LOG_NAME if is_log_folder else file, force)


def formats() -> list[str]:
    """Return the names of all formats, those for people first."""
    known = export_formats()
    return [*(name for name in _PREFERRED if name in known), *sorted(set(known) - set(_PREFERRED)), TENSORBOARD]


def format_of(path: str) -> str:
    """Return the format that the name of a file asks for; raises BadParameter if it does not."""
    name = Path(path).name
    if _LOG in name:
        return TENSORBOARD
    found = {suffix: each for each in export_formats() for suffix in find_format(each).SUFFIXES}
    suffix = Path(path).suffix.lower()
    if suffix in found:
        return found[suffix]
    close = get_close_matches(suffix, found, n=1)
    meant = f"did you mean {close[0]}? " if suffix and close else ""
    what = f"{name!r} does not tell the format" if path != "-" else "stdout has no suffix that tells the format"
    msg = f"{what}; {meant}give --to {'|'.join(formats())}, or a suffix: {', '.join(found)}"
    raise click.BadParameter(msg)


def _is_ours(path: Path, format_: str) -> bool:
    """Return whether a file is empty, or one that this format wrote."""
    mark = _LOG_MARK if format_ == TENSORBOARD else find_format(format_).MARK
    try:
        with path.open("rb") as file:
            start = file.read(_START)
    except OSError:
        return False
    return not start or mark in start
