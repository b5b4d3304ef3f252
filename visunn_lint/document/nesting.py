"""Which boxes there are, and which lies in which: the calls of a run as they were nested, and the ops in them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from visunn_lint.query import STORED_KINDS, paths_above

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from visunn_lint.records import Call, Node
    from visunn_lint.topology import Topology

Key: TypeAlias = tuple[str, int]
"""Module path and index: a call."""

ROOT: Final[Key] = ("", 0)
_ENDS: Final = frozenset({"input", "output"})


@dataclass(frozen=True, slots=True)
class Part:
    """What becomes one box: a call (of a module, which the root is even if nobody saw it called), a node, or both.

    Both is a call that runs a single op and calls nothing. ``moment`` is when it began, counted in
    nodes; what runs no op began between two.
    """

    parent: int
    key: Key | None
    node: Node | None
    moment: float


@dataclass(frozen=True, slots=True)
class Nesting:
    """The parts, each behind the one that holds it; which is that of a node or of a call.

    Parameters, buffers and constants have none.
    """

    parts: Sequence[Part]
    part_of: Mapping[str, int]
    part_of_call: Mapping[Key, int]
    calls: Mapping[Key, Call]


def nest(topology: Topology) -> Nesting:
    """Return the parts of a run; every node but params, buffers and constants is in exactly one."""
    calls = {call.key: call for call in topology.calls}
    inside = _Inside(topology, calls)
    parts: list[Part] = []
    part_of: dict[str, int] = {}
    stack: list[tuple[int, Key | Node]] = [(-1, ROOT)]
    while stack:
        parent, content = stack.pop()
        part = inside.part(parent, content)
        if part.node is not None:
            part_of[part.node.name] = len(parts)
        elif part.key is not None:
            stack.extend((len(parts), each) for each in reversed(inside.contents(part.key)))
        parts.append(part)
    part_of_call = {part.key: number for number, part in enumerate(parts) if part.key is not None}
    return Nesting(parts, part_of, part_of_call, calls)


class _Inside:
    """What happened in each call: its ops, and the calls that it made."""

    def __init__(self, topology: Topology, calls: Mapping[Key, Call]) -> None:
        self._calls = calls
        self._position = {name: at for at, name in enumerate(topology.nodes)}
        self._nodes = self._by_home(topology)
        self._made: defaultdict[Key, list[Key]] = defaultdict(list)
        for key, parent in _parents(calls).items():
            self._made[parent].append(key)
        self._began = self._beginnings()

    def part(self, parent: int, content: Key | Node) -> Part:
        """Return what becomes of a call or a node."""
        if not isinstance(content, tuple):
            return Part(parent, None, content, self._position[content.name])
        nodes = self._nodes[content]
        is_one_op = len(nodes) == 1 and not self._made[content] and content != ROOT
        return Part(parent, content, nodes[0] if is_one_op else None, self._began[content])

    def contents(self, key: Key) -> list[Key | Node]:
        """Return the nodes and calls in a call in order of execution."""
        nodes: list[tuple[float, Key | Node]] = [(self._position[node.name], node) for node in self._nodes[key]]
        calls: list[tuple[float, Key | Node]] = [(self._began[each], each) for each in self._made[key]]
        return [content for _, content in sorted([*nodes, *calls], key=lambda each: each[0])]

    def _by_home(self, topology: Topology) -> defaultdict[Key, list[Node]]:
        found: defaultdict[Key, list[Node]] = defaultdict(list)
        for node in topology.nodes.values():
            if node.kind not in STORED_KINDS:
                found[ROOT if node.kind in _ENDS else self._home(topology, node)].append(node)
        return found

    def _home(self, topology: Topology, node: Node) -> Key:
        """Return the call that an op ran in; of one that is not known, the first of the closest module around it."""
        if node.call is not None and (node.module, node.call) in self._calls:
            return node.module, node.call
        around = (path for path in (node.module, *paths_above(node.module)) if path in topology.modules)
        return next((call.key for path in around for call in topology.modules[path].calls[:1]), ROOT)

    def _beginnings(self) -> dict[Key, float]:
        """Return when each call began: with its first op, or behind the last that touched its tensors."""
        began: dict[Key, float] = {}
        for key in reversed(list(self._walk())):
            own = (float(self._position[node.name]) for node in self._nodes[key])
            made = (began[each] for each in self._made[key])
            began[key] = min([*own, *made], default=self._last_touched(key) + 0.5)
        return began

    def _last_touched(self, key: Key) -> int:
        call = self._calls.get(key)
        slots = () if call is None else (*call.inputs, *call.outputs)
        return max((self._position.get(slot.node, -1) for slot in slots), default=-1)

    def _walk(self) -> Iterator[Key]:
        """Yield each call behind the one that made it."""
        stack = [ROOT]
        while stack:
            key = stack.pop()
            yield key
            stack.extend(self._made[key])


def _parents(calls: Mapping[Key, Call]) -> dict[Key, Key]:
    """Return the call that made each but the root's; the root for one whose callers lead round in a circle."""
    parents = {
        key: call.parent if call.parent in calls else ROOT
        for key, call in calls.items()
        if key != ROOT and call.parent is not None
    }
    parents |= {key: ROOT for key in calls if key != ROOT and key not in parents}
    reached = {ROOT}
    for start in parents:
        trail: dict[Key, None] = {}
        key = start
        while key not in reached and key not in trail:
            trail[key] = None
            key = parents[key]
        if key not in reached:
            parents[key] = ROOT
        reached.update(trail)
    return {key: parents[key] for key in calls if key != ROOT}
