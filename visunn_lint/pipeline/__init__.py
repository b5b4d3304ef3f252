"""The way of the data: model → GraphDef → decoded graph → pruned → Topology.

The names are loaded when first asked for: the parts that find targets do without torch. Steps
that have a file of their own are imported from it, for a name cannot be function and module.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from visunn_lint.pipeline.encoding import encode
    from visunn_lint.pipeline.graph import Capture, Graph, ModuleTable
    from visunn_lint.pipeline.graphdef import decode
    from visunn_lint.pipeline.steps import build_topology, capture

__all__ = ["Capture", "Graph", "ModuleTable", "build_topology", "capture", "decode", "encode"]

_HOMES = {
    "Capture": "graph",
    "Graph": "graph",
    "ModuleTable": "graph",
    "build_topology": "steps",
    "capture": "steps",
    "decode": "graphdef",
    "encode": "encoding",
}


def __getattr__(name: str) -> object:
    """Return a step of the pipeline, importing its module."""
    if name not in __all__:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
