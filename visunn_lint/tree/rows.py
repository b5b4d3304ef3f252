"""The rows of the tree: branches in order, as deep as asked, with what is said behind each."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from visunn_lint.finding import Severity
from visunn_lint.tree.branches import Note

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from visunn_lint.tree.branches import Branch, Mark, Style

_GLYPHS = {Severity.ERROR: "✗", Severity.WARNING: "▲", Severity.INFO: "●"}
_STYLES: Mapping[Severity, Style] = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "info"}


@dataclass(frozen=True, slots=True)
class Row:
    """One row: ``guides`` say for each level down to this one whether a sibling follows."""

    branch: Branch
    guides: tuple[bool, ...] = ()
    notes: tuple[Note, ...] = ()
    is_dim: bool = False


def rows(root: Branch, *, depth: int | None = None, sort: str = "", has_failed: bool = False) -> list[Row]:
    """Return a row for each branch below the root, or one for the root where nothing below it is to be shown.

    ``sort`` is one of ``SORTS`` and orders siblings; "" leaves them in order of registration. A
    module that forward never came to is *not reached* if forward failed, *never called* if not.
    """
    unused = "not reached" if has_failed else "never called"
    if not root.children or depth == 0:
        return [Row(root, (), tuple(_notes(root, "", stands_for_all=True)))]
    found: list[Row] = []
    stack = _placed(root, (), sort)
    while stack:
        branch, parent, guides = stack.pop()
        is_deepest = len(guides) == depth
        first_unused = unused if parent.is_used and not branch.is_used and branch.is_module else ""
        notes = tuple(_notes(branch, first_unused, stands_for_all=is_deepest))
        found.append(Row(branch, guides, notes, not branch.is_used))
        if not is_deepest:
            stack.extend(_placed(branch, guides, sort))
    return found


def _placed(parent: Branch, guides: tuple[bool, ...], sort: str) -> list[tuple[Branch, Branch, tuple[bool, ...]]]:
    """Return children with their parent and guides, the last of them first, as a stack has them."""
    children = sorted(parent.children, key=SORTS[sort]) if sort else list(parent.children)
    return [(child, parent, (*guides, below > 0)) for below, child in enumerate(reversed(children))]


def _notes(branch: Branch, unused: str, *, stands_for_all: bool) -> Iterator[Note]:
    yield from mark_notes([*branch.marks, *_marks_below(branch)] if stands_for_all else branch.marks)
    if unused:
        yield Note(unused)
    yield from branch.notes
    if stands_for_all and branch.size:
        yield Note(f"+{branch.size} module{'s' if branch.size > 1 else ''}")


def mark_notes(marks: Sequence[Mark]) -> Iterator[Note]:
    """Yield a note for each code among findings, the worst first."""
    counts = Counter(sorted(marks, key=lambda mark: (-mark.severity.rank, mark.code)))
    for mark, count in counts.items():
        times = f" ×{count}" if count > 1 else ""
        yield Note(f"{_GLYPHS[mark.severity]} {mark.code}{times}", _STYLES[mark.severity])


def _marks_below(branch: Branch) -> Iterator[Mark]:
    stack = list(branch.children)
    while stack:
        below = stack.pop()
        yield from below.marks
        stack.extend(below.children)


def _natural(branch: Branch) -> tuple[tuple[int, str], ...]:
    """Return a key by which ``layer10`` comes after ``layer9``."""
    return tuple((int(part) if part.isdecimal() else -1, part) for part in re.split(r"(\d+)", branch.label))


SORTS: Mapping[str, Callable[[Branch], Any]] = {
    "name": _natural,
    "parameters": lambda branch: -branch.parameters,
    "trainable": lambda branch: -branch.trainable,
    "flops": lambda branch: -branch.flops,
    "calls": lambda branch: -branch.calls,
    "kind": lambda branch: branch.kind,
}
"""What siblings can be sorted by; numbers with the largest first."""
