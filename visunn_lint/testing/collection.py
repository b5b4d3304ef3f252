"""The tests that ``pytest --visunn`` makes: every rule on every model that the configuration names."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from visunn_lint.checking.selection import selected_rules
from visunn_lint.config import load_settings
from visunn_lint.errors import VisunnError
from visunn_lint.testing.fixture import lint_configured, shown_findings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from visunn_lint.config import Settings
    from visunn_lint.finding import Report
    from visunn_lint.rules import Rule


class ConfigurationFile(pytest.File):
    """A pyproject.toml or visunn.toml: a collector of the models that it names."""

    def collect(self) -> Iterator[ConfiguredModel]:
        """Yield a collector for each model; fails where there is none, or nothing that can be read."""
        try:
            settings = load_settings(self.path, config=[str(self.path)])
            selected_rules(settings)
        except VisunnError as error:
            raise self.CollectError(_told(error)) from None
        if not settings.models:
            message = f"error: --visunn: {self.path.name} names no model\n  hint: name one: [tool.visunn.models.NAME]"
            raise self.CollectError(message)
        settings = replace(settings, root=self.path.parent)
        for name in settings.models:
            yield ConfiguredModel.from_parent(self, name=name, settings=settings)


@dataclass(slots=True)
class _Outcome:
    """What came of linting a model: a report, or why there is none, and whether that has been told."""

    report: Report | None = None
    error: str = ""
    is_told: bool = False


class ConfiguredModel(pytest.Collector):
    """A model that is linted when its first test runs: a collector of the rules."""

    def __init__(self, *, settings: Settings, **node: Any) -> None:  # noqa: ANN401 -- what pytest gives its nodes
        super().__init__(**node)
        self.settings = settings
        self._outcome: _Outcome | None = None

    def collect(self) -> Iterator[RuleItem]:
        """Yield a test for each rule that is selected."""
        for rule in selected_rules(self.settings):
            yield RuleItem.from_parent(self, name=rule.code, rule=rule, model=self)

    def report(self) -> Report:
        """Return what the rules find in the model.

        Fails if it cannot be linted, and skips the test if another has said so already.
        """
        outcome = self._outcome = self._outcome or self._linted()
        if outcome.report is not None:
            return outcome.report
        if outcome.is_told:
            pytest.skip(f"{self.name} could not be linted")
        outcome.is_told = True
        pytest.fail(outcome.error, pytrace=False)

    def _linted(self) -> _Outcome:
        try:
            return _Outcome(lint_configured(self.name, self.settings))
        except VisunnError as error:
            return _Outcome(error=_told(error))


class RuleItem(pytest.Item):
    """The test that one rule finds nothing in one model."""

    def __init__(self, *, rule: type[Rule], model: ConfiguredModel, **node: Any) -> None:  # noqa: ANN401 -- as above
        super().__init__(**node)
        self._rule = rule
        self._model = model
        self._report: Report | None = None
        self.add_marker("visunn")
        self.extra_keyword_matches.add(rule.name)
        if self.config.pluginmanager.hasplugin("xdist"):
            self.add_marker(pytest.mark.xdist_group(f"visunn::{model.name}"))

    def setup(self) -> None:
        """Lint the model, if no other test has."""
        self._report = self._model.report()

    def runtest(self) -> None:
        """Fail if the rule found something from ``fail-on`` up; skip if it did not run."""
        report, settings = self._report, self._model.settings
        if report is None:
            return
        own = tuple(finding for finding in report.findings if finding.code == self._rule.code)
        if any(finding.severity.rank >= settings.fail_on.rank for finding in own):
            pytest.fail(shown_findings(replace(report, findings=own), settings), pytrace=False)
        for skipped in report.rules_skipped:
            if skipped.code == self._rule.code:
                pytest.skip(skipped.reason)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Return where the model is configured, and what is tested."""
        return self.path, None, f"{self._model.name}: {self._rule.code} {self._rule.name}"


def _told(error: VisunnError) -> str:
    return f"error: {error.message}" + (f"\n  hint: {error.hint}" if error.hint else "")
