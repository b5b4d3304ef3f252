"""Graphs that another program wrote, such as torch's ``SummaryWriter.add_graph``.

Less is known of them: modules and their calls are read off the scopes in the nodes' names, and
the nodes of a recycled module, which all bear the same scope, are split into calls by connected
parts.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from msgspec import structs

from visunn_lint.pipeline.graph import Graph, ModuleTable
from visunn_lint.records import FOREIGN, Call, Captured, Module, Node, Param, Slot
from visunn_lint.spec import UNKNOWN_DTYPE, TensorSpec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tensorboard.compat.proto.node_def_pb2 import NodeDef
    from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto

    from visunn_lint.records import NodeKind

_UNKNOWN_KIND = "Module"
"""What a module is whose class no scope names."""
_MOST_DIGITS = 9
"""Of the number of an output."""

_SCOPE = re.compile(r"(?P<kind>[^\[\]/]*)\[(?P<name>[^\]]*)\]")
_ATTRIBUTE_NAME = re.compile(rb"\{\s*name\s*:\s*(\S+)\s*\}")
_GET_ATTRIBUTE = "prim::GetAttr"
_KINDS: dict[str, NodeKind] = {"prim::Param": "input", "prim::Return": "output", "Parameter": "param"}
_UNCONNECTED = frozenset({"prim::Constant", _GET_ATTRIBUTE})
"""Ops that connect nothing: a constant that two calls read does not make them one."""


def split_inputs(references: Iterable[str]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Return the producers' names and slots; ``^name``, an edge of control, carries no data."""
    pairs = [_split_input(reference) for reference in references if not reference.startswith("^")]
    return tuple([name for name, _ in pairs]), tuple([slot for _, slot in pairs])


def _split_input(reference: str) -> tuple[str, int]:
    """Return the producer and its slot from ``name`` or ``name:slot``."""
    if ":" not in reference:
        return reference, 0
    name, _, slot = reference.rpartition(":")
    is_slot = slot.isdecimal() and len(slot) <= _MOST_DIGITS
    return (name, int(slot)) if is_slot else (reference, 0)


def decode_node(node: NodeDef) -> Node:
    """Return a foreign node with what its standard fields tell."""
    names, slots = split_inputs(node.input)
    attribute = _ATTRIBUTE_NAME.match(node.attr["attr"].s) if "attr" in node.attr else None
    return Node(
        name=node.name,
        op=node.op,
        kind=_kind(node),
        module=".".join(name for name, _ in _scopes(node.name)),
        inputs=names,
        input_slots=slots,
        output_specs=_output_specs(node),
        label=attribute[1].decode(errors="replace") if attribute else node.name.rpartition("/")[2],
    )


def _scopes(name: str) -> list[tuple[str, str]]:
    """Return name and class of each module in a node's scope: ``Net/Sequential[layers]/Linear[0]/op``."""
    parts = name.split("/")[:-1]
    return [(match["name"], match["kind"]) for part in parts if (match := _SCOPE.fullmatch(part))]


def _kind(node: NodeDef) -> NodeKind:
    if node.op == "IO Node":
        return "output" if node.name.startswith("output") else "input"
    return _KINDS.get(node.op, "op")


def _output_specs(node: NodeDef) -> tuple[TensorSpec | None, ...]:
    if "_output_shapes" not in node.attr:
        return ()
    return tuple(_spec(shape) for shape in node.attr["_output_shapes"].list.shape)


def _spec(shape: TensorShapeProto) -> TensorSpec | None:
    if shape.unknown_rank or any(dim.size < 0 for dim in shape.dim):
        return None
    return TensorSpec(tuple(dim.size for dim in shape.dim), UNKNOWN_DTYPE)


def bare_table() -> ModuleTable:
    """Return the table for a graph that came without one; ``complete`` fills it in."""
    return ModuleTable("", (), Captured(FOREIGN, "file"))


def is_bare(table: ModuleTable) -> bool:
    """Return whether a table is the one of ``bare_table``."""
    return table.captured.rung == "file" and not table.modules


def without_torchs_dangling_edges(nodes: dict[str, Node]) -> dict[str, Node]:
    """Return the nodes without the edges that torch leaves hanging.

    It drops the attributes of the root, and keeps who reads them.
    """
    return {
        name: structs.replace(node, inputs=(), input_slots=())
        if node.op == _GET_ATTRIBUTE and any(producer not in nodes for producer in node.inputs)
        else node
        for name, node in nodes.items()
    }


def complete(graph: Graph) -> Graph:
    """Return a foreign graph with its modules, their calls and their parameters, as far as the scopes tell."""
    nodes = _with_params(graph.nodes)
    calls = _Calls(nodes)
    nodes = {name: structs.replace(node, call=calls.of(node, node.module)) for name, node in nodes.items()}
    captured = replace(graph.table.captured, inputs=tuple(_inputs(nodes)))
    name = graph.table.name or _root(nodes)
    return replace(graph, nodes=nodes, table=ModuleTable(name, tuple(_modules(nodes, calls)), captured))


def _inputs(nodes: Mapping[str, Node]) -> Iterator[Slot]:
    """Yield what was run, as far as its shape is known."""
    for node in nodes.values():
        spec = node.output_specs[0] if node.kind == "input" and node.output_specs else None
        if spec is not None:
            yield Slot(node.label, spec, node.name)


def _root(nodes: Mapping[str, Node]) -> str:
    """Return the outermost scope that is no module of another: the class of the model."""
    scopes = (name.split("/")[0] for name, node in nodes.items() if node.kind == "op" and "/" in name)
    return next(scopes, "graph")


