"""A report says in one line what it is."""

from visunn_lint.finding import Finding, Report, Severity


def test_report_is_told_in_one_line() -> None:
    """Counts by severity, the worst first; print() of a report is not its whole content."""
    findings = tuple(
        Finding("VIS1", "rule", severity, "message") for severity in (Severity.INFO, Severity.ERROR, Severity.INFO)
    )
    assert repr(Report(findings)) == "<Report: 1 error, 2 info in no model>"
    assert str(Report()) == "<Report: all clear in no model>"
