"""From the parts of a run to the boxes of a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visunn_lint import cost
from visunn_lint.document import wording
from visunn_lint.document.families import family_of_container, family_of_leaf, family_of_op
from visunn_lint.document.records import Box, Port
from visunn_lint.query import STORED_KINDS
from visunn_lint.tree import places

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from visunn_lint.document.modules import Modules
    from visunn_lint.document.nesting import Key, Nesting, Part
    from visunn_lint.document.records import BoxKind, Family
    from visunn_lint.document.tables import Files, Specs
    from visunn_lint.location import Location
    from visunn_lint.records import Call, Node, Slot
    from visunn_lint.spec import TensorSpec
    from visunn_lint.topology import Topology

_KINDS: Mapping[str, BoxKind] = {"op": "op", "opaque": "opaque", "input": "input", "output": "output"}
_RUN = frozenset({"op", "opaque"})


class BoxMaker:
    """What is known of a run; makes the box of one of its parts, as yet without a place in the drawing."""

    def __init__(self, topology: Topology, nesting: Nesting, modules: Modules, specs: Specs, files: Files) -> None:
        self._topology = topology
        self._nesting = nesting
        self._modules = modules
        self._specs = specs
        self._files = files
        self._holders = {part.parent for part in nesting.parts}
        self._flops = _flops(nesting.parts)

    def box(self, number: int) -> Box:
        """Return the box of a part."""
        part = self._nesting.parts[number]
        if part.key is not None:
            return self._call_box(number, part, part.key)
        assert part.node is not None  # noqa: S101 -- what is no call is a node
        return self._node_box(number, part, part.node)

    def _call_box(self, number: int, part: Part, key: Key) -> Box:
        path, index = key
        call, module = self._nesting.calls.get(key), self._topology.modules.get(path)
        kind, op = module.short_kind if module is not None else "", part.node.short_op if part.node else ""
        inputs, outputs = self._borders(call, number)
        return Box(
            kind="module",
            label=wording.name(self._label(part, path)),
            family=family_of_container(kind) if number in self._holders else family_of_leaf(kind, op),
            parent=part.parent,
            module=self._modules.of(path),
            call=index,
            op=wording.name(part.node.op) if part.node else "",
            inputs=self._specs.ports(inputs),
            outputs=self._specs.ports(outputs),
            parameters=self._modules.parameters.get(path, 0),
            flops=self._flops[number],
            bytes=sum(slot.spec.nbytes for slot in outputs),
            source=self._files.place(self._source(number, call)),
        )

    def _borders(self, call: Call | None, number: int) -> tuple[Sequence[Slot], Sequence[Slot]]:
        """Return what goes into a call and comes out; the model's own inputs go by the names of their parameters."""
        outputs = () if call is None else call.outputs
        if number == 0 and self._topology.captured.inputs:
            return self._topology.captured.inputs, outputs
        return () if call is None else call.inputs, outputs

    def _source(self, number: int, call: Call | None) -> Location | None:
        """Return the line of a call; nobody but us called the model, so that its line is where it is made."""
        if number:
            return None if call is None else call.source
        model = self._topology.modules.get("")
        return None if model is None else model.source

    def _label(self, part: Part, path: str) -> str:
        """Return the name of a module as its caller would say it: the path from there on."""
        if part.parent < 0:
            return self._topology.name
        caller = self._nesting.parts[part.parent].key
        return places.label(path, caller[0] if caller is not None else "") or self._topology.name

    def _node_box(self, number: int, part: Part, node: Node) -> Box:
        stored = [name for name in dict.fromkeys(node.inputs) if self._topology.nodes[name].kind in STORED_KINDS]
        return Box(
            kind=_KINDS[node.kind],
            label=wording.name(node.short_op if node.kind in _RUN else node.label or node.short_op),
            family=_family(node),
            parent=part.parent,
            module=self._modules.of(node.module),
            call=node.call or 0,
            op=wording.name(node.op) if node.kind in _RUN else "",
            inputs=self._operands(node),
            outputs=tuple(Port(str(at), self._specs.of(spec)) for at, spec in enumerate(_given(node))),
            attributes={wording.name(name): wording.value(value) for name, value in node.attributes.items()},
            reads=tuple(wording.name(self._topology.nodes[name].label) for name in stored),
            parameters=sum(self._numel(name) for name in stored if self._topology.nodes[name].kind == "param"),
            flops=self._flops[number],
            bytes=sum(spec.nbytes for spec in _given(node) if spec is not None),
            source=self._files.place(node.source),
        )

    def _operands(self, node: Node) -> tuple[Port, ...]:
        """Return the tensors that an op is given, but for the stored ones, by their position among all."""
        found = []
        for at, (name, slot) in enumerate(zip(node.inputs, node.input_slots, strict=True)):
            producer = self._topology.nodes[name]
            if producer.kind not in STORED_KINDS:
                spec = node.input_specs[at] if at < len(node.input_specs) else None
                made = producer.output_specs[slot] if slot < len(producer.output_specs) else None
                found.append(Port(str(at), self._specs.of(spec or made)))
        return tuple(found)

    def _numel(self, name: str) -> int:
        return sum(spec.numel for spec in self._topology.nodes[name].output_specs if spec is not None)


def _given(node: Node) -> tuple[TensorSpec | None, ...]:
    """Return what a node gives to others: nothing comes behind an output."""
    return () if node.kind == "output" else node.output_specs


def _family(node: Node) -> Family:
    if node.kind == "input":
        return "input"
    return "output" if node.kind == "output" else family_of_op(node.short_op)


def _flops(parts: Sequence[Part]) -> list[int]:
    """Return the floating point operations of each part and of all in it."""
    counts = [cost.node_flops(part.node) if part.node is not None else 0 for part in parts]
    for number in range(len(parts) - 1, 0, -1):
        counts[parts[number].parent] += counts[number]
    return counts
