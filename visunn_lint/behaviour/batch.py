"""Whether shapes follow the batch, and nothing else changes with it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from visunn_lint import source
from visunn_lint.behaviour.running import captured_run
from visunn_lint.errors import InputError
from visunn_lint.loading.capturing import Subject, run_live
from visunn_lint.pipeline.engines.engine import Request
from visunn_lint.spec import InputSpec, TensorInput

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from torch import nn

    from visunn_lint.records import Node
    from visunn_lint.spec import InputValue
    from visunn_lint.topology import Topology


def assert_batch_independent_shapes(
    model: nn.Module, *, inputs: object = None, kwargs: Mapping[str, Any] | None = None
) -> None:
    """Fail unless the model runs at two batch sizes, and each dim stays the same or grows with the batch.

    ``inputs`` are specs in which ``b`` is the batch, such as ``"b x 3 x 32 x 32"``; without them, those that
    the model declares. Raises InputError if none of them has a ``b``.
    """
    __tracebackhide__ = True
    spec = InputSpec.parse(inputs) if inputs is not None else _declared(model, kwargs)
    if not spec.declares_batch:
        message = "which axis of the inputs is the batch is not known"
        raise InputError(message, hint='write b for it, as in inputs="b x 3 x 32 x 32"')
    smaller, larger = _sizes(spec)
    one = captured_run(model, None, kwargs, _sized(spec, smaller)).topologies["eval"]
    other = run_live(Subject(Request(model), ["eval"]), None, kwargs, _sized(spec, larger)).topologies["eval"]
    if other.failure is not None:
        raise AssertionError("\n".join(_raised(other, smaller, larger)))
    told = _first_change(one, other, smaller, larger)
    if told:
        raise AssertionError("\n".join([f"not every shape of {one.name} follows the batch", *told]))


def _declared(model: nn.Module, kwargs: Mapping[str, Any] | None) -> InputSpec:
    spelling = captured_run(model, None, kwargs, None).topologies["eval"].captured.input_spec
    return InputSpec.parse(spelling)


def _sizes(spec: InputSpec) -> tuple[int, int]:
    """Return two batch sizes unlike every other dim."""
    taken = {dim for tensor in spec.tensors for dim in tensor.dims}
    free = [size for size in range(2, len(taken) + 4) if size not in taken]
    return free[0], free[1]


def _sized(spec: InputSpec, batch: int) -> InputSpec:
    args = tuple(_with_batch(value, batch) for value in spec.args)
    return replace(spec, args=args, kwargs={name: _with_batch(value, batch) for name, value in spec.kwargs.items()})


def _with_batch(value: InputValue, batch: int) -> InputValue:
    if isinstance(value, TensorInput):
        return replace(value, dims=value.shape(batch))
    if isinstance(value, list):
        return [_with_batch(item, batch) for item in value]
    return {name: _with_batch(item, batch) for name, item in value.items()} if isinstance(value, dict) else value


def _raised(topology: Topology, smaller: int, larger: int) -> Iterator[str]:
    yield f"{topology.name} runs at a batch of {smaller}, and not of {larger}"
    failure = topology.failure
    if failure is not None:
        yield f"    {failure.error} in `{failure.module or topology.name}`: {failure.message}"
        if failure.source is not None:
            yield f"    at {source.quoted(failure.source)}"


def _first_change(one: Topology, other: Topology, smaller: int, larger: int) -> list[str]:
    """Return in lines the first op whose output does not follow the batch; nothing if every one does."""
    for node in one.ops():
        twin = other.nodes.get(node.name)
        if twin is not None and _follows(node, twin, smaller, larger):
            continue
        where = f"`{node.module}`, {node.short_op}" if node.module else f"`{node.short_op}`"
        put_out = f"puts out {_shapes(node)} at a batch of {smaller}"
        line = f"    {where} {put_out}, {_shapes(twin)} at {larger}" if twin else f"    {where} runs at {smaller} alone"
        return [line, f"    at {source.quoted(node.source)}"] if node.source else [line]
    return _folded_output(one, other, smaller, larger)


def _folded_output(one: Topology, other: Topology, smaller: int, larger: int) -> list[str]:
    """Return in lines the first output into whose inner axis the samples of a batch are spread: ``view(2, -1)``."""
    for node in one.nodes.values():
        twin = other.nodes.get(node.name)
        if node.kind != "output" or twin is None:
            continue
        first, second = node.output_specs[0], twin.output_specs[0]
        if first is None or second is None or first.shape[:1] != second.shape[:1]:
            continue
        pairs = list(zip(first.shape, second.shape, strict=False))
        if (smaller, larger) not in pairs and any(before != dim for before, dim in pairs):
            line = f"    output `{node.label}` is {_shapes(node)} at a batch of {smaller}, {_shapes(twin)} at {larger}"
            places = [maker.source for maker in one.producers(node) if maker.source is not None]
            return [line, *(f"    at {source.quoted(place)}" for place in places)]
    return []


def _follows(one: Node, other: Node, smaller: int, larger: int) -> bool:
    """Return whether each dim of an op's outputs is the same in both runs, or as much larger as the batch."""
    shapes = [
        (first.shape, second.shape)
        for first, second in zip(one.output_specs, other.output_specs, strict=False)
        if first is not None and second is not None
    ]
    return len(one.output_specs) == len(other.output_specs) and all(
        len(first) == len(second)
        and all(dim == before or dim * smaller == before * larger for before, dim in zip(first, second, strict=True))
        for first, second in shapes
    )


def _shapes(node: Node) -> str:
    return ", ".join("×".join(map(str, spec.shape)) or "a scalar" for spec in node.output_specs if spec is not None)
