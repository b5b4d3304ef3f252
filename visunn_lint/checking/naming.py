"""The models of a report, named from the root of the project as its files are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from visunn_lint.suppress.baseline import model_name
from visunn_lint.topology import Topology

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from visunn_lint.finding import Finding, Report, SkippedRule


def named_from_root(report: Report, root: Path) -> Report:
    """Return a report whose bytes and fingerprints do not tell which folder the check was run in.

    A check names models as its user would, from the working folder; one of another project keeps its name.
    """
    found = (*report.findings, *report.suppressed)
    names = {name: model_name(name, root) for name in (*report.topologies, *(each.model for each in found))}
    if all(name == shown for name, shown in names.items()):
        return report
    return replace(
        report,
        findings=tuple(_renamed(finding, names) for finding in report.findings),
        suppressed=tuple(_renamed(finding, names) for finding in report.suppressed),
        topologies=_Topologies(report.topologies, names),
        rules_skipped=tuple(_explained(rule, names) for rule in report.rules_skipped),
    )


def _renamed(finding: Finding, names: Mapping[str, str]) -> Finding:
    return replace(finding, model=names[finding.model])


def _explained(rule: SkippedRule, names: Mapping[str, str]) -> SkippedRule:
    if rule.model not in names:
        return rule
    name = names[rule.model]
    return replace(rule, model=name, reason=f"{name}{rule.reason.removeprefix(rule.model)}")


class _Topologies(Mapping[str, Topology]):
    """Topologies by other names of their models, each read when it is first asked for."""

    def __init__(self, topologies: Mapping[str, Topology], names: Mapping[str, str]) -> None:
        self._topologies = topologies
        self._names = {names[name]: name for name in topologies}

    def __getitem__(self, name: str) -> Topology:
        return self._topologies[self._names[name]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
