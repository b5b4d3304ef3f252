"""Which lines of the project's own files some models were built and run by."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from visunn_lint import source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from visunn_lint.location import Location
    from visunn_lint.suppress.comments import Directive
    from visunn_lint.topology import Topology


@dataclass(frozen=True, slots=True)
class Sites:
    """The lines by file, and for each file the first of the models that ran it."""

    lines: Mapping[str, frozenset[int]]
    models: Mapping[str, str]

    def reached(self, directive: Directive) -> bool:
        """Return whether some model ran the class or function, else the statement, that a comment is about."""
        lines = self.lines[directive.place.file]
        if directive.lines is None:
            return True
        first, last = source.scope_span(directive.place.file, directive.lines[0]) or directive.lines
        return any(first <= line <= last for line in lines)


def find_sites(topologies: Mapping[str, Topology], is_own: Callable[[str], bool]) -> Sites:
    """Return the lines of the project that the captures of some models, by name, speak of."""
    lines: defaultdict[str, set[int]] = defaultdict(set)
    models: dict[str, str] = {}
    for name, topology in topologies.items():
        for place in _places(topology):
            lines[place.file].add(place.line)
            models.setdefault(place.file, name)
    own = sorted(file for file in lines if is_own(file))
    return Sites({file: frozenset(lines[file]) for file in own}, models)


def _places(topology: Topology) -> Iterator[Location]:
    failure = topology.failure
    sources = [
        *(module.source for module in topology),
        *(call.source for call in topology.calls),
        *(node.source for node in topology.nodes.values()),
        failure.source if failure else None,
    ]
    yield from (place for place in sources if place is not None)
