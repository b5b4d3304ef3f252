"""The last line of a report, and the table of counts that `--statistics` shows."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.text import Text

from visunn_lint.finding import Severity
from visunn_lint.render._style import KNOWN, SEVERITY_STYLES, STRONG, wrap
from visunn_lint.text import count

if TYPE_CHECKING:
    from collections.abc import Iterable

    from visunn_lint.finding import Broken, Finding, Report
    from visunn_lint.render._view import View


def summary(report: Report, view: View) -> list[Text]:
    """Return what could not be linted, where nobody has seen stderr, and the line that counts findings and models.

    There is no such line if there is no model to speak of.
    """
    rows = [row for broken in report.broken for row in _broken(broken, view)] if view.standalone else []
    if not view.quiet and report.topologies:
        rows.extend(wrap(_sentence(report), view.width))
    return rows


def sentence(report: Report) -> str:
    """Return the sentence that counts findings, models and what could not be linted."""
    return _sentence(report).plain if report.topologies else f"No model was linted{_unlinted(report)}."


def _sentence(report: Report) -> Text:
    return _found(report) if report.findings else _nothing_found(report)


def _broken(broken: Broken, view: View) -> list[Text]:
    hint = [Text(view.text(f"  hint: {broken.hint}"))] if broken.hint else []
    return [Text(view.text(f"{broken.target} could not be linted: {broken.message}")), *hint]


def statistics(report: Report, view: View) -> list[Text]:
    """Return a row for each rule that found something, the most frequent first, and an empty row."""
    counts = Counter((finding.code, finding.rule, finding.severity) for finding in report.findings)
    if not counts:
        return []
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0][0]))
    digits = max(len(f"{number:,}") for number in counts.values())
    names = max(len(view.text(name)) for _, name, _ in counts)
    rows = [
        Text.assemble(
            (f"{number:>{digits},}  ", STRONG),
            (code, SEVERITY_STYLES[severity]),
            f"  {view.text(name):<{names}}  ",
            (f"[{severity.value}]", KNOWN),
        )
        for (code, name, severity), number in ordered
    ]
    return [*rows, Text()]


def _found(report: Report) -> Text:
    text = f"Found {count(len(report.findings), 'finding')} in {count(len(report.topologies), 'model')}"
    return Text(f"{text} ({_by_severity(report.findings)}){_unlinted(report)}{_suppressed(report)}.", STRONG)


def _nothing_found(report: Report) -> Text:
    models = count(len(report.topologies), "model")
    if report.broken:
        return Text(f"No findings in {models}{_unlinted(report)}{_suppressed(report)}.", STRONG)
    return Text(f"All clear: {models}, {count(len(report.rules_run), 'rule')}{_suppressed(report)}.", "bold green")


def _by_severity(findings: Iterable[Finding]) -> str:
    counts = Counter(finding.severity for finding in findings)
    nouns = {Severity.ERROR: "error", Severity.WARNING: "warning"}
    return ", ".join(
        count(counts[severity], nouns[severity]) if severity in nouns else f"{counts[severity]:,} info"
        for severity in Severity
        if counts[severity]
    )


def _unlinted(report: Report) -> str:
    return f"; {count(len(report.broken), 'target')} could not be linted" if report.broken else ""


def _suppressed(report: Report) -> str:
    """Return how many findings do not count, and why."""
    if not report.suppressed:
        return ""
    reasons = ", ".join(f"{number:,} by {reason}" for reason, number in report.suppression_counts().items())
    return f"; {len(report.suppressed):,} suppressed" + (f": {reasons}" if reasons else "")
