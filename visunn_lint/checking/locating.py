"""Findings brought to the user's own lines, in paths as seen from the project's root and columns as editors count."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from visunn_lint import query, source
from visunn_lint.finding import Finding, Related
from visunn_lint.location import Location, is_installed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visunn_lint.records import Call
    from visunn_lint.rules import Rule
    from visunn_lint.topology import CapturedModel, Topology


@dataclass(frozen=True, slots=True)
class Locator:
    """Tells the user's code from that of libraries, and names files from the root of the project."""

    root: Path
    include_installed: bool = False

    def locate(self, rule: Rule, model: CapturedModel, finding: Finding) -> Finding | None:
        """Return a finding at the user's line it belongs to; None for one about a library's code alone.

        A line of a library is kept among the related places. Files are relative to the root, columns
        count characters.
        """
        if finding.location is None or self.is_own(finding.location.file):
            return self._as_reported(finding)
        own = next((place for place in _places(finding.related) if self.is_own(place.file)), None)
        if own is None and rule.scope == "code" and not self.include_installed:
            return None
        if own is None:
            own = next((place for place in _user_lines(model, finding) if self.is_own(place.file)), None)
        return self._as_reported(finding if own is None else _moved(finding, own))

    def is_own(self, file: str) -> bool:
        """Return whether a file is the project's; a project that lies among installed packages is one, too."""
        if not is_installed(file):
            return True
        return is_installed(str(self.root / "model.py")) and Path(file).is_relative_to(self.root)

    def _as_reported(self, finding: Finding) -> Finding:
        related = tuple(replace(each, location=self._shown(each.location)) for each in finding.related)
        return replace(finding, location=self._shown(finding.location), related=related)

    def _shown(self, place: Location | None) -> Location | None:
        if place is None:
            return None
        place, file = source.in_characters(place), Path(place.file)
        return replace(place, file=file.relative_to(self.root).as_posix()) if file.is_relative_to(self.root) else place


def _places(related: tuple[Related, ...]) -> Iterator[Location]:
    yield from (each.location for each in related if each.location is not None)


def _moved(finding: Finding, place: Location) -> Finding:
    """Return a finding at another place, its old one among the related, what was said there with it."""
    said = next((each.message for each in finding.related if each.location == place), "")
    rest = tuple(each for each in finding.related if each.location != place)
    inside = Related(finding.label or "in a library", finding.location, finding.module)
    return replace(finding, location=place, label=said, related=(inside, *rest))


def _user_lines(model: CapturedModel, finding: Finding) -> Iterator[Location]:
    """Yield the lines that call what a finding is about, innermost first, then those that build it."""
    topology = _topology_of(model, finding)
    yield from (call.source for call in _calls_around(topology, finding) if call.source is not None)
    path = finding.module
    for above in chain([path], query.paths_above(path)):
        module = topology.modules.get(above)
        if module is not None and module.source is not None:
            yield module.source


def _topology_of(model: CapturedModel, finding: Finding) -> Topology:
    """Return the capture that a finding was made in, as far as its node or its failure tells."""
    for topology in model.topologies:
        node, failure = topology.nodes.get(finding.node), topology.failure
        if (node or failure) is not None and finding.location == (node.source if node else failure and failure.source):
            return topology
    return model.topology


def _calls_around(topology: Topology, finding: Finding) -> Iterator[Call]:
    node, failure = topology.nodes.get(finding.node), topology.failure
    if node is not None:
        return query.calls_around(topology, node.module, node.call)
    if failure is not None and (failure.module, failure.source) == (finding.module, finding.location):
        return query.calls_around(topology, failure.module, failure.call)
    return iter(())
