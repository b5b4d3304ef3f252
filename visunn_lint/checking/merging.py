"""Many outcomes as one report, the same whatever the order in which they came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from visunn_lint.finding import Broken, Report
from visunn_lint.topology import Topology

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from visunn_lint.cache import ModelOutcome, Outcome


def merge(outcomes: Sequence[Outcome], broken: Sequence[Broken] = ()) -> Report:
    """Return the report over some outcomes, and over what was broken beside them."""
    findings = [finding for each in outcomes for finding in each.findings]
    suppressed = [finding for each in outcomes for finding in each.suppressed]
    rules = {rule.code: rule for each in outcomes for rule in each.rules_run}
    skipped = {rule for each in outcomes for rule in each.rules_skipped}
    return Report(
        findings=tuple(sorted(findings, key=lambda finding: finding.sort_key)),
        suppressed=tuple(sorted(suppressed, key=lambda finding: finding.sort_key)),
        topologies=_Topologies([model for each in outcomes for model in each.models]),
        rules_run=tuple(rule for _, rule in sorted(rules.items())),
        rules_skipped=tuple(sorted(skipped, key=lambda rule: (rule.code, rule.reason))),
        broken=(*broken, *(each for outcome in outcomes for each in outcome.broken)),
    )


class _Topologies(Mapping[str, Topology]):
    """The topologies of models by their names, each read when it is first asked for."""

    def __init__(self, models: Sequence[ModelOutcome]) -> None:
        self._models = {model.name: model for model in models}

    def __getitem__(self, name: str) -> Topology:
        return self._models[name].topology

    def __iter__(self) -> Iterator[str]:
        return iter(self._models)

    def __len__(self) -> int:
        return len(self._models)
