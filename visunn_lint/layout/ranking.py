"""The rank of each vertex: its step along the flow."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from visunn_lint.layout.adjacency import Adjacency


def rank(graph: Adjacency, first: Collection[int]) -> list[int]:
    """Return the rank of each vertex: one more than the last of those that feed it.

    What nothing in ``first`` leads to moves up to just before the first that it feeds, so that a mask
    made on the way stands where it is used. A vertex without edges stands beside the one before it.
    """
    ranks = _by_longest_way(graph)
    _move_up(graph, ranks, first)
    for vertex in range(1, len(ranks)):
        if vertex not in first and not graph.before[vertex] and not graph.after[vertex]:
            ranks[vertex] = ranks[vertex - 1]
    lowest = min(ranks, default=0)
    return [each - lowest for each in ranks]


def _by_longest_way(graph: Adjacency) -> list[int]:
    ranks = [0] * len(graph.order)
    for vertex in graph.order:
        for target in graph.after[vertex]:
            ranks[target] = max(ranks[target], ranks[vertex] + 1)
    return ranks


def _move_up(graph: Adjacency, ranks: list[int], first: Collection[int]) -> None:
    """Move the vertices that are free to: sources, and what is fed by such alone."""
    is_free = [False] * len(ranks)
    for vertex in graph.order:
        is_free[vertex] = vertex not in first and all(is_free[each] for each in graph.before[vertex])
    for vertex in reversed(graph.order):
        if is_free[vertex] and graph.after[vertex]:
            ranks[vertex] = min(ranks[target] for target in graph.after[vertex]) - 1
