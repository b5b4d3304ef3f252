"""A directed graph by the neighbours of each vertex."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, slots=True)
class Adjacency:
    """A graph without cycles: who feeds each vertex and whom it feeds, each once, and an order along the edges.

    ``order`` has every vertex behind all that feed it.
    """

    before: Sequence[Sequence[int]]
    after: Sequence[Sequence[int]]
    order: Sequence[int]

    @staticmethod
    def of(count: int, edges: Iterable[tuple[int, int]]) -> Adjacency:
        """Return the graph of some edges, less those that close a cycle.

        Vertices are taken as soon as all that feeds them is; where a cycle leaves none, the lowest
        number is next, and what would lead back to it is dropped.
        """
        after: list[list[int]] = [[] for _ in range(count)]
        waiting = [0] * count
        for source, target in dict.fromkeys(edges):
            if source != target:
                after[source].append(target)
                waiting[target] += 1
        order = _order(after, waiting)
        return _without_back_edges(after, order)


def _order(after: Sequence[Sequence[int]], waiting: list[int]) -> list[int]:
    ready = [vertex for vertex, count in enumerate(waiting) if not count]
    is_taken = [not count for count in waiting]
    order: list[int] = []
    lowest = 0
    while len(order) < len(after):
        if not ready:
            while is_taken[lowest]:
                lowest += 1
            is_taken[lowest] = True
            ready.append(lowest)
        vertex = ready.pop()
        order.append(vertex)
        for target in after[vertex]:
            waiting[target] -= 1
            if not waiting[target] and not is_taken[target]:
                is_taken[target] = True
                ready.append(target)
    return order


def _without_back_edges(after: Sequence[Sequence[int]], order: Sequence[int]) -> Adjacency:
    position = {vertex: at for at, vertex in enumerate(order)}
    forward = [[each for each in fed if position[vertex] < position[each]] for vertex, fed in enumerate(after)]
    before: list[list[int]] = [[] for _ in after]
    for vertex, fed in enumerate(forward):
        for target in fed:
            before[target].append(vertex)
    return Adjacency(before, forward, order)
