"""The way back: decoded nodes, or a whole Topology, as GraphDef and module table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visunn_lint.pipeline.graph import Capture, ModuleTable
from visunn_lint.pipeline.graphdef import GraphWriter, encoded_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from visunn_lint.records import Node
    from visunn_lint.spec import TensorSpec
    from visunn_lint.topology import Topology


def encode(topology: Topology) -> Capture:
    """Return the capture that a Topology is decoded from again, equal to what it is."""
    table = ModuleTable(topology.name, tuple(topology), topology.captured, topology.failure)
    return Capture(encoded(topology.nodes), table)


def encoded(nodes: Mapping[str, Node]) -> bytes:
    """Return nodes as GraphDef, in protobuf's encoding."""
    writer = GraphWriter()
    for name, node in zip(encoded_names(nodes), nodes.values(), strict=True):
        writer.add(
            name,
            node.op,
            node.kind,
            inputs=encoded_names(f"{producer}:{slot}" if slot else producer for producer, slot in _edges(node)),
            outputs=node.output_specs,
            seen=_seen(node, nodes),
            module=node.module,
            call=node.call,
            arguments=node.attributes,
            source=node.source,
            label=node.label,
            autograd=node.autograd,
        )
    return writer.encoded()


def _edges(node: Node) -> Iterator[tuple[str, int]]:
    return zip(node.inputs, node.input_slots, strict=True)


def _seen(node: Node, nodes: Mapping[str, Node]) -> tuple[TensorSpec | None, ...] | None:
    """Return the specs of a node's inputs if they differ from what their producers gave out, else None."""
    if not node.input_specs:
        return None
    given = tuple(_given(nodes[name], slot) for name, slot in _edges(node))
    return None if given == node.input_specs else node.input_specs


def _given(producer: Node, slot: int) -> TensorSpec | None:
    return producer.output_specs[slot] if slot < len(producer.output_specs) else None
