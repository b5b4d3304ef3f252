"""The run at another batch size: what it takes to tell the axes that follow the batch from those that do not."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice
from math import gcd
from typing import TYPE_CHECKING

from visunn_lint.pipeline.inputs.arguments import choose_batch, materialise
from visunn_lint.pipeline.inputs.trial import on_first_rung
from visunn_lint.pipeline.steps import build_topology
from visunn_lint.spec import InputSpec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visunn_lint.pipeline.engines.engine import Request
    from visunn_lint.pipeline.inputs.arguments import Arguments
    from visunn_lint.records import Failure
    from visunn_lint.spec import TensorInput
    from visunn_lint.topology import Topology

_MOST_BATCH = 1024
_MOST_RUNS = 4


def rebatch(request: Request, arguments: Arguments, known: Topology) -> Topology | None:
    """Return the topology of a run in eval mode at another batch size than that of a ``known`` one.

    The sizes of both share no factor, so that what follows the batch differs. If only that of twice
    the size does not raise, it is that of twice the size: a model may want whole groups. If the known
    run raised, it is the first that does not, at one of the sizes that the error names. None where
    the batch axis is not known, where values are needed, and where no run tells more.
    """
    spec = arguments.spec
    if spec is None or _needs_values(known) or not _knows_batch(spec, is_inferred=arguments.is_inferred):
        return None
    first = choose_batch(spec)
    sizes = _named_sizes(known.failure, first) if known.failure else iter((_coprime(spec, first), 2 * first))
    found: Topology | None = None
    for size in islice(sizes, _MOST_RUNS):
        topology = _run(request, arguments, spec, size)
        if topology is None or topology.failure is None:
            return topology
        found = found or topology
    return None if known.failure else found


def naming_batch(arguments: Arguments, known: Topology) -> str:
    """Return inputs as they would name the batch axis, if it is for lack of that name that ``rebatch`` has no run.

    The batch is taken to be the first axis of the first tensor, and of all that have as many rows.
    """
    spec = InputSpec.parse(arguments.spelling) if arguments.spelling else InputSpec()
    first = next((tensor.dims[0] for tensor in spec.tensors if tensor.dims), None)
    if first is None or spec.declares_batch or _needs_values(known):
        return ""
    return str(spec.with_tensors(lambda tensor: _named(tensor) if tensor.dims[:1] == (first,) else tensor))


def _named(tensor: TensorInput) -> TensorInput:
    return replace(tensor, dims=("b", *tensor.dims[1:]))


def _needs_values(known: Topology) -> bool:
    """Return whether a run took values; a failure is looked at with values, too."""
    return known.captured.rung != "meta" and known.failure is None


def _run(request: Request, arguments: Arguments, spec: InputSpec, batch: int) -> Topology | None:
    """Return the topology of a run at a batch size; None if only a run with values would tell."""
    args, named = materialise(spec, request.model, batch)
    capture = on_first_rung(replace(request, args=args, kwargs={**arguments.kwargs, **named}, mode="eval"))
    return build_topology(capture) if capture is not None else None


def _knows_batch(spec: InputSpec, *, is_inferred: bool) -> bool:
    """Return whether the batch axis is declared; what we inferred counts if all of the inputs have one."""
    return all(each.batch_axis is not None for each in spec.tensors) if is_inferred else spec.declares_batch


def _coprime(spec: InputSpec, first: int) -> int:
    taken = {dim for tensor in spec.tensors for dim in tensor.dims}
    return next(
        size for size in range(first + 1, first + len(taken) + 50) if size not in taken and gcd(size, first) == 1
    )


def _named_sizes(failure: Failure | None, first: int) -> Iterator[int]:
    """Yield the numbers that an error and its operands name and that may be a batch size."""
    if failure is None:
        return
    numbers = [int(number) for number in re.findall(r"\d+", failure.message)]
    numbers += [dim for spec in failure.operands for dim in spec.shape]
    yield from dict.fromkeys(each for each in numbers if 0 < each <= _MOST_BATCH and each != first)
