"""Captures a model and shows what came out in few words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visunn_lint.pipeline import build_topology, capture

if TYPE_CHECKING:
    from torch import nn

    from visunn_lint.records import Mode
    from visunn_lint.topology import Topology


def topology_of(model: nn.Module, *args: object, mode: Mode = "eval", **kwargs: object) -> Topology:
    """Return the topology of a model called with these arguments."""
    return build_topology(capture(model, args, kwargs, mode=mode))


def reads(topology: Topology) -> list[tuple[str, list[str]]]:
    """Return for each op and output what it reads, by the ops' short names and the others' labels."""
    short = {name: node.label or node.short_op for name, node in topology.nodes.items()}
    return [
        (f"output {node.label}" if node.kind == "output" else node.short_op, [short[name] for name in node.inputs])
        for node in topology.nodes.values()
        if node.kind in {"op", "opaque", "output"}
    ]
