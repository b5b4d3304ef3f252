"""Unusual names, ops with several outputs, structured inputs and outputs: all arrive in the topology as they are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

import visunn_lint
from tests.models import structures

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.models.case import Case
    from visunn_lint import Topology
    from visunn_lint.records import Node, Slot

_LEGAL = re.compile(r"[A-Za-z0-9.][A-Za-z0-9_./-]*")
"""What TensorBoard takes for the name of a node."""


def test_any_key_of_a_module_dict_is_kept_in_paths() -> None:
    """A module is found, and its ops and calls are its own, whatever characters its key has."""
    topology = trace(structures.NASTY_NAMES)
    paths = [f"layers.{key}" for key in structures.NASTY_KEYS]
    assert [module.path for module in topology.find(kind="Linear")] == paths
    assert [node.module for node in topology.ops("linear")] == paths
    assert [topology.call(path).key for path in paths] == [(path, 0) for path in paths]


def test_any_key_of_a_module_dict_gives_legal_names() -> None:
    """Node names are ones that TensorBoard takes, and no two keys share one."""
    topology = trace(structures.NASTY_NAMES)
    assert [name for name in topology.nodes if not _LEGAL.fullmatch(name)] == []
    assert len({node.name for node in topology.ops("linear")}) == len(structures.NASTY_KEYS)


def test_a_reader_names_the_output_that_it_reads() -> None:
    """Of an op with several outputs each reader has the slot, in the order of its own arguments."""
    topology = trace(structures.SEVERAL_OUTPUTS)
    assert [(node.short_op, reads(topology, node)) for node in topology.ops()] == [
        ("chunk", []),
        ("zeros", []),
        ("zeros", []),
        ("lstm", [("chunk", 1), ("zeros", 0), ("zeros", 0)]),
        ("topk", [("chunk", 0)]),
        ("split", [("topk", 0)]),
        ("gather", [("chunk", 0), ("topk", 1)]),
        ("transpose", [("lstm", 1)]),
        ("transpose", [("lstm", 2)]),
        ("cat", [("split", 1), ("split", 0), ("gather", 0), ("transpose", 0), ("transpose", 0)]),
    ]


def test_every_output_of_an_op_has_its_spec() -> None:
    """Values and indices of topk differ in dtype, the three outputs of an LSTM in shape."""
    topology = trace(structures.SEVERAL_OUTPUTS)
    assert {
        node.short_op: list(map(str, node.output_specs)) for node in topology.ops() if len(node.output_specs) > 1
    } == {
        "chunk": ["float32[2,3,2]", "float32[2,3,2]"],
        "lstm": ["float32[2,3,2]", "float32[1,2,2]", "float32[1,2,2]"],
        "topk": ["float32[2,2,2]", "int64[2,2,2]"],
        "split": ["float32[2,1,2]", "float32[2,1,2]"],
    }


@pytest.mark.parametrize(
    ("case", "outputs"),
    [
        (
            structures.DICT_OUTPUT,
            ["logits float32[2,2]", "features.0 float32[2,4]", "features.1 float32[2,8]"],
        ),
        (structures.TUPLE_OUTPUT, ["0 float32[2,2]", "1.0 float32[2,3]"]),
        (structures.DATACLASS_OUTPUT, ["logits float32[2,2]", "hidden float32[2,8]"]),
    ],
    ids=str,
)
def test_outputs_are_named_by_where_they_stand(case: Case, outputs: list[str]) -> None:
    """Dicts, tuples and dataclasses give their tensors by path, and what is no tensor is left out."""
    topology = trace(case)
    assert spell(topology.call("").outputs) == outputs
    labels = [node.label for node in topology.nodes.values() if node.kind == "output"]
    assert labels == [output.partition(" ")[0] for output in outputs]


def test_inputs_are_named_by_argument_and_path() -> None:
    """A dict of tensors gives one input each; the mask that is not given is none."""
    topology = trace(structures.KEYWORD_INPUTS)
    assert spell(topology.call("").inputs) == ["batch.tokens int64[2,3]", "batch.dense float32[2,3,4]"]
    labels = [node.label for node in topology.nodes.values() if node.kind == "input"]
    assert labels == ["batch.tokens", "batch.dense"]


def test_what_call_does_outside_forward_belongs_to_the_call() -> None:
    """A module that overrides ``__call__`` has its ops, and its output, from all of it."""
    topology = trace(structures.OWN_CALL)
    assert [(node.op, node.module, node.call) for node in topology.ops()] == [
        ("aten::linear", "part", 0),
        ("aten::mul", "part", 0),
    ]
    assert [slot.node for slot in topology.call("part").outputs] == [node.name for node in topology.ops("mul")]


def test_a_write_in_place_comes_between_a_tensor_and_its_later_readers() -> None:
    """What reads a tensor after it was written to reads the op that wrote."""
    topology = trace(structures.IN_PLACE)
    chain = [topology.producers(node)[0].short_op for node in topology.ops()]
    assert chain == ["input", "mul_", "setitem"]


def trace(case: Case) -> Topology:
    """Return the topology of a case's model."""
    return visunn_lint.trace(case.build(), case.args(), case.kwargs())


def reads(topology: Topology, node: Node) -> list[tuple[str, int]]:
    """Return the ops that a node reads, and which of their outputs."""
    producers = [topology.nodes[name] for name in node.inputs]
    pairs = zip(producers, node.input_slots, strict=True)
    return [(producer.short_op, slot) for producer, slot in pairs if producer.kind == "op"]


def spell(slots: Iterable[Slot]) -> list[str]:
    """Return path and spec of each slot."""
    return [f"{slot.path} {slot.spec}" for slot in slots]
