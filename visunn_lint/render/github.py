"""The format for GitHub Actions: workflow commands, which the runner turns into annotations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visunn_lint.finding import Severity
from visunn_lint.render._places import place_of, place_of_broken
from visunn_lint.render._view import printable

if TYPE_CHECKING:
    from visunn_lint.finding import Broken, Finding, Report
    from visunn_lint.render._view import View

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_IN_A_MESSAGE = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_A_PROPERTY = _IN_A_MESSAGE | {":": "%3A", ",": "%2C"}


def render(report: Report, view: View) -> str:
    """Return a workflow command for each finding, and one for each target that could not be linted."""
    commands = [_finding(finding, report, view) for finding in report.findings]
    commands += [_broken(broken, view) for broken in report.broken]
    return "".join(f"{command}\n" for command in commands)


def _finding(finding: Finding, report: Report, view: View) -> str:
    place = place_of(finding, report, view)
    properties: dict[str, object] = {"title": f"{finding.code} {finding.rule}", "file": place.path, "line": place.line}
    if place.is_exact:
        properties["endLine"] = place.end_line
    if place.is_exact and place.line == place.end_line:  # the runner drops columns of several lines with a warning
        properties |= {"col": place.column, "endColumn": place.end_column}
    module = f"{finding.model}: {finding.module}" if finding.module else finding.model
    return _command(_COMMANDS[finding.severity], properties, finding.message, finding.help, module)


def _broken(broken: Broken, view: View) -> str:
    place = place_of_broken(broken, view)
    properties: dict[str, object] = {"title": f"could not lint {broken.target}"}
    if place.is_file:
        properties |= {"file": place.path, "line": place.line}
    return _command("error", properties, broken.message, broken.hint)


def _command(name: str, properties: dict[str, object], *lines: str) -> str:
    """Return one workflow command; what is empty among its lines is left out."""
    given = ",".join(f"{key}={_escaped(str(value), _IN_A_PROPERTY)}" for key, value in properties.items())
    message = "%0A".join(_escaped(line, _IN_A_MESSAGE) for line in lines if line)
    return f"::{name} {given}::{message}"


def _escaped(text: str, escapes: dict[str, str]) -> str:
    return "".join(escapes.get(char, char) for char in printable(text))
