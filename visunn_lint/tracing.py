"""Tracing: the topology of a model in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from visunn_lint.loading.capturing import Subject, run_live
from visunn_lint.loading.raising import raised_in
from visunn_lint.pipeline.engines.engine import Request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import nn

    from visunn_lint.records import Mode
    from visunn_lint.topology import Topology


def trace(
    model: nn.Module,
    args: tuple[Any, ...] | None = None,
    kwargs: Mapping[str, Any] | None = None,
    *,
    inputs: object = None,
    mode: Mode = "eval",
    engine: str = "auto",
) -> Topology:
    """Return the topology of a model: its modules, the operations that one run of forward makes, and the data flow.

    ``args`` and ``kwargs`` are the values that ``forward`` is called with, as in
    ``torch.export.export``; ``inputs`` are specs in their stead (``"2x3x224x224"``,
    ``{"tokens": "2x16:int64"}``). With neither, what the model declares is taken
    (``example_inputs``, Lightning, transformers, timm), else inputs are inferred. The model is left
    as it was found. Raises CaptureError, with the topology up to there, when forward raises, and
    InputError for inputs that do not fit or cannot be inferred, and for what is no model, or no mode.
    """
    run = run_live(Subject(Request(model, mode=mode), [mode], engine), args, kwargs, inputs)
    topology = run.topologies[mode]
    if topology.failure is not None:
        raise raised_in(topology) from run.errors[mode]
    return topology
