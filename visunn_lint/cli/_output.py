"""The formats that a report is written in, and where each goes."""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from visunn_lint.errors import VisunnError
from visunn_lint.render import report_formats

if TYPE_CHECKING:
    from collections.abc import Callable

    from visunn_lint.cli._terminal import Terminal
    from visunn_lint.finding import Report
    from visunn_lint.render import View


class Output(NamedTuple):
    """A format, and the file that it goes to; None is stdout."""

    format: str
    path: Path | None


def read_outputs(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> list[Output]:
    """Return the outputs that are asked for, ``FORMAT`` or ``FORMAT=PATH`` each.

    Raises BadParameter for an unknown format, and for two that would mix on stdout.
    """
    outputs = [_read_output(value) for value in values]
    if sum(output.path is None for output in outputs) > 1:
        msg = "only one format can go to stdout; write the others as FORMAT=PATH"
        raise click.BadParameter(msg)
    return outputs


def write_report(report: Report, output: Output, view: View, terminal: Terminal) -> None:
    """Write a report in one format; folders are made. Raises VisunnError if the file cannot be written."""
    render: Callable[[Report, View], str] = import_module(f"visunn_lint.render.{output.format}").render
    if output.path is None:
        terminal.write(render(report, view))
        return
    try:
        output.path.parent.mkdir(parents=True, exist_ok=True)
        output.path.write_text(render(report, view.for_file()), encoding="utf-8")
    except OSError as error:
        msg = f"cannot write {output.path}: {error.strerror}"
        raise VisunnError(msg, hint="give --output-format FORMAT=PATH a path that can be written") from None


def _read_output(value: str) -> Output:
    name, _, path = value.partition("=")
    formats = report_formats()
    if name in formats:
        return Output(name, Path(path) if path else None)
    close = get_close_matches(name, formats, n=1)
    msg = f"no format {name!r}; " + (f"did you mean {close[0]!r}?" if close else f"there are {', '.join(formats)}")
    raise click.BadParameter(msg)
