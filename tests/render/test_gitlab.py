"""The format for GitLab: Code Quality, as its documentation describes it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tests.render.fake_report import ABSENT, RECYCLED, UNUSED, report
from tests.render.golden import REPORTS, large, view
from visunn_lint.finding import Broken
from visunn_lint.render import View
from visunn_lint.render.gitlab import render

_TEXT = {"type": "string", "minLength": 1}
_LINE = {"type": "integer", "minimum": 1}
_SCHEMA = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": _TEXT,
            "check_name": _TEXT,
            "fingerprint": _TEXT,
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "minLength": 1, "not": {"pattern": r"^\./"}},
                    "lines": {"type": "object", "required": ["begin"], "properties": {"begin": _LINE, "end": _LINE}},
                },
            },
        },
    },
}
"""What GitLab requires of a report: https://docs.gitlab.com/ci/testing/code_quality/, "Code Quality report format"."""


@pytest.fixture
def shown(tmp_path: Path) -> View:
    """Return a view on a folder that holds the model of the reports."""
    return view(tmp_path)


@pytest.mark.parametrize("name", [*REPORTS, "large"])
def test_a_report_is_valid(name: str, shown: View) -> None:
    """Each issue has what GitLab requires, and a fingerprint of its own."""
    issues = json.loads(render(large() if name == "large" else REPORTS[name], shown))
    assert [error.message for error in Draft202012Validator(_SCHEMA).iter_errors(issues)] == []
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)


def test_severities(shown: View) -> None:
    """An error is major, a warning minor, an info is one; what could not be linted blocks."""
    given = replace(report(ABSENT, UNUSED, RECYCLED), broken=(Broken("b.py", "no such file"),))
    issues = json.loads(render(given, shown))
    assert [issue["severity"] for issue in issues] == ["major", "minor", "info", "blocker"]
    assert issues[-1]["description"] == "b.py could not be linted: no such file"
    assert issues[-1]["location"] == {"path": "b.py", "lines": {"begin": 1, "end": 1}}


def test_findings_that_are_alike_are_told_apart(shown: View) -> None:
    """The first of several that share a fingerprint keeps it, the others get one that does not change either."""
    once, twice = (json.loads(render(report(*[UNUSED] * number), shown)) for number in (2, 3))
    prints = [issue["fingerprint"] for issue in twice]
    assert prints[0] == UNUSED.fingerprint
    assert len(set(prints)) == 3
    assert [issue["fingerprint"] for issue in once] == prints[:2]
