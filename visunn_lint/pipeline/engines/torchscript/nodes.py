"""From the statements of a TorchScript graph to nodes, in the spelling of the user's API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visunn_lint.pipeline.engines.torchscript.calls import CallSplitter
from visunn_lint.pipeline.engines.torchscript.statements import flat_outputs, paths_of_modules
from visunn_lint.pipeline.graphdef import Names
from visunn_lint.records import Node, short_op
from visunn_lint.spec import TensorSpec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from visunn_lint.pipeline.engines.torchscript.calls import CallKey
    from visunn_lint.pipeline.engines.torchscript.statements import Program, Statement
    from visunn_lint.records import Module, NodeKind, Param
    from visunn_lint.spec import Plain

_UNPACKS = frozenset({"prim::ListUnpack", "prim::TupleUnpack"})
_LISTS = frozenset({"prim::ListConstruct", "prim::TupleConstruct"})


class NodeBuilder:
    """Makes the nodes of a run, statement by statement; ``parents`` tells the call around each call."""

    def __init__(self, root: str, program: Program, modules: Sequence[Module]) -> None:
        self.nodes: dict[str, Node] = {}
        self._root, self._program = root, program
        self._names = Names()
        self._modules = {name: module for module in modules for name in (module.path, *module.aliases)}
        self._owners = paths_of_modules(program)
        self._places: dict[str, tuple[str, int]] = {}
        self._constants: dict[str, Plain] = {}
        self._stored: dict[str, str] = {}
        bare = [module for module in modules if not (module.params or module.buffers or module.children)]
        self._splitter = CallSplitter(
            {module.path for module in bare}, {module.path for module in bare if module.kind.startswith("torch.nn.")}
        )

    @property
    def parents(self) -> Mapping[CallKey, CallKey | None]:
        """The call around each call, None for the root's."""
        return self._splitter.parents

    def build(self, inputs: Sequence[str]) -> dict[str, Node]:
        """Return the nodes by name; ``inputs`` are the labels of the tensors that forward was given."""
        values = self._program.inputs
        labels = inputs if len(inputs) == len(values) else [value.name.partition(".")[0] for value in values]
        for label, value in zip(labels, values, strict=True):
            name = self._names.take(self._root, "input", label)
            self._places[value.name] = (
                self._add(Node(name, "input", "input", output_specs=(value.spec,), label=label)),
                0,
            )
        for statement in self._program.statements:
            self._take(statement)
        for label, result in flat_outputs(self._program):
            if result in self._places:
                self._add_output(label, *self._places[result])
        return self.nodes

    def _add_output(self, label: str, producer: str, slot: int) -> None:
        name = self._names.take(self._root, "output", label)
        spec = self.nodes[producer].output_specs[slot : slot + 1] or (None,)
        self._add(Node(name, "output", "output", "", None, (producer,), (slot,), spec, spec, label=label))

    def _take(self, statement: Statement) -> None:
        if statement.kind == "prim::GetAttr":
            self._fetch(statement)
        elif statement.kind == "prim::Constant":
            self._take_constant(statement)
        elif statement.kind in _UNPACKS:
            for value in statement.outputs:
                self._places[value.name] = self._add_op(statement, (value.spec,)), 0
        else:
            self._take_op(statement)

    def _fetch(self, statement: Statement) -> None:
        """Take note of what is fetched from which module; a parameter or a buffer becomes a node."""
        owner = self._modules.get(self._owners.get(statement.inputs[0], ""))
        value = statement.outputs[0]
        if owner is None:
            return
        self._splitter.fetch(owner.path, statement.attribute)
        if value.is_module:
            return
        stored: tuple[tuple[NodeKind, tuple[Param, ...]], ...] = (("param", owner.params), ("buffer", owner.buffers))
        for kind, tensors in stored:
            for tensor in tensors:
                if tensor.name == statement.attribute:
                    self._places[value.name] = self._store(tensor, kind), 0

    def _store(self, tensor: Param, kind: NodeKind) -> str:
        """Return the node of a parameter or buffer, made when it is first read under any of its names."""
        for path in (tensor.path, *tensor.shared_with):
            if path in self._stored:
                return self._stored[path]
        name = self._stored[tensor.path] = self._add(
            Node(
                self._names.take(self._root, *tensor.path.split(".")),
                kind,
                kind,
                module=tensor.path.rpartition(".")[0],
                output_specs=(None if tensor.shape is None else TensorSpec(tensor.shape, tensor.dtype, tensor.device),),
                attributes={"requires_grad": tensor.requires_grad},
                label=tensor.path,
            )
        )
        return name

    def _take_constant(self, statement: Statement) -> None:
        """Take a tensor from before the run as a node of its own kind, any other constant as an argument to come."""
        value = statement.outputs[0]
        if value.spec is None or not value.spec.shape:
            self._constants[value.name] = statement.constant
            self._places[value.name] = self._add_op(statement, (value.spec,)), 0
            return
        origin: dict[str, Plain] = {"requires_grad": False, "is_leaf": True, "origin": "elsewhere", "holder": ""}
        name = self._names.take(self._root, "const")
        self._places[value.name] = (
            self._add(Node(name, "const", "const", output_specs=(value.spec,), attributes=origin)),
            0,
        )

    def _take_op(self, statement: Statement) -> None:
        if statement.kind in _LISTS and all(name in self._constants for name in statement.inputs):
            items = tuple(self._constants[name] for name in statement.inputs)
            self._constants.update((value.name, items) for value in statement.outputs)
        name = self._add_op(statement, tuple(value.spec for value in statement.outputs))
        self._places.update((value.name, (name, slot)) for slot, value in enumerate(statement.outputs))

    def _add_op(self, statement: Statement, outputs: tuple[TensorSpec | None, ...]) -> str:
        scope = [self._modules[path].path for path in statement.scope if path in self._modules]
        is_plumbing = statement.kind.startswith("prim::") and statement.kind != "prim::PythonOp"
        module = scope[-1] if scope else ""
        call = 0 if is_plumbing else self._splitter.place(statement, scope)[1]
        arguments = {
            name: self._constants[value]
            for name, value in zip(statement.parameters, statement.inputs, strict=False)
            if value in self._constants
        }
        edges = [self._places[value] for value in statement.inputs if value in self._places]
        specs = [self.nodes[name].output_specs for name, _ in edges]
        op = _user_level(statement.kind, arguments, specs)
        return self._add(
            Node(
                self._names.take(self._root, *module.split("."), short_op(op)),
                op,
                "op",
                module,
                call,
                tuple(name for name, _ in edges),
                tuple(slot for _, slot in edges),
                tuple(spec[slot] for spec, (_, slot) in zip(specs, edges, strict=True)),
                outputs,
                arguments,
                statement.source,
            )
        )

    def _add(self, node: Node) -> str:
        self.nodes[node.name] = node
        return node.name


def _user_level(op: str, arguments: Mapping[str, Plain], inputs: Sequence[Sequence[TensorSpec | None]]) -> str:
    """Return ``aten::conv2d`` for the ``aten::_convolution`` that convolutions trace to, other ops as they are."""
    weight = inputs[1][0] if op == "aten::_convolution" and len(inputs) > 1 else None
    if weight is None:
        return op
    return f"aten::conv{'_transpose' if arguments.get('transposed') else ''}{len(weight.shape) - 2}d"
