"""The baseline in use: what it suppresses, what of it is gone, and how it is written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from visunn_lint.checking.scope import Scope
from visunn_lint.finding import Suppression
from visunn_lint.location import is_there
from visunn_lint.rules.stale_baseline import StaleBaseline
from visunn_lint.suppress.baseline import entries, fingerprint, model_name, read_baseline, write_baseline

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from visunn_lint.config import Settings
    from visunn_lint.finding import Finding, Report
    from visunn_lint.suppress.baseline import Entry

ABOUT_VISUNN = "VIS9"
"""How the codes of rules about visunn itself begin: no baseline holds them, no comment is written for them."""


def without_known(report: Report, known: Mapping[str, Entry], root: Path) -> Report:
    """Return a report with the findings that a baseline holds among the suppressed ones."""
    old = {each: fingerprint(each, root) in known for each in report.findings}
    suppressed = (replace(each, suppression=Suppression("baseline")) for each, is_known in old.items() if is_known)
    kept = tuple(each for each, is_known in old.items() if not is_known)
    return replace(report, findings=kept, suppressed=(*report.suppressed, *suppressed))


def stale_finding(report: Report, known: Mapping[str, Entry], file: str, scope: Scope) -> list[Finding]:
    """Return a finding if a baseline holds some that are gone, else none."""
    present = {fingerprint(each, scope.root) for each in (*report.findings, *report.suppressed)}
    gone = [_in_words(entry) for key, entry in known.items() if key not in present and _is_judged(entry, scope)]
    if not gone or not scope.has_run(StaleBaseline.code):
        return []
    return [StaleBaseline().report(gone, scope.from_root(file))]


class Change(NamedTuple):
    """How many findings a baseline holds now, how many of them are new, and how many are gone."""

    held: int
    new: int
    gone: int


def update_baseline(report: Report, settings: Settings, covered: Sequence[Path] = ()) -> Change:
    """Write the findings of a report into the baseline, and return how that changed it.

    What it holds of rules that did not run, and of models that were not checked, stays. ``covered`` are
    the files and folders of which every model was checked.
    """
    scope = Scope.of(report, settings, covered)
    path = Path(settings.baseline)
    known = read_baseline(path) if is_there(path) else {}
    found = entries((each for each in report.findings if not each.code.startswith(ABOUT_VISUNN)), scope.root)
    kept = {key: entry for key, entry in known.items() if not _is_judged(entry, scope)}
    now = {**kept, **found}
    write_baseline(path, now)
    return Change(len(now), len(now.keys() - known.keys()), len(known.keys() - now.keys()))


def _is_judged(entry: Entry, scope: Scope) -> bool:
    """Return whether a known finding would have been found, if it were still there."""
    models = {model_name(name, scope.root) for name in scope.report.topologies}
    file = scope.root / entry.model.partition("::")[0]
    return scope.has_run_everywhere(entry.code) and (entry.model in models or scope.holds(file))


def _in_words(entry: Entry) -> str:
    return f"{entry.code} of `{entry.module}` in {entry.model}" if entry.module else f"{entry.code} in {entry.model}"
