"""What a check says: findings, and the report that holds them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import Enum
from hashlib import sha256
from typing import TYPE_CHECKING, Literal

from visunn_lint.location import Location

if TYPE_CHECKING:
    from collections.abc import Mapping

    from visunn_lint.topology import Topology


CRASHED_RULE = "VIS900"
"""The code of findings that tell of a rule that raised: they speak of visunn, not of the model."""


class Severity(Enum):
    """How bad a finding is; ``fail-on`` compares by ``rank``."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for info, 1 for warning, 2 for error."""
        return {"info": 0, "warning": 1, "error": 2}[self.value]


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that belongs to a finding, with a few words on what stands there."""

    message: str
    location: Location | None = None
    module: str = ""


@dataclass(frozen=True, slots=True)
class Suppression:
    """What keeps a finding from counting, and the reason that was written there."""

    by: Literal["comment", "baseline", "per-module-ignores"]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a rule found.

    ``module`` is a dotted path (``""`` is the root), ``node`` a node's name or ``""``. ``label``
    are the words at the caret, ``help`` says how to mend it.
    """

    code: str
    rule: str
    severity: Severity
    message: str
    module: str = ""
    node: str = ""
    location: Location | None = None
    label: str = ""
    help: str = ""
    related: tuple[Related, ...] = ()
    model: str = ""
    """The name of the model that was checked, as the user would give it."""
    suppression: Suppression | None = None

    @property
    def fingerprint(self) -> str:
        """16 hex digits that survive moved lines: from code, model, module, node and message."""
        parts = (self.code, self.model, self.module, self.node, self.message)
        return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]

    @property
    def sort_key(self) -> tuple[object, ...]:
        """A total order: by file, line, column, code, then what is left."""
        place = self.location or Location("", 0)
        return (place.file, place.line, place.column, self.code, self.model, self.module, self.node, self.message)


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """What a renderer has to know of a rule. ``help`` is its documentation page, in Markdown."""

    code: str
    name: str
    severity: Severity
    summary: str
    help: str = ""
    category: str = ""
    since: str = ""
    preview: bool = False


@dataclass(frozen=True, slots=True)
class SkippedRule:
    """A rule that was selected and could not run, and why.

    ``model`` is the one that lacks what the rule needs; "" if its options give it nothing to check in any.
    """

    code: str
    name: str
    reason: str
    model: str = ""


@dataclass(frozen=True, slots=True)
class Broken:
    """A target that could not be linted: exit code 2."""

    target: str
    message: str
    hint: str = ""
    details: str = ""
    """The traceback, for ``-v``."""


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a check, over one model or many.

    ``topologies`` holds the eval capture (or the only one) of each model by its name.
    """

    findings: tuple[Finding, ...] = ()
    suppressed: tuple[Finding, ...] = ()
    topologies: Mapping[str, Topology] = field(default_factory=dict)
    rules_run: tuple[RuleInfo, ...] = ()
    rules_skipped: tuple[SkippedRule, ...] = ()
    broken: tuple[Broken, ...] = ()

    def __bool__(self) -> bool:
        """Return whether nothing was found and nothing is broken."""
        return not self.findings and not self.broken

    def __repr__(self) -> str:
        """Return how many findings there are of each severity, and in which models."""
        counts = Counter(finding.severity for finding in self.findings)
        found = ", ".join(f"{counts[each]} {each.value}" for each in Severity if each in counts)
        return f"<Report: {found or 'all clear'} in {', '.join(self.topologies) or 'no model'}>"

    def suppression_counts(self) -> dict[str, int]:
        """Return how many findings are suppressed by what, the most frequent first."""
        return dict(Counter(finding.suppression.by for finding in self.suppressed if finding.suppression).most_common())

    def worst(self) -> Severity | None:
        """Return the highest severity among the findings."""
        return max((finding.severity for finding in self.findings), key=lambda severity: severity.rank, default=None)
