"""What a forward run costs: floating point operations and bytes, from shapes alone.

A multiply and an add are two operations, and an op without a formula counts zero, element-wise
ones among them: both as ``torch.utils.flop_counter`` has it. Two differences: a recurrent layer
counts on every backend (torch's fused CPU kernel hides its products from torch's counter), and a
matrix times a vector counts as the product it is.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from visunn_lint.cost.formulas import FORMULAS, UnknownShapeError
from visunn_lint.spec import TensorSpec

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from visunn_lint.records import Call, Module, Node
    from visunn_lint.topology import Topology


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run of a model costs. ``module_flops`` is by path, ``""`` the whole run."""

    module_flops: Mapping[str, int]
    input_bytes: int
    activation_bytes: int
    parameter_bytes: int

    @property
    def flops(self) -> int:
        """The floating point operations of the run, its whole batch."""
        return self.module_flops.get("", 0)


def measure(topology: Topology) -> Cost:
    """Return all of a Topology's costs, for those who show them."""
    return Cost(module_flops(topology), input_bytes(topology), activation_bytes(topology), parameter_bytes(topology))


def flops(topology: Topology) -> int:
    """Return the floating point operations of the captured run, its whole batch."""
    return sum(map(node_flops, topology.nodes.values()))


def node_flops(node: Node) -> int:
    """Return the floating point operations of one node; 0 without a formula or with unknown shapes."""
    formula = FORMULAS.get(node.short_op.strip("_"))
    if formula is None or node.kind != "op":
        return 0
    try:
        return formula(node)
    except (UnknownShapeError, ValueError, IndexError, TypeError, KeyError, AttributeError, ZeroDivisionError):
        return 0  # a foreign graph may tell too little, or not the truth


def module_flops(topology: Topology) -> dict[str, int]:
    """Return the floating point operations by module path, those of the modules it called among them.

    The root (``""``) has the whole run, ops outside every call too.
    """
    by_call: defaultdict[tuple[str, int | None], int] = defaultdict(int)
    for node in topology.nodes.values():
        by_call[node.module, node.call] += node_flops(node)
    parents = {call.key: call.parent for call in topology.calls}
    total = dict.fromkeys(("", *topology.modules), 0)
    for (module, index), count in by_call.items():
        for path in _modules_around(module, index, parents) if count else ():
            total[path] = total.get(path, 0) + count
    return total


def _modules_around(
    module: str, index: int | None, parents: Mapping[tuple[str, int], tuple[str, int] | None]
) -> Iterable[str]:
    """Return the modules that were running in a call, each once however often it calls itself."""
    paths = {"": None, module: None}
    call = None if index is None else parents.get((module, index))
    while call is not None:
        paths[call[0]] = None
        call = parents.get(call)
    return paths


def parameter_bytes(topology: Topology) -> int:
    """Return the bytes of all parameters, shared ones once."""
    return sum(TensorSpec(param.shape, param.dtype).nbytes for param in topology.params if param.shape is not None)


def input_bytes(topology: Topology) -> int:
    """Return the bytes of the tensors that were given to forward."""
    return sum(slot.spec.nbytes for slot in topology.captured.inputs)


def activation_bytes(topology: Topology) -> int:
    """Return the bytes of a forward and backward pass as torchinfo estimates them.

    The first output of each call of a module that has parameters and no children, twice: once
    for the activation, once for its gradient (``torchinfo/model_statistics.py``).
    """
    return 2 * sum(_output_bytes(call) for module in topology if _is_weighted_leaf(module) for call in module.calls)


def _is_weighted_leaf(module: Module) -> bool:
    return bool(module.params) and not module.children


def _output_bytes(call: Call) -> int:
    return call.outputs[0].spec.nbytes if call.outputs else 0
