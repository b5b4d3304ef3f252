"""The format for test reports: JUnit XML, with a test case for each model and rule.

A test fails where its rule found something that fails the check; what is less severe is told in
its output. Times are left out, so that two runs give the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias
from xml.sax.saxutils import escape, quoteattr

from visunn_lint.finding import CRASHED_RULE
from visunn_lint.render._view import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from visunn_lint.finding import Broken, Finding, Report
    from visunn_lint.render._view import View

Outcome: TypeAlias = Literal["failure", "error", "skipped", "system-out"]


@dataclass(frozen=True, slots=True)
class _Case:
    """A test case; without an outcome it has passed, and with ``system-out`` it has something to say."""

    name: str
    outcome: Outcome | None = None
    message: str = ""
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Suite:
    """The test cases of a model, or the one of a target that could not be linted."""

    name: str
    cases: tuple[_Case, ...]

    def count(self, outcome: Outcome) -> int:
        return sum(case.outcome == outcome for case in self.cases)


def render(report: Report, view: View) -> str:
    """Return a JUnit document: a suite for each model, and one for each target that could not be linted."""
    models = {*report.topologies, *(finding.model for finding in report.findings)}
    suites = [_Suite(model, tuple(_cases(model, report, view))) for model in sorted(models)]
    suites += [_Suite(broken.target, (_broken(broken),)) for broken in report.broken]
    rows = ['<?xml version="1.0" encoding="UTF-8"?>', *_document(suites)]
    return "".join(f"{row}\n" for row in rows)


def _cases(model: str, report: Report, view: View) -> Iterator[_Case]:
    """Yield a case for each rule that ran on a model, and for each that had nothing to check in it."""
    found: dict[str, list[Finding]] = {}
    for finding in report.findings:
        if finding.model == model:
            found.setdefault(finding.code, []).append(finding)
    skipped = {rule.code: rule for rule in report.rules_skipped if rule.model in {"", model}}
    names = {rule.code: rule.name for rule in report.rules_run} | {code: rule.name for code, rule in skipped.items()}
    names |= {finding.code: finding.rule for findings in found.values() for finding in findings}
    for code, name in sorted(names.items()):
        if code in found:
            yield _found(f"{code} {name}", found[code], view)
        elif code in skipped:
            yield _Case(f"{code} {name}", "skipped", skipped[code].reason)
        else:
            yield _Case(f"{code} {name}")


def _found(name: str, findings: Sequence[Finding], view: View) -> _Case:
    worst = max(finding.severity.rank for finding in findings)
    outcome: Outcome = "failure" if worst >= view.fail_on.rank else "system-out"
    if findings[0].code == CRASHED_RULE:
        outcome = "error"
    more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
    lines = tuple(line for finding in findings for line in _lines(finding))
    return _Case(name, outcome, f"{findings[0].message}{more}", lines)


def _lines(finding: Finding) -> Iterator[str]:
    place = f"{finding.location}: " if finding.location else ""
    yield f"{place}[{finding.severity.value}] {finding.message}"
    if finding.help:
        yield f"  help: {finding.help}"


def _broken(broken: Broken) -> _Case:
    hints = (f"hint: {broken.hint}",) if broken.hint else ()
    return _Case("could not be linted", "error", broken.message, (broken.message, *hints))


# -- as XML ------------------------------------------------------------------------------------


def _document(suites: Sequence[_Suite]) -> Iterator[str]:
    yield f"<testsuites{_attributes(name='visunn', **_counts(suites))}>"
    for suite in suites:
        skipped = {"skipped": str(suite.count("skipped"))}
        yield f"  <testsuite{_attributes(name=suite.name, **_counts([suite]), **skipped)}>"
        for case in suite.cases:
            yield from _case(case, suite)
        yield "  </testsuite>"
    yield "</testsuites>"


def _counts(suites: Sequence[_Suite]) -> dict[str, str]:
    return {
        "tests": str(sum(len(suite.cases) for suite in suites)),
        "failures": str(sum(suite.count("failure") for suite in suites)),
        "errors": str(sum(suite.count("error") for suite in suites)),
    }


def _case(case: _Case, suite: _Suite) -> Iterator[str]:
    head = f"    <testcase{_attributes(name=case.name, classname=suite.name)}"
    if case.outcome is None:
        yield f"{head}/>"
        return
    yield f"{head}>"
    message = "" if case.outcome == "system-out" else _attributes(message=case.message)
    text = "\n".join(escape(printable(line)) for line in case.lines)
    yield f"      <{case.outcome}{message}>{text}</{case.outcome}>" if text else f"      <{case.outcome}{message}/>"
    yield "    </testcase>"


def _attributes(**values: str) -> str:
    """Return attributes as they stand in a tag; what XML 1.0 cannot hold is written out."""
    return "".join(f" {name}={quoteattr(printable(value))}" for name, value in values.items())
