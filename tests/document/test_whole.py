"""Nothing of a model is lost in its document, and nothing is made up."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from tests.document.documents import NAMES, SMALL, document, of_case, of_name
from visunn_lint.document import decode, encode
from visunn_lint.document.nesting import nest

if TYPE_CHECKING:
    from visunn_lint import Topology
    from visunn_lint.document import Document
    from visunn_lint.document.nesting import Nesting
    from visunn_lint.document.records import Port
    from visunn_lint.spec import TensorSpec

_CASES = {case.name: case for case in SMALL}

# Reentrant checkpoints warn where nothing requires a gradient, and so they do without visunn.
pytestmark = pytest.mark.filterwarnings("ignore:None of the inputs have requires_grad")


@dataclass(frozen=True)
class Drawn:
    """A model's topology, the parts of its run, and its document."""

    topology: Topology
    nesting: Nesting
    document: Document


@pytest.fixture(scope="module", params=[*_CASES, *NAMES])
def drawn(request: pytest.FixtureRequest) -> Drawn:
    """Return a model as it was drawn, captured once for all tests."""
    topology = of_name(request.param) if request.param in NAMES else of_case(_CASES[request.param])
    return Drawn(topology, nest(topology), document(topology))


def test_a_document_holds_the_whole_of_a_model(drawn: Drawn) -> None:
    """Every op, input and output is one box; every call too; every tensor that flows is an edge; counts add up."""
    topology, nesting, made = drawn.topology, drawn.nesting, drawn.document
    assert sorted(nesting.part_of) == sorted(node.name for node in topology.nodes.values() if is_drawn(node.kind))
    assert len(set(nesting.part_of.values())) == len(nesting.part_of)
    assert [box.op for box in made.boxes] == [
        part.node.op if part.node is not None and part.node.kind in {"op", "opaque"} else "" for part in nesting.parts
    ]
    assert {part.key for part in nesting.parts if part.key is not None} == {call.key for call in topology.calls}
    assert made.boxes[0].flops == topology.flops == made.totals.flops
    assert made.boxes[0].parameters == topology.parameter_count
    assert made.totals.ops == sum(1 for box in made.boxes if box.op)


def test_every_tensor_that_flows_is_drawn(drawn: Drawn) -> None:
    """Who reads what another box made has an edge from it, or one through calls that run nothing."""
    topology, nesting, made = drawn.topology, drawn.nesting, drawn.document
    feeds: dict[int, set[int]] = {}
    for edge in made.edges:
        feeds.setdefault(edge.source, set()).add(edge.target)
    silent = {at for at, box in enumerate(made.boxes) if box.kind == "module" and not box.op}
    missing = [
        (producer, node.name)
        for node in topology.nodes.values()
        for producer in node.inputs
        if node.name in nesting.part_of and producer in nesting.part_of
        if nesting.part_of[node.name] not in reached(nesting.part_of[producer], feeds, silent)
    ]
    assert missing == []


def test_shapes_are_those_of_the_run(drawn: Drawn) -> None:
    """Each port of a box has the spec of its tensor."""
    topology, nesting, made = drawn.topology, drawn.nesting, drawn.document
    for part, box in zip(nesting.parts, made.boxes, strict=True):
        if part.key is not None:
            call = topology.call(*part.key)
            given = call.inputs if part.parent >= 0 else topology.captured.inputs
            assert [named(made, port) for port in box.inputs] == [(slot.path, str(slot.spec)) for slot in given]
            assert [named(made, port) for port in box.outputs] == [(slot.path, str(slot.spec)) for slot in call.outputs]
        elif part.node is not None and part.node.kind != "output":
            assert [named(made, port)[1] for port in box.outputs] == list(map(written, part.node.output_specs))


def test_a_document_is_written_down_and_read_back(drawn: Drawn) -> None:
    """It comes back as it was, and passes every check on ids."""
    made = drawn.document
    assert decode(encode(made)) == made


def test_boxes_do_not_overlap(drawn: Drawn) -> None:
    """Siblings of one rank are at least the width of a box apart."""
    made = drawn.document
    rows: dict[tuple[int, int], list[float]] = {}
    for box in made.boxes:
        rows.setdefault((box.parent, box.rank), []).append(box.x)
    assert all(b - a >= 1 for row in rows.values() for a, b in pairwise(sorted(row)))


def is_drawn(kind: str) -> bool:
    """Return whether nodes of a kind are boxes."""
    return kind in {"op", "opaque", "input", "output"}


def reached(start: int, feeds: dict[int, set[int]], silent: set[int]) -> set[int]:
    """Return the box itself, those that it feeds, and those that it feeds through silent ones."""
    found, stack = {start}, [start]
    while stack:
        for each in feeds.get(stack.pop(), ()):
            if each not in found:
                found.add(each)
                stack.extend([each] if each in silent else [])
    return found


def named(made: Document, port: Port) -> tuple[str, str]:
    """Return the name of a port, and its spec as a TensorSpec is written."""
    if port.spec < 0:
        return port.name, "None"
    spec = made.specs[port.spec]
    where = "" if spec.device == "cpu" else f"@{spec.device}"
    return port.name, f"{spec.dtype}[{','.join(map(str, spec.shape))}]{where}"


def written(spec: TensorSpec | None) -> str:
    """Return a spec as text."""
    return str(spec)
