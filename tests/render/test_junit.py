"""The format for test reports: JUnit XML that Jenkins and GitLab read."""

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import xmlschema

from tests.render.fake_report import ABSENT, RECYCLED, UNUSED, report
from tests.render.golden import CRASHED, REPORTS, large, view
from visunn_lint.finding import Broken, Severity, SkippedRule
from visunn_lint.render import View
from visunn_lint.render.junit import render

_SCHEMA = xmlschema.XMLSchema(Path(__file__).parent.parent / "schemas" / "junit-10.xsd")


@pytest.fixture
def shown(tmp_path: Path) -> View:
    """Return a view on a folder that holds the model of the reports."""
    return view(tmp_path)


def _read(text: str) -> ET.Element:
    return ET.fromstring(text.encode())  # noqa: S314 -- a document of our own


def _outcomes(text: str) -> dict[str, str]:
    """Return what is in each test case, by its name; "" for one that has passed."""
    cases = _read(text).iter("testcase")
    return {case.attrib["name"]: "".join(child.tag for child in case) for case in cases}


@pytest.mark.parametrize("name", [*REPORTS, "large"])
def test_a_document_is_valid_and_its_counts_add_up(name: str, shown: View) -> None:
    """Each document meets the schema of Jenkins, and counts what it holds."""
    root = _read(render(large() if name == "large" else REPORTS[name], shown))
    assert [error.reason for error in _SCHEMA.iter_errors(root)] == []
    for element in (root, *root.findall("testsuite")):
        counted = [len(list(element.iter(tag))) for tag in ("testcase", "failure", "error")]
        assert counted == [int(element.attrib[key]) for key in ("tests", "failures", "errors")]
    assert all(int(each.attrib["skipped"]) == len(list(each.iter("skipped"))) for each in root)


def test_a_case_for_each_model_and_rule(shown: View) -> None:
    """Each rule is a test of each model: what found nothing has passed, what could not run is skipped."""
    root = _read(render(report(UNUSED, models=("model.py::Net", "b.py::Net")), shown))
    cases = [(suite.get("name"), case.get("name"), [each.tag for each in case]) for suite in root for case in suite]
    assert cases == [
        ("b.py::Net", "VIS102 unused-parameter", []),
        ("b.py::Net", "VIS110 recycled-layer", []),
        ("b.py::Net", "VIS201 missing-weight-shape", ["skipped"]),
        ("model.py::Net", "VIS102 unused-parameter", ["failure"]),
        ("model.py::Net", "VIS110 recycled-layer", []),
        ("model.py::Net", "VIS201 missing-weight-shape", ["skipped"]),
    ]


def test_findings_of_one_rule_are_one_failure(shown: View) -> None:
    """A failure tells of every finding of its rule, with the place and what to do."""
    text = render(report(UNUSED, replace(UNUSED, message="more", help="read it")), shown)
    (failure,) = _read(text).iter("failure")
    assert failure.attrib["message"] == "`fc.bias` is read by no op (and 1 more)"
    assert failure.text == (
        "model.py:6:9: [warning] `fc.bias` is read by no op\nmodel.py:6:9: [warning] more\n  help: read it"
    )


@pytest.mark.parametrize(
    ("fail_on", "outcomes"),
    [
        (Severity.INFO, ["failure", "failure", "failure"]),
        (Severity.WARNING, ["failure", "system-out", "failure"]),
        (Severity.ERROR, ["system-out", "system-out", "failure"]),
    ],
)
def test_what_does_not_fail_the_check_fails_no_test(fail_on: Severity, outcomes: list[str], shown: View) -> None:
    """A finding below ``fail-on`` is told in the output of a test that has passed."""
    text = render(replace(report(UNUSED, RECYCLED, ABSENT), rules_skipped=()), replace(shown, fail_on=fail_on))
    assert list(_outcomes(text).values()) == outcomes


def test_what_could_not_be_linted_is_an_error(shown: View) -> None:
    """A crashed rule and a broken target are errors, not failures."""
    text = render(replace(report(CRASHED), broken=(Broken("b.py", "no such file", "give one"),)), shown)
    outcomes = _outcomes(text)
    assert (outcomes["VIS900 rule-crashed"], outcomes["could not be linted"]) == ("error", "error")


def test_a_rule_is_skipped_for_the_model_that_lacks_something(shown: View) -> None:
    """Where one model has what a rule needs and another has not, only the other's test is skipped."""
    skipped = SkippedRule("VIS102", "unused-parameter", "b has no train capture", "b")
    root = _read(render(replace(report(models=("a", "b")), rules_skipped=(skipped,)), shown))
    assert [(suite.attrib["name"], suite.attrib["skipped"]) for suite in root] == [("a", "0"), ("b", "1")]


def test_five_thousand(shown: View) -> None:
    """Every one of 5,000 findings has its line."""
    (failure,) = _read(render(large(), shown)).iter("failure")
    assert len((failure.text or "").splitlines()) == 5_000
