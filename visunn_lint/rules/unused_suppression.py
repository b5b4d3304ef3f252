"""VIS901 unused-suppression."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visunn_lint.finding import Finding, Severity
from visunn_lint.location import Location
from visunn_lint.rules._rule import Rule
from visunn_lint.topology import CapturedModel


@dataclass(frozen=True)
class UnusedSuppression(Rule):
    """A comment `# visunn: ignore[…]` names a rule that finds nothing there.

    It is told only where all that the comment can be about was checked: the rule ran on every model,
    none of them failed, and the file, its folder or the whole project was the target. In code that
    no model ran, a comment is left alone.

    ## Why is this bad?
    The comment speaks of a mistake that is gone, and would hide the next one. Or it stands on the
    wrong line, and the finding that it was meant for still counts.

    ## Use instead
    Remove the rule from the comment, or move the comment to the line that the finding names, or
    to the line above.
    """

    code = "VIS901"
    name = "unused-suppression"
    category = "visunn"
    severity = Severity.WARNING
    since = "0.1.0"
    scope = "model"

    def check(self, model: CapturedModel) -> Iterator[Finding]:  # noqa: ARG002 -- the signature of a rule
        """Yield nothing: the finding is made once all models were checked."""
        return iter(())

    def report(self, name: str, place: Location) -> Finding:
        """Return the finding for a rule in a comment, which gives it by code or by name."""
        return self.finding(
            "",
            f"`{name}` finds nothing that this comment could suppress",
            location=place,
            advice="remove it from the comment, or move the comment to the line that the finding names",
        )
