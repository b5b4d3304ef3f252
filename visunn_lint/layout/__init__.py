"""Where the vertices of a graph stand in a drawing: ranks along the flow, places across it.

Vertices are numbers from 0, in an order that means something to the reader (of execution), by which
every tie is broken: one graph always gives one picture. Time is that of sorting, whatever the graph's
form: no recursion, and no vertices put in for long edges, which a viewer draws as arches.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from visunn_lint.layout.adjacency import Adjacency
from visunn_lint.layout.placing import place
from visunn_lint.layout.ranking import rank

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

__all__ = ["Layout", "arrange"]


@dataclass(frozen=True, slots=True)
class Layout:
    """The step of each vertex along the flow, and its place across it in widths of a vertex.

    Two vertices of one rank are at least 1 apart. What has no branches stands at 0.
    """

    ranks: tuple[int, ...]
    places: tuple[float, ...]


def arrange(count: int, edges: Iterable[tuple[int, int]], *, first: Collection[int] = ()) -> Layout:
    """Return where ``count`` vertices stand; an edge leads from (source, target).

    Those in ``first`` keep to the first rank, other sources move up to what they feed. Edges that
    close a cycle, from a vertex to itself too, lead backwards or to the same rank. Raises IndexError for
    an edge to a vertex that there is not.
    """
    graph = Adjacency.of(count, edges)
    ranks = rank(graph, frozenset(first))
    return Layout(tuple(ranks), tuple(place(graph, ranks)))
