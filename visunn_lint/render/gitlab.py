"""The format for GitLab: a Code Quality report, which merge requests show."""

from __future__ import annotations

import json
from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING

from visunn_lint.finding import Severity
from visunn_lint.render._places import Place, place_of, place_of_broken
from visunn_lint.render._view import printable

if TYPE_CHECKING:
    from visunn_lint.finding import Broken, Finding, Report
    from visunn_lint.render._view import View

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def render(report: Report, view: View) -> str:
    """Return a JSON array with an issue for each finding, and a blocker for each target that could not be linted."""
    issues = [_finding(finding, place_of(finding, report, view)) for finding in report.findings]
    issues += [_broken(broken, place_of_broken(broken, view)) for broken in report.broken]
    return json.dumps(_told_apart(issues), indent=2) + "\n"


def _finding(finding: Finding, place: Place) -> dict[str, object]:
    name = f"{finding.code} {finding.rule}"
    return _issue(name, finding.message, _SEVERITIES[finding.severity], finding.fingerprint, place)


def _broken(broken: Broken, place: Place) -> dict[str, object]:
    fingerprint = _digest("broken", broken.target)
    return _issue("visunn", f"{broken.target} could not be linted: {broken.message}", "blocker", fingerprint, place)


def _issue(name: str, description: str, severity: str, fingerprint: str, place: Place) -> dict[str, object]:
    return {
        "check_name": printable(name),
        "description": printable(description),
        "severity": severity,
        "fingerprint": fingerprint,
        "location": {"path": printable(place.path), "lines": {"begin": place.line, "end": place.end_line}},
    }


def _told_apart(issues: list[dict[str, object]]) -> list[dict[str, object]]:
    """Return issues with fingerprints of their own: GitLab drops the second of two that are alike."""
    seen: Counter[object] = Counter()
    unique = []
    for issue in issues:
        fingerprint = issue["fingerprint"]
        seen[fingerprint] += 1
        count = seen[fingerprint]
        unique.append(issue if count == 1 else issue | {"fingerprint": _digest(str(fingerprint), str(count))})
    return unique


def _digest(*parts: str) -> str:
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]
