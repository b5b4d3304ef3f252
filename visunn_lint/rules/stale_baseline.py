"""VIS903 stale-baseline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from shlex import quote

from visunn_lint.finding import Finding, Severity
from visunn_lint.location import Location
from visunn_lint.rules._rule import Rule
from visunn_lint.topology import CapturedModel

_MOST_NAMES = 3


@dataclass(frozen=True)
class StaleBaseline(Rule):
    """The baseline holds findings that are no longer there.

    Only findings of rules that ran on every model are counted, of the models that were checked; where
    a whole file or folder was, also of models that are gone from it.

    ## Why is this bad?
    A mistake that was mended and comes back would not be told. The baseline should only shrink.

    ## Use instead
    Run the same check with `--update-baseline` behind it, which takes them out.
    """

    code = "VIS903"
    name = "stale-baseline"
    category = "visunn"
    severity = Severity.INFO
    since = "0.1.0"
    scope = "model"

    def check(self, model: CapturedModel) -> Iterator[Finding]:  # noqa: ARG002 -- the signature of a rule
        """Yield nothing: the finding is made once all models were checked."""
        return iter(())

    def report(self, gone: Sequence[str], file: str) -> Finding:
        """Return the finding for a file that still holds some findings, each given in a few words."""
        names = ", ".join(gone[:_MOST_NAMES])
        rest = ", …" if len(gone) > _MOST_NAMES else ""
        what = "1 finding that is" if len(gone) == 1 else f"{len(gone)} findings that are"
        return self.finding(
            "",
            f"the baseline holds {what} no longer there: {names}{rest}",
            location=Location(file, 0),
            advice=f"take them out: visunn check --baseline {quote(file)} --update-baseline",
        )
