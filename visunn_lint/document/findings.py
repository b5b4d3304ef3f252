"""The findings of a document: each with the box to look at, and the lines of source around its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from visunn_lint import source
from visunn_lint.document import wording
from visunn_lint.document.records import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from visunn_lint import finding as found
    from visunn_lint.document.modules import Modules
    from visunn_lint.document.nesting import Nesting
    from visunn_lint.document.tables import Files
    from visunn_lint.location import Location

_AROUND: Final = 2
"""How many lines are shown before a place, and how many behind it."""


def findings_in(
    findings: Iterable[found.Finding], nesting: Nesting, modules: Modules, files: Files, root: Path
) -> tuple[Finding, ...]:
    """Return what was found in one model; places are relative to ``root``, or absolute."""
    return tuple(
        Finding(
            code=wording.name(each.code),
            rule=wording.name(each.rule),
            severity=each.severity.value,
            message=wording.prose(each.message),
            help=wording.prose(each.help),
            module=modules.of(each.module),
            box=_box(each, nesting, modules),
            source=files.place(each.location),
            lines=_lines(each.location, root),
        )
        for each in findings
    )


def _box(finding: found.Finding, nesting: Nesting, modules: Modules) -> int:
    """Return the box of the op that a finding names, else of the first call of its module; -1 for neither."""
    if finding.node in nesting.part_of:
        return nesting.part_of[finding.node]
    path = modules.paths[modules.of(finding.module)] if modules.of(finding.module) >= 0 else finding.module
    return nesting.part_of_call.get((path, 0), -1)


def _lines(place: Location | None, root: Path) -> tuple[tuple[int, str], ...]:
    if place is None or not place.line:
        return ()
    all_lines = source.lines(str(root / place.file))
    first, last = max(place.line - _AROUND, 1), min(place.line + _AROUND, len(all_lines))
    return tuple((number, wording.code(all_lines[number - 1])) for number in range(first, last + 1))
