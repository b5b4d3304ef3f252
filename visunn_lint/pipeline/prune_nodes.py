"""Step 3 of the pipeline: what carries no data leaves the graph, what flowed through it stays."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from msgspec import structs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visunn_lint.pipeline.graph import Graph
    from visunn_lint.records import Node
    from visunn_lint.spec import TensorSpec

_CONSTRUCTS = frozenset({"prim::ListConstruct", "prim::TupleConstruct"})
_UNPACKS = frozenset({"prim::ListUnpack", "prim::TupleUnpack"})
_MEASURES = frozenset({"aten::size", "aten::dim", "aten::len", "aten::numel", "prim::shape", "prim::NumToTensor"})
_PLUMBING = frozenset({
    *_CONSTRUCTS,
    *_UNPACKS,
    *_MEASURES,
    "prim::GetAttr",  # one that is a parameter or a buffer has that kind
    "prim::DictConstruct",
    "prim::If",
    "prim::Loop",
    "prim::device",
    "prim::dtype",
    "prim::layout",
    "aten::Bool",
    "aten::Float",
    "aten::FloatImplicit",
    "aten::Int",
    "aten::IntImplicit",
    "aten::ScalarImplicit",
    "aten::__getitem__",
    "aten::__is__",
    "aten::__isnot__",
    "aten::__not__",
})  # fmt: skip
"""Ops of TorchScript that move numbers, lists and attributes about, and compute no tensor."""


def prune_nodes(graph: Graph) -> Graph:
    """Return the graph without its plumbing; whoever read plumbing reads what fed it.

    Plumbing are the ops in ``_PLUMBING``, other ``prim`` ops without a known tensor output,
    arithmetic on sizes, and constants that nothing reads. A connection that came through plumbing
    is there once, and not beside a direct one. One pass over the nodes, in time linear in the
    nodes, the edges that were there and the edges that come out.
    """
    plumbing = _Plumbing()
    kept: dict[str, Node] = {}
    for node in graph.nodes.values():
        if plumbing.is_made_of(node):
            plumbing.lay(node, kept)
        else:
            kept[node.name] = plumbing.reconnect(node, kept)
    read = {producer for node in kept.values() for producer in node.inputs}
    return replace(
        graph,
        nodes={
            name: plumbing.with_unpacked_specs(node)
            for name, node in kept.items()
            if node.kind != "const" or name in read
        },
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Join:
    """Several streams that meet in one pruned node; shared, so that a chain of joins stays linear."""

    parts: tuple[_Stream, ...]


_Source: TypeAlias = tuple[str, int]
"""A kept node and which of its outputs."""

_Stream: TypeAlias = "_Source | _Join | None"
"""What comes out of a node: one source, several, or (a constant, say) nothing."""


@dataclass(slots=True)
class _Plumbing:
    """The nodes pruned so far, and which kept nodes can be reached through them."""

    streams: dict[str, _Stream] = field(default_factory=dict)
    elements: dict[str, tuple[_Stream, ...]] = field(default_factory=dict)
    """What stands in each list or tuple, by the node that built it."""
    measured: set[str] = field(default_factory=set)
    """Pruned nodes that hold a size, or a number made from one."""
    unpacked: dict[str, list[TensorSpec | None]] = field(default_factory=dict)
    """What was taken out of a list that a kept op returned, in order."""
    taken: Counter[str] = field(default_factory=Counter)
    flat: dict[_Join, tuple[_Source, ...]] = field(default_factory=dict)

    def is_made_of(self, node: Node) -> bool:
        """Return whether a node, whose producers were seen before, carries no data."""
        if node.kind != "op":
            return False
        if node.op == "prim::Constant":
            return all(spec is None or not spec.shape for spec in node.output_specs)
        if node.op in _PLUMBING or self._is_size_arithmetic(node):
            return True
        return node.op.startswith("prim::") and not any(node.output_specs)

    def _is_size_arithmetic(self, node: Node) -> bool:
        is_number = bool(node.output_specs) and all(spec is not None and not spec.shape for spec in node.output_specs)
        return (
            is_number
            and any(name in self.measured for name in node.inputs)
            and all(name in self.streams for name in node.inputs)
        )

    def lay(self, node: Node, kept: dict[str, Node]) -> None:
        """Take a node up: from here on its readers read what feeds it."""
        inputs = tuple(self._inputs(node))
        self.streams[node.name] = self._taken_out(node, kept) if node.op in _UNPACKS else _joined(inputs)
        if node.op in _CONSTRUCTS:
            self.elements[node.name] = inputs
        if node.op in _MEASURES or any(name in self.measured for name in node.inputs):
            self.measured.add(node.name)

    def _inputs(self, node: Node) -> Iterator[_Stream]:
        for name, slot in zip(node.inputs, node.input_slots, strict=True):
            yield self.streams.get(name, (name, slot))

    def _taken_out(self, node: Node, kept: dict[str, Node]) -> _Stream:
        """Return the stream of one element: torch writes the outputs of an unpack as nodes of their own, in order."""
        for name, stream in zip(node.inputs, self._inputs(node), strict=True):
            position = self.taken[name]
            self.taken[name] += 1
            elements = self.elements.get(name)
            if elements:
                return elements[position % len(elements)]
            if name in kept and not any(kept[name].output_specs):
                self.unpacked.setdefault(name, []).extend(node.output_specs[:1] or (None,))
                return name, position
            return stream
        return None

    def reconnect(self, node: Node, kept: dict[str, Node]) -> Node:
        """Return a kept node reading kept nodes only; as it is when it does already."""
        if not any(name in self.streams for name in node.inputs):
            return node
        edges = list(self._edges(node))
        return structs.replace(
            node,
            inputs=tuple(name for name, _ in edges),
            input_slots=tuple(slot for _, slot in edges),
            input_specs=tuple(self._spec(kept[name], slot) if name in kept else None for name, slot in edges),
        )

    def _edges(self, node: Node) -> Iterator[_Source]:
        inputs = tuple(zip(node.inputs, node.input_slots, strict=True))
        seen = {edge for edge in inputs if edge[0] not in self.streams}
        for edge in inputs:
            if edge[0] not in self.streams:
                yield edge
                continue
            for source in self._sources(self.streams[edge[0]]):
                if source not in seen:
                    seen.add(source)
                    yield source

    def _spec(self, producer: Node, slot: int) -> TensorSpec | None:
        specs = self.unpacked.get(producer.name) or producer.output_specs
        return specs[slot] if slot < len(specs) else None

    def _sources(self, stream: _Stream) -> tuple[_Source, ...]:
        """Return the kept nodes behind a stream, each once, in order; each join is walked once."""
        if stream is None:
            return ()
        if not isinstance(stream, _Join):
            return (stream,)
        if stream not in self.flat:
            self.flat[stream] = tuple(self._walk(stream))
        return self.flat[stream]

    def _walk(self, join: _Join) -> dict[_Source, None]:
        found: dict[_Source, None] = {}
        seen: set[_Join] = set()
        stack: list[_Stream] = [join]
        while stack:
            stream = stack.pop()
            if not isinstance(stream, _Join):
                if stream is not None:
                    found[stream] = None
            elif stream not in seen:
                seen.add(stream)
                stack.extend(reversed(self.flat.get(stream, stream.parts)))
        return found

    def with_unpacked_specs(self, node: Node) -> Node:
        """Return a node that returned a list with the shapes of what was taken out of it."""
        specs = self.unpacked.get(node.name)
        return structs.replace(node, output_specs=tuple(specs)) if specs else node


def _joined(streams: tuple[_Stream, ...]) -> _Stream:
    parts = tuple(dict.fromkeys(stream for stream in streams if stream is not None))
    if len(parts) <= 1:
        return parts[0] if parts else None
    return _Join(parts)