def _with_params(nodes: Mapping[str, Node]) -> dict[str, Node]:
    """Return the nodes with attributes that an op reads as parameters: torch writes both alike."""
    read_by_ops = {producer for node in nodes.values() if node.op != _GET_ATTRIBUTE for producer in node.inputs}
    return {
        name: _as_param(node) if node.op == _GET_ATTRIBUTE and name in read_by_ops else node
        for name, node in nodes.items()
    }


def _as_param(node: Node) -> Node:
    label = f"{node.module}.{node.label}" if node.module else node.label
    return structs.replace(
        node,
        kind="param",
        label=label,
        inputs=(),
        input_slots=(),
        input_specs=(),
        output_specs=node.output_specs or (None,),
    )


class _Calls:
    """Which call of each module around it a node belongs to: its connected part within that module."""

    def __init__(self, nodes: Mapping[str, Node]) -> None:
        self._parents: dict[tuple[str, str], tuple[str, str]] = {}
        self._index: dict[tuple[str, str], int] = {}
        connected = [node for node in nodes.values() if node.kind == "op" and node.op not in _UNCONNECTED]
        for node in connected:
            for path in _around(node.module):
                self._parents[path, node.name] = (path, node.name)
        for node in connected:
            for producer in node.inputs:
                self._join(nodes[producer], node)
        self._number(connected)

    def _join(self, producer: Node, node: Node) -> None:
        """Connect two nodes within every module that both are in; what tells its call stays in that."""
        for path in _around(node.module):
            if path == producer.module == node.module and producer.call != node.call:
                continue
            if (path, producer.name) in self._parents:
                self._parents[self._find((path, producer.name))] = self._find((path, node.name))

    def _find(self, key: tuple[str, str]) -> tuple[str, str]:
        while self._parents[key] != key:
            self._parents[key] = key = self._parents[self._parents[key]]
        return key

    def _number(self, nodes: list[Node]) -> None:
        counts: defaultdict[str, int] = defaultdict(int)
        for node in nodes:
            for path in _around(node.module):
                part = self._find((path, node.name))
                if part not in self._index:
                    self._index[part] = counts[path] if path else 0
                    counts[path] += 1

    def of(self, node: Node, path: str) -> int | None:
        """Return the index of the call of a module that a node ran in; None for what runs in none."""
        return self._index[self._find((path, node.name))] if (path, node.name) in self._parents else None


def _around(path: str) -> Iterator[str]:
    """Yield the paths of a module and of all modules around it, innermost first."""
    while path:
        yield path
        path = path.rpartition(".")[0]
    yield ""


def _modules(nodes: Mapping[str, Node], calls: _Calls) -> Iterator[Module]:
    kinds = {"": _root(nodes)}
    params: defaultdict[str, dict[str, Param]] = defaultdict(dict)
    for node in nodes.values():
        path = ""
        for name, kind in _scopes(node.name):
            path = f"{path}.{name}" if path else name
            kinds.setdefault(path, kind)
        for around in reversed(list(_around(node.module))):
            kinds.setdefault(around, _UNKNOWN_KIND)
        if node.kind == "param":
            spec = node.output_specs[0]
            params[node.module].setdefault(
                node.label, Param(node.label, spec.shape if spec else None, spec.dtype if spec else UNKNOWN_DTYPE)
            )
    recorded = _recorded_calls(nodes, calls)
    children: defaultdict[str, list[str]] = defaultdict(list)
    for path in kinds:
        if path:
            children[path.rpartition(".")[0]].append(path)
    for path, kind in kinds.items():
        yield Module(
            path, kind, params=tuple(params[path].values()), children=tuple(children[path]), calls=tuple(recorded[path])
        )


def _recorded_calls(nodes: Mapping[str, Node], calls: _Calls) -> defaultdict[str, list[Call]]:
    """Return the calls by module; their inputs and outputs are the tensors that cross their border."""
    inputs: dict[tuple[str, int], dict[tuple[str, int], Slot]] = {}
    outputs: dict[tuple[str, int], dict[tuple[str, int], Slot]] = {}
    parents: dict[tuple[str, int], tuple[str, int] | None] = {}
    for node in nodes.values():
        for path, index in _calls_around(node, calls):
            inputs.setdefault((path, index), {})
            outputs.setdefault((path, index), {})
            above = path.rpartition(".")[0]
            parents.setdefault((path, index), (above, calls.of(node, above) or 0) if path else None)
        _cross(node, nodes, calls, inputs, outputs)
    found: defaultdict[str, list[Call]] = defaultdict(list)
    for path, index in sorted(inputs):
        crossing = (tuple(inputs[path, index].values()), tuple(outputs[path, index].values()))
        found[path].append(Call(path, index, *crossing, parent=parents[path, index]))
    return found


def _cross(
    node: Node,
    nodes: Mapping[str, Node],
    calls: _Calls,
    inputs: dict[tuple[str, int], dict[tuple[str, int], Slot]],
    outputs: dict[tuple[str, int], dict[tuple[str, int], Slot]],
) -> None:
    """Note what a node reads from outside the calls it is in, and for which other calls that is an output."""
    here = set(_calls_around(node, calls))
    for producer, slot in zip(node.inputs, node.input_slots, strict=True):
        made = nodes[producer]
        specs = made.output_specs
        spec = specs[slot] if slot < len(specs) else None
        if spec is None or made.kind == "param":
            continue
        there = set(_calls_around(made, calls))
        for key in here - there:
            inputs[key].setdefault((producer, slot), Slot(str(len(inputs[key])), spec, producer, slot))
        for key in there - here:
            outputs[key].setdefault((producer, slot), Slot(str(len(outputs[key])), spec, producer, slot))


def _calls_around(node: Node, calls: _Calls) -> Iterator[tuple[str, int]]:
    for path in _around(node.module):
        index = calls.of(node, path)
        if index is not None:
            yield path, index
