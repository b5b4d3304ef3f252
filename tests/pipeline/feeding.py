"""Which call of a module feeds which: what two engines have to agree on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visunn_lint import query

if TYPE_CHECKING:
    from visunn_lint.topology import Topology


def feeds(topology: Topology) -> dict[tuple[str, int], set[tuple[str, int]]]:
    """Return for each leaf call the leaf calls that it feeds, straight or through container ops."""
    leaves = query.leaf_calls(topology)
    found = query.flow(topology, lambda node: node.call_key if node.call_key in leaves else None)
    return {key: found.get(key, set()) for key in leaves}
