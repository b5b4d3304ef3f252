"""The formats that a report is written in, and where each goes."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from errno import ELOOP
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import click

from visunn_lint.errors import VisunnError
from visunn_lint.files import write_whole
from visunn_lint.location import is_file, is_there
from visunn_lint.render import report_formats

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from visunn_lint.cli._terminal import Terminal
    from visunn_lint.finding import Report
    from visunn_lint.render import View


_FOR_PEOPLE: Final = frozenset({"full", "concise"})


class Output(NamedTuple):
    """A format, and the file that it goes to; None is stdout."""

    format: str
    path: Path | None

    def __str__(self) -> str:
        """Return it as it was given."""
        return self.format if self.path is None else f"{self.format}={self.path}"


def read_outputs(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> list[Output]:
    """Return the outputs that are asked for, ``FORMAT`` or ``FORMAT=PATH`` each.

    Raises BadParameter for an unknown format, and for two that would go to one place.
    """
    outputs = [_read_output(value) for value in values]
    places = [output.path and output.path.absolute() for output in outputs]
    if places.count(None) > 1:
        msg = "only one format can go to stdout; write the others as FORMAT=PATH"
        raise click.BadParameter(msg)
    twice = next((output.path for output, place in zip(outputs, places, strict=True) if places.count(place) > 1), None)
    if twice is not None:
        msg = f"two formats would go to {twice}; give each a file of its own"
        raise click.BadParameter(msg)
    return outputs


def write_report(
    report: Report, output: Output, view: View, terminal: Terminal, configured: Collection[str] = ()
) -> None:
    """Write a report in one format; folders are made. Raises VisunnError if the file cannot be written.

    People read models and files as seen from their folder, programs all of them from the root of the project;
    ``configured`` are names of models that are no files.
    """
    from visunn_lint.checking.naming import named_from_root  # noqa: PLC0415 -- much that --help does without

    if output.format not in _FOR_PEOPLE:
        report, view = named_from_root(report, view.root, configured), replace(view, folder=view.root)
    render: Callable[[Report, View], str] = import_module(f"visunn_lint.render.{output.format}").render
    if output.path is None:
        terminal.write(render(report, view))
        return
    try:
        write_file(output.path, render(report, view.for_file()).encode("utf-8", "backslashreplace"))
    except OSError as error:
        msg = f"cannot write {output.path}: {error.strerror}"
        raise VisunnError(msg, hint="give --output-format FORMAT=PATH a path that can be written") from None


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; what is no file, such as a pipe, is written to as it is.

    Raises OSError, also for a link to a file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if is_link_to_file(path):
        raise OSError(ELOOP, "it is a symbolic link")
    if path.exists() and not path.is_file():
        path.write_bytes(content)
        return
    write_whole(path, content)


def is_link_to_file(path: Path) -> bool:
    """Return whether a path is a symbolic link to a file, or to where one may be made.

    It is not written through: who put it there may not be who runs this. A link to a pipe or a device
    is how a shell names these: ``/dev/stdout``, ``>(gzip)``.
    """
    return path.is_symlink() and (is_file(path) or not is_there(path))


def _read_output(value: str) -> Output:
    name, equals, path = value.partition("=")
    formats = report_formats()
    if name in formats and equals and not path:
        msg = f"no path behind {value!r}; write {name}=PATH, or {name} for stdout"
        raise click.BadParameter(msg)
    if name in formats:
        return Output(name, Path(path) if path else None)
    close = get_close_matches(name, formats, n=1)
    msg = f"no format {name!r}; " + (f"did you mean {close[0]!r}?" if close else f"there are {', '.join(formats)}")
    raise click.BadParameter(msg)
