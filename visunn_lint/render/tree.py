"""The tree for the terminal, in colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from visunn_lint import cost
from visunn_lint.tree import DEFAULT_COLUMNS, Look, lines

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from visunn_lint.topology import Topology
    from visunn_lint.tree import Mark, Style

_STYLES: Mapping[Style, str] = {
    "plain": "",
    "strong": "bold",
    "dim": "dim",
    "error": "bold red",
    "warning": "bold yellow",
    "info": "bold cyan",
}


def render(
    topology: Topology,
    *,
    width: int | None = None,
    columns: Sequence[str] = DEFAULT_COLUMNS,
    depth: int | None = None,
    sort: str = "",
    ascii: bool = False,  # noqa: A002 -- what the option is called
    marks: Mapping[str, Sequence[Mark]] | None = None,
) -> Text:
    """Return header, tree and totals, each line at most ``width`` wide, not to be wrapped.

    ``marks`` are findings by module path (``tree.marks_of``). Raises VisunnError for a column or an
    order that there is not.
    """
    look = Look(columns, sort, depth, width, ascii)
    text = Text(no_wrap=True, overflow="ignore", end="")
    for line in lines(topology, cost.measure(topology), look, marks):
        for span in line:
            text.append(span.text, _STYLES[span.style])
        text.append("\n")
    return text
