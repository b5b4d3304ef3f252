"""The order of execution of a graph that may be written in any."""

from __future__ import annotations

from collections import defaultdict
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from visunn_lint.errors import GraphError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from visunn_lint.records import Node


def in_execution_order(nodes: Mapping[str, Node]) -> Mapping[str, Node]:
    """Return the nodes with producers before consumers; the given order stays where it is one.

    Raises GraphError for a cycle or for an input that no node makes. Linear but for a heap, without recursion.
    """
    _check_inputs(nodes)
    return nodes if _is_ordered(nodes) else _sorted(nodes)


def _check_inputs(nodes: Mapping[str, Node]) -> None:
    for node in nodes.values():
        for producer in node.inputs:
            if producer not in nodes:
                message = f"node {node.name[:80]!r} reads {producer[:80]!r}, which is not in the graph"
                raise GraphError(message)


def _is_ordered(nodes: Mapping[str, Node]) -> bool:
    seen: set[str] = set()
    for name, node in nodes.items():
        if not seen.issuperset(node.inputs):
            return False
        seen.add(name)
    return True


def _sorted(nodes: Mapping[str, Node]) -> dict[str, Node]:
    """Return the nodes sorted, of those that could come next always the one that was written first."""
    names = list(nodes)
    position = {name: index for index, name in enumerate(names)}
    waiting = {name: len(set(node.inputs)) for name, node in nodes.items()}
    consumers: defaultdict[str, list[str]] = defaultdict(list)
    for name, node in nodes.items():
        for producer in set(node.inputs):
            consumers[producer].append(name)
    ready = [index for index, name in enumerate(names) if not waiting[name]]
    done: dict[str, Node] = {}
    while ready:
        name = names[heappop(ready)]
        done[name] = nodes[name]
        for consumer in consumers[name]:
            waiting[consumer] -= 1
            if not waiting[consumer]:
                heappush(ready, position[consumer])
    if len(done) < len(nodes):
        stuck = next(name for name in nodes if name not in done)
        message = f"the graph has a cycle, at or before node {stuck[:80]!r}; a graph of one run has none"
        raise GraphError(message)
    return done
