"""VIS900 rule-crashed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visunn_lint.finding import Finding, Severity
from visunn_lint.rules._rule import Rule
from visunn_lint.topology import CapturedModel


@dataclass(frozen=True)
class RuleCrashed(Rule):
    """A rule raised an exception instead of a finding: a bug in the rule, not in the model.

    The other rules still run; the exit code is 2.

    ## Why is this bad?
    What the rule would have said of the model is not known.

    ## Use instead
    Report the bug, and ignore the rule until it is mended.
    """

    code = "VIS900"
    name = "rule-crashed"
    category = "visunn"
    severity = Severity.ERROR
    since = "0.1.0"
    scope = "model"

    def check(self, model: CapturedModel) -> Iterator[Finding]:  # noqa: ARG002 -- the signature of a rule
        """Yield nothing: the finding is made where rules are run."""
        return iter(())

    def report(self, rule: Rule, error: Exception) -> Finding:
        """Return the finding for a rule that raised."""
        return self.finding(
            "",
            f"{rule.code} {rule.name} crashed: {type(error).__name__}: {error}",
            advice=f"please report this bug; until it is mended: --ignore {rule.code}",
        )
