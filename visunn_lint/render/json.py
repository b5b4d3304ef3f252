"""The format for programs: a JSON document in version 1.

Its types stand apart from the internal ones, so that these may change and the document does not.
Paths are relative to the project and have forward slashes; two runs give the same bytes. The
schema of the document is `schema/report-v1.json`.
"""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

import msgspec

if TYPE_CHECKING:
    from visunn_lint import finding as found
    from visunn_lint import location as place
    from visunn_lint.finding import Report
    from visunn_lint.render._view import View
    from visunn_lint.topology import Topology

Severity: TypeAlias = Literal["error", "warning", "info"]
Count: TypeAlias = Annotated[int, msgspec.Meta(ge=0)]


class Location(msgspec.Struct, frozen=True):
    """A span of source: lines and columns count from 1, 0 is "not known"; end_column is the one behind the span."""

    file: str
    line: Count
    column: Count
    end_line: Count
    end_column: Count


class Related(msgspec.Struct, frozen=True):
    """Another place that belongs to a finding."""

    message: str
    module: str
    location: Location | None


class Suppression(msgspec.Struct, frozen=True):
    """What keeps a finding from counting, and the reason that was written there."""

    by: Literal["comment", "baseline", "per-module-ignores"]
    reason: str


class Finding(msgspec.Struct, frozen=True):
    """One thing that a rule found."""

    code: str
    rule: str
    severity: Severity
    message: str
    model: str
    module: str
    node: str
    location: Location | None
    label: str
    help: str
    related: tuple[Related, ...]
    fingerprint: str
    suppression: Suppression | None


class Model(msgspec.Struct, frozen=True):
    """A model that was checked, and how it was captured; inputs is what --input takes."""

    name: str
    parameters: Count
    trainable_parameters: Count
    engine: str
    rung: str
    reason: str
    inputs: str
    inputs_inferred: bool
    forward_failed: bool


class RanRule(msgspec.Struct, frozen=True, order=True):
    """A rule that ran."""

    code: str
    name: str
    severity: Severity


class SkippedRule(msgspec.Struct, frozen=True, order=True):
    """A rule that was selected and could not run, and why; model is "" where it is so for all of them."""

    code: str
    name: str
    reason: str
    model: str


class Broken(msgspec.Struct, frozen=True):
    """A target that could not be linted."""

    target: str
    message: str
    hint: str


class Document(msgspec.Struct, frozen=True):
    """What `visunn check --output-format json` prints."""

    version: Literal[1]
    findings: tuple[Finding, ...]
    suppressed: tuple[Finding, ...]
    models: tuple[Model, ...]
    rules_run: tuple[RanRule, ...]
    rules_skipped: tuple[SkippedRule, ...]
    broken: tuple[Broken, ...]


def render(report: Report, view: View) -> str:  # noqa: ARG001 -- a program reads the same whatever the terminal
    """Return the report as a JSON document of version 1, indented and ended by a newline.

    It is ASCII, so that it passes through every encoding, and so do names that no encoding can hold.
    """
    document = Document(
        version=1,
        findings=tuple(map(_finding, report.findings)),
        suppressed=tuple(map(_finding, report.suppressed)),
        models=tuple(_model(name, topology) for name, topology in sorted(report.topologies.items())),
        rules_run=tuple(sorted(RanRule(rule.code, rule.name, rule.severity.value) for rule in report.rules_run)),
        rules_skipped=tuple(
            sorted(SkippedRule(rule.code, rule.name, rule.reason, rule.model) for rule in report.rules_skipped)
        ),
        broken=tuple(Broken(broken.target, broken.message, broken.hint) for broken in report.broken),
    )
    return json.dumps(msgspec.to_builtins(document), indent=2) + "\n"


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the document."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(Document)}


def _finding(finding: found.Finding) -> Finding:
    return Finding(
        code=finding.code,
        rule=finding.rule,
        severity=finding.severity.value,
        message=finding.message,
        model=finding.model,
        module=finding.module,
        node=finding.node,
        location=_location(finding.location),
        label=finding.label,
        help=finding.help,
        related=tuple(Related(each.message, each.module, _location(each.location)) for each in finding.related),
        fingerprint=finding.fingerprint,
        suppression=_suppression(finding.suppression),
    )


def _suppression(suppression: found.Suppression | None) -> Suppression | None:
    return None if suppression is None else Suppression(suppression.by, suppression.reason)


def _location(location: place.Location | None) -> Location | None:
    if location is None:
        return None
    file = PurePath(location.file).as_posix()
    return Location(file, location.line, location.column, location.end_line, location.end_column)


def _model(name: str, topology: Topology) -> Model:
    captured = topology.captured
    return Model(
        name=name,
        parameters=topology.parameter_count,
        trainable_parameters=topology.trainable_parameter_count,
        engine=captured.engine,
        rung=captured.rung,
        reason=captured.reason,
        inputs=captured.input_spec,
        inputs_inferred=captured.inferred,
        forward_failed=topology.failure is not None,
    )
