"""How two topologies, or two reports, differ, in lines for a failing ``assert left == right``."""

from __future__ import annotations

from difflib import unified_diff
from typing import TYPE_CHECKING

from visunn_lint.diff import Comparison, compare
from visunn_lint.finding import Report
from visunn_lint.outline import outline
from visunn_lint.render import View
from visunn_lint.render.diff import full
from visunn_lint.text import count
from visunn_lint.topology import Topology

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from visunn_lint.finding import Finding

_CONTEXT = 2
"""How many equal lines stand around a difference."""
_MOST = 5


def explain(left: object, right: object) -> list[str] | None:
    """Return what differs between two topologies or two reports; None for anything else."""
    if isinstance(left, Topology) and isinstance(right, Topology):
        return [f"{left!r} == {right!r}", *_differences(left, right)]
    if isinstance(left, Report) and isinstance(right, Report):
        head = f"{_size(left)} == {_size(right)}"
        return [head, *_changes(_finding_lines(left), _finding_lines(right))]
    return None


def _differences(left: Topology, right: Topology) -> Iterator[str]:
    """Yield what ``visunn diff`` says of two topologies; where that is nothing, the parts that it does not compare."""
    found = Comparison(("left", "right"), compare(outline(left), outline(right)))
    yield from full.render([found], View()).splitlines()[1:] if found.diff else _hidden(left, right)


def _changes(left: Sequence[str], right: Sequence[str]) -> Iterator[str]:
    """Yield lines that only the left has behind ``-``, only the right behind ``+``, a few others around them."""
    for line in list(unified_diff(left, right, n=_CONTEXT, lineterm=""))[2:]:
        yield "…" if line.startswith("@@") else line


def _hidden(left: Topology, right: Topology) -> Iterator[str]:
    yield "built and wired alike; these parts differ:"
    for path in [path for path in left.modules if left.modules[path] != right.modules.get(path)][:_MOST]:
        one, other = left.modules[path], right.modules[path]
        names = [name for name in one.__struct_fields__ if getattr(one, name) != getattr(other, name)]
        yield f"  {path or left.name}: {', '.join(names)}"
    names = [
        name for name in ("nodes", "captured", "collapsed", "failure") if getattr(left, name) != getattr(right, name)
    ]
    if names:
        yield f"  {', '.join(names)}"


def _size(report: Report) -> str:
    return f"<Report: {count(len(report.findings), 'finding')} in {', '.join(report.topologies) or 'no model'}>"


def _finding_lines(report: Report) -> list[str]:
    return [_line(finding) for finding in report.findings]


def _line(finding: Finding) -> str:
    place = f"{finding.location}: " if finding.location else ""
    return f"{place}{finding.code} [{finding.severity.value}] {finding.message}"
