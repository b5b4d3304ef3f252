"""Runs rules over captured models."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from visunn_lint import query
from visunn_lint.checking.folding import fold
from visunn_lint.checking.locating import Locator
from visunn_lint.checking.selection import (
    check_settings,
    configured,
    fits,
    rules_for,
    selected_rules,
    with_expectations,
)
from visunn_lint.finding import Finding, Report, SkippedRule, Suppression
from visunn_lint.pipeline.collecting import uncollected
from visunn_lint.records import FOREIGN
from visunn_lint.rules.rule_crashed import RuleCrashed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from visunn_lint.config import Settings
    from visunn_lint.rules import Fact, Rule
    from visunn_lint.topology import CapturedModel


@uncollected()
def run_rules(models: Sequence[CapturedModel], settings: Settings) -> Report:
    """Return what the selected rules find in some models, sorted, each cause once.

    A rule runs on a model if that has the facts it needs, and if its options give it something to
    check; else it is among ``rules_skipped``. One that raises becomes a finding of VIS900, and the
    others still run. Raises ConfigError for unknown rules and for bad options.
    """
    check_settings(settings)
    run = _Run(settings, Locator(settings.root or Path.cwd(), settings.include_installed))
    rules = selected_rules(settings)
    for model in models:
        expecting = with_expectations(model, settings)
        for rule in rules_for(model, rules, settings):
            run.check(configured(rule, model, settings), expecting)
    return run.report(models)


@dataclass(frozen=True, slots=True)
class _Run:
    """What has been found so far."""

    settings: Settings
    locator: Locator
    found: list[Finding] = field(default_factory=list)
    suppressed: list[Finding] = field(default_factory=list)
    ran: dict[str, type[Rule]] = field(default_factory=dict)
    skipped: dict[SkippedRule, None] = field(default_factory=dict)

    def check(self, rule: Rule, model: CapturedModel) -> None:
        """Run one rule over one model, or say why not."""
        skipped = _skipped(rule, model)
        if skipped:
            self.skipped[skipped] = None
            return
        self.ran[rule.code] = type(rule)
        for finding in self._findings(rule, model):
            located = self.locator.locate(rule, model, replace(finding, model=model.name))
            if located is not None and _is_ignored(type(rule), located, model, self.settings):
                self.suppressed.append(replace(located, suppression=Suppression("per-module-ignores")))
            elif located is not None:
                self.found.append(located)

    def _findings(self, rule: Rule, model: CapturedModel) -> list[Finding]:
        try:
            return list(rule.check(model))
        except Exception as error:  # noqa: BLE001 -- whatever a rule raises, the others have their say
            self.ran[RuleCrashed.code] = RuleCrashed
            return [RuleCrashed().report(rule, error)]

    def report(self, models: Sequence[CapturedModel]) -> Report:
        """Return all that was found, in order."""
        return Report(
            findings=tuple(sorted(fold(self.found, self.ran), key=lambda finding: finding.sort_key)),
            suppressed=tuple(sorted(fold(self.suppressed, self.ran), key=lambda finding: finding.sort_key)),
            topologies={model.name: model.topology for model in models},
            rules_run=tuple(rule.info() for _, rule in sorted(self.ran.items())),
            rules_skipped=tuple(sorted(self.skipped, key=lambda skipped: (skipped.code, skipped.reason))),
        )


def _skipped(rule: Rule, model: CapturedModel) -> SkippedRule | None:
    """Return why a rule has nothing to check in a model, None if it has."""
    missing = sorted(need for need in rule.needs if getattr(model, need) is None)
    if missing:
        reason = f"{model.name} has no {' and no '.join(map(_called, missing))}"
        if "rebatched" in missing and model.naming_batch:
            reason += f": its inputs do not name the batch axis, as in `{model.naming_batch}`"
        return SkippedRule(rule.code, rule.name, reason, model.name)
    if not rule.is_structural and model.topology.captured.engine == FOREIGN:
        reason = f"{model.name} was logged by another program, without the arguments of its ops and their dtypes"
        return SkippedRule(rule.code, rule.name, reason, model.name)
    reason = rule.missing_options()
    return SkippedRule(rule.code, rule.name, reason) if reason else None


_NAMES: Mapping[Fact, str] = {
    "checkpoint": "checkpoint",
    "locked": "entry in visunn.lock",
    "rebatched": "capture at another batch size",
    "shapes": "contract of shapes",
}


def _called(fact: Fact) -> str:
    """Return what a fact is called where a model lacks it."""
    return _NAMES.get(fact, f"{fact} capture")


def _is_ignored(rule: type[Rule], finding: Finding, model: CapturedModel, settings: Settings) -> bool:
    """Return whether a glob of the module's path, or of its kind, has the rule among what it ignores."""
    module = next((each[finding.module] for each in model.topologies if finding.module in each), None)
    return any(
        (fnmatchcase(finding.module, pattern) or (module is not None and query.matches_kind(module, pattern)))
        and any(fits(rule, code) for code in codes)
        for pattern, codes in settings.per_module_ignores.items()
    )
