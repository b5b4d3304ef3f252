"""One cause, one finding: what modes or rules say twice, and what one line says of many modules."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import zip_longest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from visunn_lint.finding import Finding
    from visunn_lint.rules import Rule

_MOST_NAMES = 3


def fold(findings: Sequence[Finding], rules: Mapping[str, type[Rule]]) -> list[Finding]:
    """Return findings with those of one rule at one line as one that names the others.

    What one of the ``rules``, by code, covers at the same place is left out.
    """
    groups: defaultdict[object, dict[str, Finding]] = defaultdict(dict)
    for finding in _uncovered(findings, rules):
        groups[_cause(finding)].setdefault(finding.fingerprint, finding)
    return [_joined(matter) for group in groups.values() for matter in _matters(list(group.values()), rules)]


def _matters(findings: Sequence[Finding], rules: Mapping[str, type[Rule]]) -> Iterable[Sequence[Finding]]:
    """Yield what is to be joined: all findings of one cause, or the first of each module, the second, and so on."""
    rule = rules.get(findings[0].code)
    if rule is None or not rule.says_each:
        yield findings
        return
    by_module: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_module[finding.module].append(finding)
    for matter in zip_longest(*by_module.values()):
        yield [finding for finding in matter if finding is not None]


def _uncovered(findings: Sequence[Finding], rules: Mapping[str, type[Rule]]) -> Iterable[Finding]:
    covered = {
        (code, *_place(finding)) for finding in findings if finding.code in rules for code in rules[finding.code].covers
    }
    return (finding for finding in findings if (finding.code, *_place(finding)) not in covered)


def _place(finding: Finding) -> tuple[object, ...]:
    return finding.model, finding.module, finding.location


def _cause(finding: Finding) -> object:
    """Return what findings of one cause have in common; one that has no line stands alone."""
    if finding.location is None or not finding.location.line:
        return finding.fingerprint
    return finding.code, finding.model, finding.location, tuple(each.location for each in finding.related)


def _joined(findings: Sequence[Finding]) -> Finding:
    first, *others = findings
    modules = [path for path in dict.fromkeys(each.module for each in others) if path != first.module]
    if not modules:
        return first
    names = ", ".join(f"`{path}`" for path in modules[:_MOST_NAMES])
    rest = ", …" if len(modules) > _MOST_NAMES else ""
    return replace(first, message=f"{first.message} (and {len(modules)} more from this line: {names}{rest})")
