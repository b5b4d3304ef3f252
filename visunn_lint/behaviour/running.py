"""A model in memory, captured with the arguments that were given for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from visunn_lint.errors import CaptureError
from visunn_lint.loading.capturing import Subject, run_live
from visunn_lint.pipeline.engines.engine import Request
from visunn_lint.pipeline.frames import user_location

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import nn

    from visunn_lint.loading.capturing import Run
    from visunn_lint.records import Mode


def captured_run(
    model: nn.Module,
    args: tuple[Any, ...] | None,
    kwargs: Mapping[str, Any] | None,
    inputs: object,
    modes: Sequence[Mode] = ("eval",),
) -> Run:
    """Return the captures of a model in some modes; raises CaptureError when forward raises in one."""
    run = run_live(Subject(Request(model, called_at=user_location(0)), modes), args, kwargs, inputs)
    for mode, topology in run.topologies.items():
        failure = topology.failure
        if failure is not None:
            message = f"forward of {topology.name} raised {failure.error} in {mode}: {failure.message}"
            error = CaptureError(
                message, topology=topology, module=failure.module, op=failure.op, location=failure.source
            )
            raise error from run.errors[mode]
    return run
