"""The columns that can stand beside the tree."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from visunn_lint.text import rounded, safe

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from visunn_lint.tree.branches import Branch


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, what it shows of a branch (and of the whole), and how dear it is.

    Where the terminal is narrow, the columns of the lowest ``worth`` go first.
    """

    title: str
    text: Callable[[Branch, Branch], str]
    worth: int
    is_number: bool = False


def _share(branch: Branch, root: Branch) -> str:
    return f"{100 * branch.parameters / root.parameters:.1f}%" if branch.parameters else ""


def _trainable(branch: Branch, _: Branch) -> str:
    if not branch.parameters:
        return ""
    return "yes" if branch.trainable == branch.parameters else "partly" if branch.trainable else "no"


def _source(branch: Branch, _: Branch) -> str:
    """Return file and line; of a file outside the working folder, a library's, the name alone."""
    place = branch.source
    if place is None:
        return ""
    file, here = Path(place.file), Path.cwd()
    return safe(f"{file.relative_to(here) if file.is_relative_to(here) else file.name}:{place.line}")


COLUMNS: Mapping[str, Column] = {
    "input": Column("input", lambda branch, _: branch.input, 4),
    "output": Column("output", lambda branch, _: branch.output, 9),
    "kernel": Column("kernel", lambda branch, _: branch.kernel, 2),
    "parameters": Column(
        "parameters", lambda branch, _: f"{branch.parameters:,}" if branch.parameters else "", 8, is_number=True
    ),
    "share": Column("share", _share, 5, is_number=True),
    "trainable": Column("trainable", _trainable, 3),
    "flops": Column(
        "FLOPs", lambda branch, _: rounded(branch.flops).rstrip() if branch.flops else "", 7, is_number=True
    ),
    "source": Column("source", _source, 1),
    "calls": Column("calls", lambda branch, _: str(branch.calls or ""), 6, is_number=True),
}
"""By the name that ``--columns`` takes."""

DEFAULT_COLUMNS = ("output", "parameters")
