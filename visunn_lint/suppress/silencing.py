"""Which findings are suppressed by which comments, and which comments by none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from visunn_lint.finding import Suppression

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from visunn_lint.finding import Finding
    from visunn_lint.location import Location
    from visunn_lint.suppress.comments import Directive


@dataclass(frozen=True, slots=True)
class Silenced:
    """Findings that still count, those that do not, and each directive with a rule that it suppressed."""

    kept: tuple[Finding, ...]
    suppressed: tuple[Finding, ...]
    used: frozenset[tuple[Directive, str]]


def silence(
    findings: Iterable[tuple[Finding, Sequence[Location]]], directives: Iterable[Directive], codes: Mapping[str, str]
) -> Silenced:
    """Return findings divided by whether a comment suppresses them.

    Each finding comes with the places at which a comment may speak of it, in files as directives
    have them. ``codes`` leads from the names and codes of rules to their codes.
    """
    by_file: dict[str, list[Directive]] = {}
    for directive in directives:
        by_file.setdefault(directive.place.file, []).append(directive)
    kept, suppressed, used = [], [], set()
    for finding, places in findings:
        speaking = [
            (directive, name)
            for place in places
            for directive in by_file.get(place.file, ())
            if directive.covers(place)
            for name in directive.rules
            if codes.get(name) == finding.code
        ]
        used.update(speaking)
        if speaking:
            reason = next((directive.reason for directive, _ in speaking if directive.reason), "")
            suppressed.append(replace(finding, suppression=Suppression("comment", reason)))
        else:
            kept.append(finding)
    return Silenced(tuple(kept), tuple(suppressed), frozenset(used))
