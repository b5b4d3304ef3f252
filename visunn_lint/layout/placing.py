"""The place of each vertex across the flow."""

from __future__ import annotations

from collections import defaultdict
from math import floor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from visunn_lint.layout.adjacency import Adjacency

_GRID = 4
"""Places are multiples of a quarter: sums of them are exact, so that no two come closer than they should."""
_STRAIGHT = 1e6
"""How much the longest way through a graph resists being bent, against any other vertex."""


def place(graph: Adjacency, ranks: Sequence[int]) -> list[float]:
    """Return the place of each vertex, at least 1 from its neighbours in its rank.

    A vertex wants to stand where those that feed it stand on average; one that nothing feeds, where
    those do that it feeds. The longest way stays straight where it is the only one of its length.
    """
    rows: defaultdict[int, list[int]] = defaultdict(list)
    for vertex, row in enumerate(ranks):
        rows[row].append(vertex)
    weights = _weights(graph, rows)
    places = [0.0] * len(ranks)
    for row in sorted(rows):
        _spread(rows[row], [_middle(graph.before[each], places, weights) for each in rows[row]], weights, places)
    for row in sorted(rows, reverse=True):
        _spread(rows[row], [_wanted(graph, each, places, weights) for each in rows[row]], weights, places)
    return places


def _weights(graph: Adjacency, rows: dict[int, list[int]]) -> list[float]:
    lengths = _lengths(graph)
    weights = [1.0] * len(lengths)
    for row in rows.values():
        longest = max(lengths[each] for each in row)
        found = [each for each in row if lengths[each] == longest]
        if len(found) == 1:
            weights[found[0]] = _STRAIGHT
    return weights


def _lengths(graph: Adjacency) -> list[int]:
    """Return the length of the longest way through each vertex."""
    into, out = [0] * len(graph.order), [0] * len(graph.order)
    for vertex in graph.order:
        into[vertex] = max((into[each] + 1 for each in graph.before[vertex]), default=0)
    for vertex in reversed(graph.order):
        out[vertex] = max((out[each] + 1 for each in graph.after[vertex]), default=0)
    return [a + b for a, b in zip(into, out, strict=True)]


def _middle(neighbours: Sequence[int], places: Sequence[float], weights: Sequence[float]) -> float:
    """Return the mean of some places, 0 of none."""
    total = sum(weights[each] for each in neighbours)
    return sum(places[each] * weights[each] for each in neighbours) / total if total else 0.0


def _wanted(graph: Adjacency, vertex: int, places: Sequence[float], weights: Sequence[float]) -> float:
    """Return where a vertex stands already; one that nothing feeds moves to what it feeds."""
    if graph.before[vertex] or not graph.after[vertex]:
        return places[vertex]
    return _middle(graph.after[vertex], places, weights)


def _spread(row: Sequence[int], wanted: Sequence[float], weights: Sequence[float], places: list[float]) -> None:
    """Put a row as close to where its vertices want to stand as their distance of 1 allows, by least squares.

    That is isotonic regression of what is left once each vertex has moved left by its position, solved
    by pooling adjacent violators (Barlow et al., Statistical Inference under Order Restrictions, 1972).
    """
    if len(row) == 1:
        places[row[0]] = _on_grid(wanted[0])
        return
    order = sorted(range(len(row)), key=lambda each: (wanted[each], row[each]))
    pools: list[tuple[float, float, int]] = []
    for position, each in enumerate(order):
        mean, weight, size = wanted[each] - position, weights[row[each]], 1
        while pools and pools[-1][0] >= mean:
            other, mass, more = pools.pop()
            mean = (other * mass + mean * weight) / (mass + weight)
            weight, size = mass + weight, size + more
        pools.append((mean, weight, size))
    position = 0
    for mean, _, size in pools:
        for each in order[position : position + size]:
            places[row[each]] = _on_grid(mean) + position
            position += 1


def _on_grid(value: float) -> float:
    return floor(value * _GRID + 0.5) / _GRID
