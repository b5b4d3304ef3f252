"""Where a value comes from, past the ops that hand it on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visunn_lint.records import Node
    from visunn_lint.topology import CapturedModel, Topology

_SAME = frozenset({
    "alias", "clone", "contiguous", "cpu", "cuda", "detach", "data", "double", "float", "half", "bfloat16", "identity",
    "requires_grad", "to", "type", "type_as", "dropout", "dropout1d", "dropout2d", "dropout3d", "feature_dropout",
})  # fmt: skip
"""Ops whose result is their operand, in another type or memory at the most, or with values dropped while training."""
_ARRANGED = frozenset({
    "chunk", "flatten", "getitem", "movedim", "narrow", "permute", "reshape", "select", "split", "squeeze", "swapaxes",
    "t", "T", "mT", "transpose", "unflatten", "unsqueeze", "view",
})  # fmt: skip
"""Ops whose result holds the same numbers, or some of them, in another arrangement."""
_MOST_STEPS = 32


def came_from(topology: Topology, node: Node) -> Node:
    """Return the op that computed the value that a node hands on, in the same arrangement."""
    return _back(topology, node, _SAME)


def computed_by(topology: Topology, node: Node) -> Node:
    """Return the op that computed the numbers that a node hands on, however they were arranged since."""
    return _back(topology, node, _SAME | _ARRANGED)


def _back(topology: Topology, node: Node, passing: frozenset[str]) -> Node:
    for _ in range(_MOST_STEPS):
        if node.kind != "op" or not node.inputs or node.short_op.removesuffix("_") not in passing:
            return node
        node = topology.nodes[node.inputs[0]]
    return node


def operand(topology: Topology, node: Node, position: int = 0) -> Node:
    """Return the node that made an operand of an op."""
    return topology.nodes[node.inputs[position]]


def trained_outputs(topology: Topology) -> Iterator[Node]:
    """Yield the output nodes that a loss is computed on: what is called logits, else the first that can be trained."""
    outputs = [node for node in topology.nodes.values() if node.kind == "output"]
    floating = [node for node in outputs if node.input_specs[0] is not None and node.input_specs[0].is_floating]
    named = [node for node in floating if "logit" in node.label]
    yield from named or floating[:1]


def training_capture(model: CapturedModel) -> Topology | None:
    """Return the capture in train mode, if its forward ran to its end."""
    return model.train if model.train is not None and model.train.failure is None else None
