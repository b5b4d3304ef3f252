"""The format for grep and editors: a line for each finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from visunn_lint.render._style import SEVERITY_STYLES, to_string
from visunn_lint.render._summary import statistics, summary

if TYPE_CHECKING:
    from visunn_lint.finding import Finding, Report
    from visunn_lint.render._view import View


def render(report: Report, view: View) -> str:
    """Return a line ``file:line:column: CODE [severity] message`` for each finding, and one that counts them."""
    rows = statistics(report, view) if view.statistics else [_row(finding, view) for finding in report.findings]
    return to_string([*rows, *summary(report, view)], view)


def _row(finding: Finding, view: View) -> Text:
    return Text.assemble(
        f"{_place(finding, view)}: ",
        (finding.code, SEVERITY_STYLES[finding.severity]),
        f" [{finding.severity.value}] {view.text(finding.message)}",
    )


def _place(finding: Finding, view: View) -> str:
    """Return where a finding is: its place in a file, else its module, else its model."""
    if finding.location is None:
        return view.text(": ".join(filter(None, (finding.model, finding.module))) or "model")
    file = finding.location.file
    return f"{view.text(view.path(file))}{str(finding.location).removeprefix(file)}"
