"""Whether a graph that a file holds is one that a run can leave: everything after this takes that for granted.

Each check is linear. Raises GraphError, which names what does not fit.
"""

from __future__ import annotations

from collections import Counter
from math import prod
from typing import TYPE_CHECKING, Final, NoReturn, get_args

from visunn_lint.errors import GraphError
from visunn_lint.pipeline.graphdef import MODULE
from visunn_lint.records import Autograd, NodeKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tensorboard.compat.proto.graph_pb2 import GraphDef

    from visunn_lint.pipeline.graph import Graph
    from visunn_lint.records import Module, Node, Slot
    from visunn_lint.spec import TensorSpec

_DEEPEST: Final = 200
"""Levels of modules; Python itself cannot run a model of more, as each takes several of its 1000 frames."""
_MOST_AXES: Final = 64
_MOST_ELEMENTS: Final = 1 << 63
"""torch counts elements in an int64."""
_LONGEST_NUMBER: Final = 1024
"""Bits of a whole number; those of thousands of digits cannot be printed."""

_KINDS: Final = frozenset(get_args(NodeKind))
_AUTOGRAD: Final = frozenset(get_args(Autograd))


def check_names(graph: GraphDef) -> None:
    """Check that no node lies in more modules than can be: reading its scope takes time with each."""
    for node in graph.node:
        levels = node.name.count("/")
        if MODULE in node.attr:
            levels = max(levels, node.attr[MODULE].s.count(b"."))
        if levels > _DEEPEST:
            _refuse(f"node {_short(node.name)} lies in {levels:,} modules; {_DEEPEST} are the most")


def check_graph(graph: Graph) -> None:
    """Check a decoded graph and its table against each other, and both by themselves."""
    modules = {module.path: module for module in graph.table.modules}
    _check_modules(graph.table.modules, modules)
    _check_nodes(graph.nodes, modules)
    _check_parents(modules)
    slots = [*graph.table.captured.inputs, *(slot for module in modules.values() for slot in _slots(module))]
    _check_slots(slots, graph.nodes)
    _check_specs(_specs(graph, slots))


def _check_modules(listed: Iterable[Module], modules: Mapping[str, Module]) -> None:
    if "" not in modules:
        _refuse("its module table has no model, only parts of one")
    for path, count in Counter(module.path for module in listed).items():
        if count > 1:
            _refuse(f"its module table has {_short(path)} twice")
    for path, module in modules.items():
        if path.count(".") >= _DEEPEST:
            _refuse(f"module {_short(path)} lies in more than {_DEEPEST} modules")
        if any(path and not child.startswith(f"{path}.") for child in module.children):
            _refuse(f"module {_short(path)} has a child that does not lie in it")
        if [call.key for call in module.calls] != [(path, index) for index in range(len(module.calls))]:
            _refuse(f"the calls of module {_short(path)} are not numbered in their order")
        _check_values(module.hyperparameters.values(), path)


def _check_nodes(nodes: Mapping[str, Node], modules: Mapping[str, Module]) -> None:
    for name, node in nodes.items():
        if node.kind not in _KINDS or node.autograd not in _AUTOGRAD:
            _refuse(f"node {_short(name)} is of no kind that there is")
        if node.module not in modules:
            _refuse(f"node {_short(name)} lies in module {_short(node.module)}, which is not in the module table")
        if node.call is not None and not 0 <= node.call < len(modules[node.module].calls):
            _refuse(f"node {_short(name)} belongs to call {node.call} of {_short(node.module)}, which there was not")
        if len(node.input_specs) != len(node.inputs):
            _refuse(f"node {_short(name)} reads {len(node.inputs)} tensors and tells of {len(node.input_specs)}")
        _check_values(node.attributes.values(), name)


def _check_parents(modules: Mapping[str, Module]) -> None:
    """Check that each call lies in one that there was, and none in itself."""
    parents = {call.key: call.parent for module in modules.values() for call in module.calls}
    done: set[tuple[str, int]] = set()
    for start in parents:
        chain: dict[tuple[str, int], None] = {}
        key: tuple[str, int] | None = start
        while key is not None and key not in done:
            if key in chain or key not in parents:
                _refuse(f"a call of module {_short(start[0])} lies in none that there was, or in itself")
            chain[key] = None
            key = parents[key]
        done.update(chain)


def _check_slots(slots: Iterable[Slot], nodes: Mapping[str, Node]) -> None:
    for slot in slots:
        if slot.node and slot.node not in nodes:
            _refuse(f"a call reads or returns what {_short(slot.node)} made, which is not in the graph")
        if slot.index < 0:
            _refuse(f"a call reads or returns output {slot.index} of {_short(slot.node)}")


def _check_specs(specs: Iterable[TensorSpec]) -> None:
    for spec in set(specs):
        _check_shape(spec.shape)
        if any(not 0 <= axis < len(spec.shape) for axis in spec.batch_dims):
            _refuse("a tensor follows the batch on an axis that it does not have")


def _check_shape(shape: tuple[int, ...]) -> None:
    if len(shape) > _MOST_AXES or any(not 0 <= size < _MOST_ELEMENTS for size in shape):
        _refuse("a tensor has a shape that none can have")
    if prod(shape) >= _MOST_ELEMENTS:
        _refuse("a tensor has more elements than can be counted")


def _specs(graph: Graph, slots: Iterable[Slot]) -> Iterator[TensorSpec]:
    for node in graph.nodes.values():
        yield from (spec for spec in (*node.input_specs, *node.output_specs) if spec is not None)
    yield from (slot.spec for slot in slots)
    yield from graph.table.failure.operands if graph.table.failure else ()
    for module in graph.table.modules:
        for param in (*module.params, *module.buffers):
            _check_shape(param.shape or ())


def _slots(module: Module) -> Iterator[Slot]:
    for call in module.calls:
        yield from (*call.inputs, *call.outputs)


def _check_values(values: Iterable[object], owner: str) -> None:
    """Check that values are numbers, texts, None and tuples of such."""
    for value in values:
        if isinstance(value, tuple):
            _check_values(value, owner)
        elif isinstance(value, int):
            if value.bit_length() > _LONGEST_NUMBER:
                _refuse(f"{_short(owner)} has a number of {value.bit_length():,} bits among its values")
        elif value is not None and not isinstance(value, float | str):
            _refuse(f"{_short(owner)} has a {type(value).__name__} among its values")


def _short(name: str) -> str:
    return repr(name if len(name) <= 80 else f"{name[:80]}…")  # noqa: PLR2004 -- the width of a line


def _refuse(message: str) -> NoReturn:
    raise GraphError(message)
