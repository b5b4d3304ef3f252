"""A report without the findings that comments and the baseline suppress, and with what is wrong about these."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from visunn_lint import source
from visunn_lint.checking.baselining import ABOUT_VISUNN, stale_finding, without_known
from visunn_lint.checking.locating import Locator
from visunn_lint.checking.scope import Scope
from visunn_lint.checking.sites import Sites, find_sites
from visunn_lint.location import Location
from visunn_lint.rules import discover
from visunn_lint.rules.unknown_code import UnknownCode
from visunn_lint.rules.unused_suppression import UnusedSuppression
from visunn_lint.suppress.baseline import read_baseline
from visunn_lint.suppress.comments import EXAMPLE, Directive, Misspelt, directives
from visunn_lint.suppress.silencing import silence
from visunn_lint.suppress.writing import add_comments

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from visunn_lint.config import Settings
    from visunn_lint.finding import Finding, Report


def suppress(report: Report, settings: Settings, covered: Sequence[Path] = ()) -> Report:
    """Return a report in which what comments and the baseline speak of is among the suppressed findings.

    ``covered`` are the files and folders of which every model was checked: what nobody found there
    is not there. Adds findings for comments that suppress nothing (VIS901), that cannot (VIS902), and
    for a baseline with findings that are gone (VIS903). Raises ConfigError for a baseline that
    cannot be read.
    """
    scope = Scope.of(report, settings, covered)
    report = _without_commented(report, scope)
    if not settings.baseline:
        return _sorted(report, ())
    known = read_baseline(Path(settings.baseline))
    report = without_known(report, known, scope.root)
    return _sorted(report, stale_finding(report, known, settings.baseline, scope))


def add_ignores(report: Report, settings: Settings, reason: str = "") -> tuple[int, int]:
    """Write a comment for each finding that has a line in the project; return how many, and in how many files.

    Findings about visunn itself get none. Raises VisunnError for a file that cannot be written.
    """
    root = settings.root or Path.cwd()
    is_own = Locator(root).is_own
    wanted: defaultdict[str, defaultdict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for finding in report.findings:
        place = finding.location
        file = str(root / place.file) if place else ""
        if place and source.line(file, place.line) and is_own(file) and not finding.code.startswith(ABOUT_VISUNN):
            wanted[file][place.line].add(finding.code)
    written = sum(add_comments(file, codes, reason) for file, codes in sorted(wanted.items()))
    source.forget()
    return written, len(wanted)


def _without_commented(report: Report, scope: Scope) -> Report:
    """Return a report without what comments suppress, and with what is wrong about the comments."""
    sites = find_sites(report.topologies, Locator(scope.root).is_own)
    found = [each for file in sites.lines for each in directives(file)]
    if not found:
        return report  # without loading the rules, which a check that remembers everything does without
    codes = {key: rule.code for rule in discover() for key in (rule.code, rule.name)}
    unknown = _about(_unknown(found, codes), sites, scope) if scope.has_run(UnknownCode.code) else []
    right = [each for each in found if isinstance(each, Directive)]
    with_places = [(finding, _places(finding, report, scope.root)) for finding in (*report.findings, *unknown)]
    outcome = silence(with_places, right, codes)
    unused = [
        (UnusedSuppression().report(name, directive.place))
        for directive in right
        for name in directive.rules
        if name in codes and (directive, name) not in outcome.used and _is_judged(directive, codes[name], sites, scope)
    ]
    told = _about(unused, sites, scope) if scope.has_run(UnusedSuppression.code) else []
    again = silence([(each, _places(each, report, scope.root)) for each in told], right, codes)
    suppressed = (*report.suppressed, *outcome.suppressed, *again.suppressed)
    return _sorted(replace(report, findings=outcome.kept, suppressed=suppressed), again.kept)


def _is_judged(directive: Directive, code: str, sites: Sites, scope: Scope) -> bool:
    """Return whether a comment that suppressed nothing is known to have nothing to suppress."""
    return (
        not code.startswith(ABOUT_VISUNN)
        and scope.has_run_everywhere(code)
        and scope.holds(Path(directive.place.file))
        and sites.reached(directive)
    )


def _unknown(found: Iterable[Directive | Misspelt], codes: Mapping[str, str]) -> Iterator[Finding]:
    """Yield a finding for each comment that cannot suppress what it means to."""
    rule = UnknownCode()
    for each in found:
        if isinstance(each, Misspelt):
            yield rule.report(each.problem, each.place, each.advice)
            continue
        for name in each.rules:
            if name not in codes:
                close = get_close_matches(name, codes, n=1) or get_close_matches(name.upper(), codes, n=1)
                advice = f"did you mean `{close[0]}`?" if close else f"`visunn rule` lists the rules; write {EXAMPLE}"
                yield rule.report(f"no rule is called `{name}`", each.place, advice)


def _about(findings: Iterable[Finding], sites: Sites, scope: Scope) -> list[Finding]:
    """Return findings about comments as those of a model that ran the file, its path as seen from the root."""
    return [
        replace(each, location=replace(place, file=scope.from_root(place.file)), model=sites.models.get(place.file, ""))
        for each in findings
        for place in [each.location or Location("", 0)]
    ]


def _places(finding: Finding, report: Report, root: Path) -> list[Location]:
    """Return where a comment may suppress a finding: at its line, and where the module is built that it is about."""
    places = [] if finding.location is None else [finding.location]
    topology = report.topologies.get(finding.model)
    module = topology.modules.get(finding.module) if topology and not finding.node else None
    built = module.source if module is not None else None
    if built is not None:
        places.append(built)
    return [replace(place, file=str(root / place.file)) for place in places]


def _sorted(report: Report, more: Iterable[Finding]) -> Report:
    """Return a report with more findings, in order."""
    return replace(
        report,
        findings=tuple(sorted((*report.findings, *more), key=lambda finding: finding.sort_key)),
        suppressed=tuple(sorted(report.suppressed, key=lambda finding: finding.sort_key)),
    )
