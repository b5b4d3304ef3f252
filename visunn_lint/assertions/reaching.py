"""Whether data flows from one part of a model to another, and on which way."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from visunn_lint import query, source
from visunn_lint.assertions.places import known_places, name_of, places
from visunn_lint.records import Module

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from visunn_lint.assertions.places import Place
    from visunn_lint.records import Node
    from visunn_lint.topology import Topology

_MOST_STOPS = 6
"""How many stops of a way are told."""


def paths(topology: Topology, start: str, end: str) -> tuple[tuple[Node, ...], ...]:
    """Return a shortest way of the data from each place that ``start`` stands for to one that ``end`` does.

    A place is a module by path or kind, where none matches an op, an input or an output by name. From a
    place that does not reach any there is no way among them. Shared weights are no data that flows.
    """
    targets = _entries(topology, places(topology, end))
    ways = (_way(topology, _exits(topology, place), targets) for place in places(topology, start))
    return tuple(way for way in ways if way)


def assert_reaches(topology: Topology, start: str, end: str) -> None:
    """Fail unless data flows from each place that ``start`` stands for to ``end``; its twin is ``paths``."""
    __tracebackhide__ = True
    targets = _entries(topology, known_places(topology, end))
    for place in known_places(topology, start):
        if not _way(topology, _exits(topology, place), targets):
            told = [f"no data flows from `{name_of(topology, place)}` to `{end}`", *_fate(topology, place)]
            raise AssertionError("\n".join(told))


def assert_independent(topology: Topology, one: str, other: str) -> None:
    """Fail if data flows from one place to the other, in either direction; its twin is ``paths``."""
    __tracebackhide__ = True
    known_places(topology, one)
    known_places(topology, other)
    for start, end in ((one, other), (other, one)):
        for way in paths(topology, start, end)[:1]:
            told = [f"`{end}` depends on `{start}`", *_shown_way(topology, way)]
            raise AssertionError("\n".join(told))


def _inside(topology: Topology, place: Place) -> list[Node]:
    """Return the nodes that run in a place, stored tensors apart."""
    if not isinstance(place, Module):
        return [place]
    modules = (place, *topology.descendants(place))
    nodes = (node for module in modules for node in topology.nodes_in(module.path))
    is_root = place.path == ""
    return [node for node in nodes if node.kind in {"op", "opaque"} or (is_root and node.kind in {"input", "output"})]


def _exits(topology: Topology, place: Place) -> list[Node]:
    """Return the nodes that data leaves a place from: those inside, of a module that runs nothing what it returns."""
    return _inside(topology, place) or _made_by(topology, place, "outputs")


def _entries(topology: Topology, found: Iterable[Place]) -> set[str]:
    """Return the names of the nodes at which data is in a place."""
    nodes = (node for place in found for node in _inside(topology, place) or _made_by(topology, place, "inputs"))
    return {node.name for node in nodes}


def _made_by(topology: Topology, place: Place, side: str) -> list[Node]:
    calls = place.calls if isinstance(place, Module) else ()
    slots = (slot for call in calls for slot in (call.outputs if side == "outputs" else call.inputs))
    return [topology.nodes[slot.node] for slot in slots if slot.node in topology.nodes]


def _way(topology: Topology, starts: Sequence[Node], ends: set[str]) -> tuple[Node, ...]:
    """Return a shortest way from some nodes to some others, () if there is none."""
    came_from: dict[str, Node | None] = {node.name: None for node in starts}
    queue = deque(starts)
    while queue:
        node = queue.popleft()
        if node.name in ends:
            return _back(node, came_from)
        for reader in topology.consumers(node):
            if reader.name not in came_from:
                came_from[reader.name] = node
                queue.append(reader)
    return ()


def _back(node: Node, came_from: dict[str, Node | None]) -> tuple[Node, ...]:
    way: list[Node] = []
    step: Node | None = node
    while step is not None:
        way.append(step)
        step = came_from[step.name]
    return tuple(reversed(way))


def _fate(topology: Topology, place: Place) -> list[str]:
    """Return in lines what becomes of the data of a place."""
    exits = _exits(topology, place)
    if not exits:
        return ["    it is never called"]
    reached = query.reachable(exits, topology.consumers).values()
    ends = [node for node in reached if not topology.consumers(node)]
    outputs = [f"`{node.label}`" for node in ends if node.kind == "output"]
    if outputs:
        return [f"    it goes to the output {', '.join(outputs)} alone"]
    return [f"    it ends {_where(topology, node)}, which nothing reads" for node in ends[-2:]]


def _shown_way(topology: Topology, way: Sequence[Node]) -> list[str]:
    """Return a way in lines, the nodes of one module call together, the middle of a long one left out."""
    stops: dict[tuple[str, int | None], Node] = {}
    for node in way:
        stops.setdefault((node.module or node.name, node.call), node)
    lines = [f"    to   {_where(topology, node)}" for node in stops.values()]
    lines[0] = lines[0].replace("to  ", "from", 1)
    if len(lines) <= _MOST_STOPS:
        return lines
    half = _MOST_STOPS // 2
    return [*lines[:half], f"    … {len(lines) - 2 * half} more", *lines[-half:]]


def _where(topology: Topology, node: Node) -> str:
    place = f" at {source.quoted(node.source)}" if node.source else ""
    named = f"`{node.module}`, {node.short_op}" if node.module else f"`{name_of(topology, node)}`"
    return f"{named}{place}"
