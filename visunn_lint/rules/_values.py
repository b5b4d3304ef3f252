"""Which values of a run depend on which: edges that carry a shape alone are no dependence."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from visunn_lint.records import Node
    from visunn_lint.topology import Topology

SHAPE_ONLY = frozenset({
    "zeros_like", "ones_like", "full_like", "empty_like", "rand_like", "randn_like", "randint_like", "new_zeros",
    "new_ones", "new_full", "new_empty", "new_tensor", "size", "shape_as_tensor", "numel", "result_type",
})  # fmt: skip
"""Ops whose result has the shape of an operand, and nothing of its values."""


def dependents(topology: Topology, is_source: Callable[[Node], bool]) -> set[str]:
    """Return the names of the nodes whose values depend on those of some nodes, these included; one pass."""
    found: set[str] = set()
    for node in topology.nodes.values():
        if is_source(node) or (node.short_op not in SHAPE_ONLY and any(name in found for name in node.inputs)):
            found.add(node.name)
    return found


def input_dependents(topology: Topology) -> set[str]:
    """Return the names of the nodes whose values depend on those of an input."""
    return dependents(topology, lambda node: node.kind == "input")
