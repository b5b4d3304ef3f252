"""Whether what a sequence model says of a position depends on later ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from visunn_lint import source
from visunn_lint.behaviour.running import captured_run
from visunn_lint.pipeline.probing.causality import find_leak

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import nn

    from visunn_lint.records import Module


def assert_causal(
    model: nn.Module,
    args: tuple[Any, ...] | None = None,
    kwargs: Mapping[str, Any] | None = None,
    *,
    inputs: object = None,
    axis: int = 1,
) -> None:
    """Fail if an output at one position of a sequence changes with the input at a later one.

    ``axis`` is that of the positions, in inputs and outputs. A copy of the model runs in eval on real tensors, once
    for each position (for sixteen of a long sequence), which is changed while all others stay: so
    integer inputs, argmax and top-k are judged too. Raises InputError if there is nothing to compare.
    """
    __tracebackhide__ = True
    run = captured_run(model, args, kwargs, inputs)
    leak = find_leak(model, run.arguments.args, run.arguments.kwargs, axis)
    if leak is None:
        return
    topology = run.topologies["eval"]
    change = f"output position {leak.output} changes with input position {leak.input}"
    told = [f"{topology.name} is not causal along axis {axis}: {change}"]
    if leak.module in topology:
        told += _first_seen(topology[leak.module])
    raise AssertionError("\n".join(told))


def _first_seen(module: Module) -> list[str]:
    if not module.path:
        return ["    it comes in by what the model itself does, between its modules"]
    place = module.calls[0].source if module.calls else module.source
    where = [f"    at {source.quoted(place)}"] if place is not None else []
    return [f"    first seen in `{module.path}` ({module.short_kind})", *where]
