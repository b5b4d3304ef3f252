"""The format for code scanning: SARIF 2.1.0, in the part and the way that GitHub reads it.

What is not linted is no result but a notification of the tool. Suppressed findings are counted and
left out: GitHub knows no suppressions, and would open an alert for each.
"""

from __future__ import annotations

import json
import re
from pathlib import PurePath
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import quote

from visunn_lint import __version__
from visunn_lint.finding import CRASHED_RULE, Severity
from visunn_lint.render._line_hash import line_hash
from visunn_lint.render._places import Place, place_at, place_of, place_of_broken
from visunn_lint.render._view import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from visunn_lint.finding import Broken, Finding, Report, RuleInfo
    from visunn_lint.render._view import View

Json: TypeAlias = dict[str, object]

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT = "%SRCROOT%"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_PROBLEMS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "recommendation"}
_LONGEST_DESCRIPTION = 1024
"""What GitHub takes of a description of a rule, in characters."""


def render(report: Report, view: View) -> str:
    """Return a SARIF log of one run as indented ASCII, its rules by code and its results in the order of the report."""
    indices = {rule.code: index for index, rule in enumerate(report.rules_run)}
    found = [finding for finding in report.findings if finding.code != CRASHED_RULE]
    driver = {"name": "visunn", "semanticVersion": __version__, "version": __version__}
    run = {
        "tool": {"driver": {**driver, "rules": [_rule(rule) for rule in report.rules_run]}},
        "invocations": [_invocation(report, view)],
        "originalUriBaseIds": {_ROOT: {"description": _text("The folder that the repository is checked out in.")}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, indices, report, view) for finding in found],
        "properties": {"suppressedResults": len(report.suppressed)},
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(rule: RuleInfo) -> Json:
    tags = [rule.category or "plugin", *(["preview"] if rule.preview else [])]
    summary = _plain(rule.summary) or rule.name
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": _text(summary[:_LONGEST_DESCRIPTION]),
        "fullDescription": _text(summary[:_LONGEST_DESCRIPTION]),
        "help": {"text": _plain(rule.help) or summary, "markdown": rule.help or summary},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": tags, "problem.severity": _PROBLEMS[rule.severity]},
    }


def _result(finding: Finding, indices: Mapping[str, int], report: Report, view: View) -> Json:
    place = place_of(finding, report, view)
    related = [_location(place_at(each.location, view)) for each in finding.related if each.location is not None]
    numbered: list[Json] = [{"id": number, **location} for number, location in enumerate(related, 1)]
    return {
        "ruleId": finding.code,
        **({"ruleIndex": indices[finding.code]} if finding.code in indices else {}),
        "level": _LEVELS[finding.severity],
        "message": _text("\n".join(_message(finding))),
        "locations": [_location(place) | {"logicalLocations": [_logical(finding)]}],
        **({"relatedLocations": numbered} if numbered else {}),
        "partialFingerprints": {
            "primaryLocationLineHash": _line_fingerprint(finding, place),
            "visunn/v1": finding.fingerprint,
        },
    }


def _message(finding: Finding) -> Iterator[str]:
    """Yield the lines of a message; the places that it links to are what GitHub shows of the related ones."""
    yield _unlinked(finding.message)
    if finding.help:
        yield _unlinked(f"Help: {finding.help}")
    number = 0
    for each in finding.related:
        text = _unlinked(": ".join(filter(None, (each.module, each.message))))
        number += each.location is not None
        yield text if each.location is None else f"[{text or 'here'}]({number})"


def _line_fingerprint(finding: Finding, place: Place) -> str:
    """Return what GitHub tells alerts of one rule in one file apart by: the line's text, or all that is known."""
    hashed = line_hash(place.file, place.line) if place.is_exact else None
    return hashed or f"{finding.fingerprint}:1"


def _location(place: Place) -> Json:
    region = {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }
    return {"physicalLocation": {"artifactLocation": _artifact(place.path), "region": region}}


def _artifact(path: str) -> Json:
    """Return a file of the repository as seen from its root, any other one whole; on Windows that has a drive."""
    text = path.encode("utf-8", "surrogatepass")
    if not PurePath(path).is_absolute():
        return {"uri": quote(text), "uriBaseId": _ROOT}
    return {"uri": f"file://{'' if path.startswith('/') else '/'}{quote(text, safe='/:')}"}


def _logical(finding: Finding) -> Json:
    name = "/".join(filter(None, (finding.model, finding.module))) or "model"
    return {"fullyQualifiedName": printable(name), "kind": "module"}


def _invocation(report: Report, view: View) -> Json:
    crashes = [_crash(finding, report, view) for finding in report.findings if finding.code == CRASHED_RULE]
    notifications = [*crashes, *(_broken(broken, view) for broken in report.broken)]
    return {"executionSuccessful": not notifications, "toolExecutionNotifications": notifications}


def _crash(finding: Finding, report: Report, view: View) -> Json:
    return _notification(f"{finding.model}: {finding.message}", place_of(finding, report, view))


def _broken(broken: Broken, view: View) -> Json:
    hint = f" ({broken.hint})" if broken.hint else ""
    return _notification(f"{broken.target}: {broken.message}{hint}", place_of_broken(broken, view))


def _notification(text: str, place: Place) -> Json:
    locations = {"locations": [_location(place)]} if place.is_file else {}
    return {"level": "error", "message": _text(_unlinked(text)), **locations}


def _text(text: str) -> Json:
    return {"text": text}


def _unlinked(text: str) -> str:
    """Return a text that is safe to show, without what SARIF would take for a link."""
    return re.sub(r"[\[\]\\]", r"\\\g<0>", printable(text)) if "](" in text else printable(text)


def _plain(markdown: str) -> str:
    """Return Markdown without its marks for code and headings."""
    return re.sub(r"^#+ |^```\w*\n", "", markdown, flags=re.MULTILINE).replace("``", "").replace("`", "").strip()
