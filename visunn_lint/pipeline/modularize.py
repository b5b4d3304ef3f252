"""The last step: graph and module table become a Topology."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visunn_lint.topology import Topology

if TYPE_CHECKING:
    from visunn_lint.pipeline.graph import Graph


def modularize(graph: Graph) -> Topology:
    """Return the Topology of a pruned graph."""
    table = graph.table
    return Topology(
        name=table.name,
        modules={module.path: module for module in table.modules},
        nodes=graph.nodes,
        captured=table.captured,
        collapsed=graph.collapsed,
        failure=table.failure,
    )
