"""Which axes follow the batch: told by comparing two runs at different batch sizes."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from msgspec import structs

if TYPE_CHECKING:
    from visunn_lint.records import Call, Module, Node, Slot
    from visunn_lint.spec import TensorSpec
    from visunn_lint.topology import Topology


def with_batch_dims(topology: Topology, other: Topology) -> Topology:
    """Return a topology with the ``batch_dims`` of every spec that ``other``, a run at another batch size, has too.

    An axis follows the batch if its size differs. Nodes are found again by their names, calls by
    their modules and indices; linear in both.
    """
    nodes = {name: _node(node, other.nodes.get(name)) for name, node in topology.nodes.items()}
    modules = {path: _module(module, other.modules.get(path)) for path, module in topology.modules.items()}
    inputs = _slots(topology.captured.inputs, other.captured.inputs)
    return replace(topology, nodes=nodes, modules=modules, captured=replace(topology.captured, inputs=inputs))


def _node(node: Node, other: Node | None) -> Node:
    if other is None or other.op != node.op:
        return node
    return structs.replace(
        node,
        input_specs=_specs(node.input_specs, other.input_specs),
        output_specs=_specs(node.output_specs, other.output_specs),
    )


def _module(module: Module, other: Module | None) -> Module:
    if other is None or not module.calls:
        return module
    rest = module.calls[len(other.calls) :]
    return structs.replace(module, calls=(*map(_call, module.calls, other.calls), *rest))


def _call(call: Call, other: Call) -> Call:
    return structs.replace(call, inputs=_slots(call.inputs, other.inputs), outputs=_slots(call.outputs, other.outputs))


def _slots(slots: tuple[Slot, ...], others: tuple[Slot, ...]) -> tuple[Slot, ...]:
    if len(slots) != len(others):
        return slots
    pairs = zip(slots, others, strict=True)
    return tuple(
        structs.replace(slot, spec=_spec(slot.spec, each.spec)) if slot.path == each.path else slot
        for slot, each in pairs
    )


def _specs(
    specs: tuple[TensorSpec | None, ...], others: tuple[TensorSpec | None, ...]
) -> tuple[TensorSpec | None, ...]:
    if len(specs) != len(others):
        return specs
    return tuple(spec and each and _spec(spec, each) for spec, each in zip(specs, others, strict=True))


def _spec(spec: TensorSpec, other: TensorSpec) -> TensorSpec:
    if len(spec.shape) != len(other.shape):
        return spec
    dims = tuple(axis for axis, (here, there) in enumerate(zip(spec.shape, other.shape, strict=True)) if here != there)
    return _with_dims(spec, dims)


@cache
def _with_dims(spec: TensorSpec, dims: tuple[int, ...]) -> TensorSpec:
    return replace(spec, batch_dims=dims) if dims != spec.batch_dims else spec
