"""The format for people: each finding with its source lines, its spans underlined, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from visunn_lint.render._snippet import Margin, Mark, snippet
from visunn_lint.render._style import KNOWN, RELATED, SEVERITY_STYLES, STRONG, to_string, wrap
from visunn_lint.render._summary import statistics, summary
from visunn_lint.text import count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visunn_lint.finding import Finding, Report
    from visunn_lint.location import Location
    from visunn_lint.render._view import View


def render(report: Report, view: View) -> str:
    """Return the findings of a report by model, and a line that counts them."""
    rows = statistics(report, view) if view.statistics else _findings(report, view)
    return to_string([*rows, *summary(report, view)], view)


def _findings(report: Report, view: View) -> Iterator[Text]:
    """Yield the rows of every finding, under the name of its model where there are several models."""
    by_model: dict[str, list[Finding]] = {name: [] for name in report.topologies}
    for finding in report.findings:
        by_model.setdefault(finding.model, []).append(finding)
    for model, findings in by_model.items():
        if findings and len(by_model) > 1:
            yield Text.assemble(
                (view.text(model) or "the project", "bold underline"), (f"  {count(len(findings), 'finding')}", KNOWN)
            )
            yield Text()
        for finding in findings:
            yield from _finding(finding, report, view)
            yield Text()


def _finding(finding: Finding, report: Report, view: View) -> Iterator[Text]:
    places = [finding.location, *(related.location for related in finding.related)]
    margin = Margin(max((len(str(place.line)) for place in places if place), default=1), view)
    yield from _header(finding, view)
    yield _arrow(finding.location, _describe(finding, report), margin)
    yield from _spans(finding, margin)
    yield from _elsewhere(finding, margin)
    yield from _notes(finding, margin)


def _header(finding: Finding, view: View) -> list[Text]:
    title = f"{finding.code} {finding.rule} [{finding.severity.value}]"
    style = SEVERITY_STYLES[finding.severity]
    return wrap(Text.assemble((title, style), (f": {view.text(finding.message)}", STRONG)), view.width)


def _arrow(location: Location | None, about: str, margin: Margin) -> Text:
    arrow = f"{' ' * margin.width}--> "
    if location is None:
        return Text.assemble((arrow, KNOWN), margin.view.text(about))
    place = f"{margin.view.text(margin.view.path(location.file))}{str(location).removeprefix(location.file)}"
    return Text.assemble((arrow, KNOWN), place, (f"   {margin.view.text(about)}" if about else "", KNOWN))


def _spans(finding: Finding, margin: Margin) -> Iterator[Text]:
    """Yield the lines of the finding's own file: its span, and the related ones before and behind it."""
    if finding.location is None:
        return
    own = Mark(finding.location, finding.label, "^", SEVERITY_STYLES[finding.severity])
    others = (mark for mark in _related_marks(finding) if mark.location.file == own.location.file)
    marks = [own, *(mark for mark in others if (mark.location, mark.label) != (own.location, own.label))]
    yield from snippet(margin.view.absolute(finding.location.file), marks, margin)


def _elsewhere(finding: Finding, margin: Margin) -> Iterator[Text]:
    """Yield the lines of every other file that has a part in the finding."""
    by_file: dict[str, list[Mark]] = {}
    for mark in _related_marks(finding):
        if finding.location is None or mark.location.file != finding.location.file:
            by_file.setdefault(mark.location.file, []).append(mark)
    for file, marks in by_file.items():
        yield _arrow(marks[0].location, "", margin)
        yield from snippet(margin.view.absolute(file), marks, margin)


def _related_marks(finding: Finding) -> list[Mark]:
    """Return a mark for each related place, the first of equal ones."""
    marks = (Mark(each.location, each.message, "-", RELATED) for each in finding.related if each.location)
    return list(dict.fromkeys(marks))


def _notes(finding: Finding, margin: Margin) -> Iterator[Text]:
    """Yield what has no place in a file: related modules, and the help."""
    nowhere = [related for related in finding.related if related.location is None]
    for related in nowhere:
        yield from _note("note", ": ".join(filter(None, (related.module, related.message))), margin)
    if finding.help:
        yield from _note("help", finding.help, margin)


def _note(word: str, text: str, margin: Margin) -> Iterator[Text]:
    bullet = f"{' ' * margin.width} = "
    indent = len(bullet) + len(word) + len(": ")
    first, *rest = wrap(Text(margin.view.text(text)), margin.view.width and margin.view.width - indent)
    yield Text.assemble((bullet, KNOWN), (f"{word}: ", STRONG), first)
    yield from (Text.assemble(" " * indent, row) for row in rest)


def _describe(finding: Finding, report: Report) -> str:
    """Return which module a finding is about: ``layer1.0.conv1 (Conv2d)``, the class alone for the root."""
    topology = report.topologies.get(finding.model)
    if topology is None or finding.module not in topology:
        return finding.module
    kind = topology[finding.module].short_kind
    return f"{finding.module} ({kind})" if finding.module else kind
