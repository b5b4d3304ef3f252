"""VIS902 unknown-code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visunn_lint.finding import Finding, Severity
from visunn_lint.location import Location
from visunn_lint.rules._rule import Rule
from visunn_lint.topology import CapturedModel


@dataclass(frozen=True)
class UnknownCode(Rule):
    """A comment is meant to suppress findings and cannot: no rule is called so, or it is misspelt.

    Comments are read in all files of the project that a checked model runs. They have the form
    `# visunn: ignore[VIS301, unused-module] reason`: rules by full code or by name.

    ## Why is this bad?
    It suppresses nothing, and whoever reads it believes that it does.

    ## Use instead
    The code or the name of the rule, as the finding shows them.
    """

    code = "VIS902"
    name = "unknown-code"
    category = "visunn"
    severity = Severity.ERROR
    since = "0.1.0"
    scope = "model"

    def check(self, model: CapturedModel) -> Iterator[Finding]:  # noqa: ARG002 -- the signature of a rule
        """Yield nothing: the finding is made once all models were checked."""
        return iter(())

    def report(self, problem: str, place: Location, advice: str) -> Finding:
        """Return the finding for a comment that suppresses nothing as it stands."""
        return self.finding("", problem, location=place, advice=advice)
