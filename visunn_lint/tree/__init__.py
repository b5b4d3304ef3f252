"""The tree of a Topology as lines of plain data, for the terminal, for print() and for notebooks."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from visunn_lint.errors import VisunnError
from visunn_lint.text import in_ascii
from visunn_lint.tree.branches import Branch, Mark, Note, Style
from visunn_lint.tree.columns import COLUMNS, DEFAULT_COLUMNS
from visunn_lint.tree.growing import grow
from visunn_lint.tree.html import to_html
from visunn_lint.tree.layout import Line, Span, clipped, table
from visunn_lint.tree.rows import SORTS, Row, mark_notes, rows
from visunn_lint.tree.totals import failure_lines, footer, header

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from visunn_lint.cost import Cost
    from visunn_lint.finding import Finding
    from visunn_lint.topology import Topology

__all__ = [
    "COLUMNS", "DEFAULT_COLUMNS", "SORTS", "Branch", "Line", "Look", "Mark", "Note", "Row", "Span", "Style",
    "format_plain", "grow", "lines", "marks_of", "rows", "to_html",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Look:
    """How the tree is shown.

    ``columns`` are names of ``COLUMNS``, ``sort`` one of ``SORTS`` or "" for the order of
    registration, ``depth`` the deepest level, ``width`` that of the terminal, None for as wide as it
    needs. Raises VisunnError for a column or an order that there is not.
    """

    columns: Sequence[str] = DEFAULT_COLUMNS
    sort: str = ""
    depth: int | None = None
    width: int | None = None
    ascii: bool = False

    def __post_init__(self) -> None:
        """Check the names."""
        for column in self.columns:
            _check("column", column, COLUMNS)
        if self.sort:
            _check("order", self.sort, SORTS)


def _check(what: str, name: str, known: Collection[str]) -> None:
    if name in known:
        return
    close = get_close_matches(name, known, n=1)
    message = f"there is no {what} {name!r}" + (f"; did you mean {close[0]!r}?" if close else "")
    raise VisunnError(message, hint=f"there are {', '.join(known)}")


_AS_IT_IS = Look()


def lines(
    topology: Topology, cost: Cost, look: Look = _AS_IT_IS, marks: Mapping[str, Sequence[Mark]] | None = None
) -> list[Line]:
    """Return header, tree and totals; no line is wider than ``look.width``, no row of the tree is wrapped."""
    translate = in_ascii if look.ascii else str
    ellipsis = translate("…")
    return [
        clipped([Span(translate(span.text), span.style) for span in line], look.width, ellipsis)
        for line in _lines(topology, cost, look, marks or {})
    ]


def _lines(topology: Topology, cost: Cost, look: Look, marks: Mapping[str, Sequence[Mark]]) -> Iterator[Line]:
    failure = topology.failure
    root = grow(topology, cost, marks)
    branches = rows(root, depth=look.depth, sort=look.sort, has_failed=failure is not None)
    is_listed = not branches[0].guides
    yield from header(topology, cost, [] if is_listed else list(mark_notes(root.marks)), look.width)
    yield ()
    yield from table(branches, root, look.columns, width=look.width, ascii_only=look.ascii)
    if failure is not None:
        yield ()
        yield from failure_lines(failure, look.width)
    yield ()
    yield from footer(topology, cost, look.width)


def marks_of(findings: Iterable[Finding]) -> dict[str, list[Mark]]:
    """Return the findings of one model as marks, by module path."""
    marks: defaultdict[str, list[Mark]] = defaultdict(list)
    for finding in findings:
        marks[finding.module].append(Mark(finding.severity, finding.code))
    return dict(marks)


def format_plain(topology: Topology, cost: Cost) -> str:
    """Return the tree as text without colour, as wide as it needs."""
    return "\n".join("".join(span.text for span in line) for line in lines(topology, cost))
