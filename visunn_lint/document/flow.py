"""What flows between boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from visunn_lint.document.records import Edge

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from visunn_lint.document.nesting import Nesting
    from visunn_lint.document.tables import Specs
    from visunn_lint.records import Call, Node
    from visunn_lint.spec import TensorSpec
    from visunn_lint.topology import Topology

Made: TypeAlias = tuple[str, int]
"""A node and which of its outputs."""


def flow(topology: Topology, nesting: Nesting, specs: Specs) -> tuple[Edge, ...]:
    """Return an edge for each tensor that a box without boxes in it hands to another.

    A call that runs no op, an Identity, hands on what it was given: who reads that tensor after it reads
    it from there.
    """
    tracker = _Tracker(topology, nesting, specs)
    silent = _silent_calls(nesting)
    for position, node in enumerate(topology.nodes.values()):
        while silent and silent[-1][0] < position:
            tracker.pass_through(*silent.pop()[1:])
        if node.name in nesting.part_of:
            tracker.read(node)
    for _, number, call in reversed(silent):
        tracker.pass_through(number, call)
    return tuple(tracker.edges)


def _silent_calls(nesting: Nesting) -> list[tuple[float, int, Call]]:
    """Return the calls in which nothing ran, the last to begin first."""
    holders = {part.parent for part in nesting.parts}
    found = [
        (part.moment, number, nesting.calls[part.key])
        for number, part in enumerate(nesting.parts)
        if part.key in nesting.calls and part.node is None and number not in holders and part.key is not None
    ]
    return sorted(found, key=lambda each: each[:2], reverse=True)


class _Tracker:
    """Who holds each tensor at the moment, and the edges found so far."""

    def __init__(self, topology: Topology, nesting: Nesting, specs: Specs) -> None:
        self.edges: dict[Edge, None] = {}
        self._nodes = topology.nodes
        self._part_of = nesting.part_of
        self._specs = specs
        self._holders: dict[Made, int] = {}

    def read(self, node: Node) -> None:
        """Take down what a node reads."""
        here = self._part_of[node.name]
        for at, made in enumerate(zip(node.inputs, node.input_slots, strict=True)):
            self._connect(made, here, node.input_specs[at] if at < len(node.input_specs) else None)

    def pass_through(self, number: int, call: Call) -> None:
        """Take down what a call is given, and that it holds it from now on."""
        slots = [slot for slot in (*call.inputs, *call.outputs) if slot.node]
        for slot in slots:
            self._connect((slot.node, slot.index), number, slot.spec)
        for slot in call.outputs:
            self._holders[slot.node, slot.index] = number

    def _connect(self, made: Made, target: int, spec: TensorSpec | None) -> None:
        source = self._holders.get(made, self._part_of.get(made[0]))
        if source is None or source == target:
            return
        if spec is None:
            outputs = self._nodes[made[0]].output_specs
            spec = outputs[made[1]] if made[1] < len(outputs) else None
        self.edges[Edge(source, target, self._specs.of(spec))] = None


def between_siblings(edges: Iterable[Edge], parents: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield for each edge the two siblings that hold its ends, or are these.

    ``parents`` come before their children.
    """
    depth = [0] * len(parents)
    for number, parent in enumerate(parents):
        depth[number] = depth[parent] + 1 if parent >= 0 else 0
    for edge in edges:
        source, target = edge.source, edge.target
        while depth[source] > depth[target]:
            source = parents[source]
        while depth[target] > depth[source]:
            target = parents[target]
        while parents[source] != parents[target]:
            source, target = parents[source], parents[target]
        yield source, target
