"""The five steps in a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from visunn_lint.pipeline import engines
from visunn_lint.pipeline.collecting import uncollected
from visunn_lint.pipeline.engines.engine import Request
from visunn_lint.pipeline.graphdef import decode
from visunn_lint.pipeline.modularize import modularize as _modularize
from visunn_lint.pipeline.prune_modules import prune_modules as _prune_modules
from visunn_lint.pipeline.prune_nodes import prune_nodes as _prune_nodes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torch import nn

    from visunn_lint.location import Location
    from visunn_lint.pipeline.graph import Capture, Graph
    from visunn_lint.records import Mode
    from visunn_lint.topology import Topology


def capture(
    model: nn.Module,
    args: tuple[Any, ...] = (),
    kwargs: Mapping[str, Any] | None = None,
    *,
    mode: Mode = "eval",
    engine: str = "auto",
    sources: Mapping[int, Location] | None = None,
    rebuild: Callable[[], nn.Module] | None = None,
) -> Capture:
    """Return GraphDef and module table of one run: step 1.

    A forward that raises is no exception here but ``table.failure``. ``sources`` and ``rebuild``
    are explained at ``Request``. Raises InputError for an unknown engine.
    """
    request = Request(model, tuple(args), dict(kwargs or {}), mode, sources or {}, rebuild)
    return engines.find(engine).capture(request)


@uncollected()
def build_topology(capture: Capture) -> Topology:
    """Return the Topology of a capture: steps 2 to 5."""
    return pruned(decode(capture))


def pruned(graph: Graph) -> Topology:
    """Return the Topology of a decoded graph: steps 3 to 5."""
    return _modularize(_prune_modules(_prune_nodes(graph)))
