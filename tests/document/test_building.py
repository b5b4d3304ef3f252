"""What a document says of a model: which boxes there are, in which order, and what is marked in them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch
from torch import Tensor, nn

import visunn_lint
from tests.document.documents import document, of_case, of_name
from tests.models import recycled, structures
from tests.pipeline.test_foreign import read_torchs_graph
from visunn_lint.document import Older, build, decode, encode
from visunn_lint.document.records import Change, Place
from visunn_lint.document.records import Tensor as Stored
from visunn_lint.finding import Finding, Severity
from visunn_lint.location import Location
from visunn_lint.outline import outline
from visunn_lint.records import Call, Captured, Module, Node, Slot
from visunn_lint.spec import TensorSpec
from visunn_lint.topology import Topology

if TYPE_CHECKING:
    from visunn_lint.document import Document

_SPEC = TensorSpec((2, 4), "float32")


class Passing(nn.Module):
    """A layer whose second half does nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(4, 4)
        self.nothing = nn.Identity()
        self.last = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        """Return what comes out of all three."""
        made: Tensor = self.last(self.nothing(self.first(x)))
        return made


class Around(nn.Module):
    """A layer that is run by its forward, and a weight that is read from outside."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(4, 4)
        self.second = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        """Return what both make of it, without calling either."""
        return nn.functional.linear(self.first.forward(x), self.second.weight)


class Stack(nn.Module):
    """Layers, all alike but for what they are told of their place."""

    def __init__(self, depth: int, width: int = 4) -> None:
        super().__init__()
        self.layers = nn.ModuleList(Layer(width, at) for at in range(depth))
        self.query, self.key = nn.Linear(width, width), nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        """Return what comes out of all of them."""
        for layer in self.layers:
            x = layer(x)
        made: Tensor = self.key(self.query(x))
        return made


class Layer(nn.Module):
    """A layer that knows its place."""

    def __init__(self, width: int, layer_idx: int) -> None:
        super().__init__()
        self.layer_idx = layer_idx
        self.linear = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        """Return twice the sum of both."""
        return torch.relu(self.linear(x)) + x


def test_the_boxes_of_a_siamese_net() -> None:
    """Both calls of the encoder are boxes with boxes in them, in order of execution."""
    assert drawn(document(of_case(recycled.SIAMESE))) == [
        "Siamese", "  left", "  right", "  encoder", "    0 linear", "    1 relu", "  encoder#1", "    0#1 linear",
        "    1#1 relu", "  head bilinear", "  0",
    ]  # fmt: skip


def test_a_module_that_calls_itself_holds_itself() -> None:
    """Each call is in the one that made it."""
    assert drawn(document(of_case(recycled.RECURSIVE)))


def test_a_call_that_runs_nothing_hands_its_input_on() -> None:
    """An Identity stands in the flow, where its call was."""
    made = document(visunn_lint.trace(Passing(), inputs="2x4"))
    assert drawn(made) == ["Passing", "  x", "  first linear", "  nothing", "  last relu", "  0"]
    assert [(edge.source, edge.target) for edge in made.edges] == [(1, 2), (2, 3), (3, 4), (4, 5)]
    assert [(box.rank, box.x) for box in made.boxes[1:]] == [(at, 0.0) for at in range(5)]


def test_what_goes_round_a_call_is_an_op_of_the_caller() -> None:
    """A forward that was called directly is a call; an op that reads another module's weight names it."""
    made = document(visunn_lint.trace(Around(), inputs="2x4"))
    assert drawn(made) == ["Around", "  x", "  first linear", "  linear", "  0"]
    assert (made.boxes[3].reads, made.boxes[3].parameters) == (("second.weight",), 16)


def test_a_model_without_ops_is_drawn() -> None:
    """Its input is its output."""
    made = document(visunn_lint.trace(nn.Identity(), inputs="2x4"))
    assert drawn(made) == ["Identity", "  input", "  0"]
    assert [(edge.source, edge.target) for edge in made.edges] == [(1, 2)]


def test_a_topology_of_which_nothing_is_known_is_drawn() -> None:
    """No modules, no calls, no nodes: one box."""
    made = document(Topology("none", {}, {}, Captured("file", "file")))
    assert drawn(made) == ["none"]
    assert decode(encode(made)) == made


def test_calls_that_call_each_other_hang_on_the_model() -> None:
    """What a damaged log may say: a before b before a, and an op in a call that there is not."""
    calls = {"a": Call("a", 0, (), (), parent=("b", 0)), "b": Call("b", 0, (), (), parent=("a", 0))}
    modules = {"": Module("", "Net", children=("a", "b"))}
    modules |= {name: Module(name, "Part", calls=(call,)) for name, call in calls.items()}
    nodes = {
        "x": Node("x", "aten::relu", "op", "a", 7, output_specs=(_SPEC,)),
        "y": Node("y", "aten::relu", "op", "c.d", 0, ("x",), (0,), output_specs=(_SPEC,)),
    }
    made = document(Topology("loop", modules, nodes, Captured("file", "file")))
    assert drawn(made) == ["loop", "  a", "    b", "    relu", "  relu"]
    assert decode(encode(made)) == made


def test_a_graph_that_another_program_wrote_is_drawn() -> None:
    """What torch logs has no calls, no sources and other labels: the same boxes come of it, and repeats are folded."""
    made = document(read_torchs_graph(Stack(3), torch.zeros(2, 4)))
    assert drawn(made)[:3] == ["Stack", "  x", "  0"]
    assert [box.label for box in made.boxes if box.kind == "op"] == ["relu", "add"] * 3
    assert [[made.boxes[each].label for each in fold.members] for fold in made.folds] == [["0", "1", "2"]]


def test_what_is_stored_stands_at_its_module() -> None:
    """Parameters and buffers are no boxes; modules that are never called stand in the table."""
    made = document(visunn_lint.trace(nn.BatchNorm1d(4), inputs="2x4"))
    assert made.modules[0].tensors == (
        Stored("weight", (4,), "float32"),
        Stored("bias", (4,), "float32"),
        Stored("running_mean", (4,), "float32", buffer=True, trainable=False),
        Stored("running_var", (4,), "float32", buffer=True, trainable=False),
        Stored("num_batches_tracked", (), "int64", buffer=True, trainable=False),
    )


def test_layers_that_are_alike_are_folded() -> None:
    """Numbered siblings of one form are, their index aside; two named layers of one form are not."""
    made = document(visunn_lint.trace(Stack(4), inputs="2x4"))
    assert [[made.boxes[each].label for each in fold.members] for fold in made.folds] == [
        ["layers.0", "layers.1", "layers.2", "layers.3"]
    ]


def test_calls_of_one_module_are_not_folded() -> None:
    """That a module is used again is what the reader should see."""
    assert document(of_case(recycled.SIAMESE)).folds == ()


def test_a_layer_of_another_width_is_not_folded() -> None:
    """What is folded has the same shapes everywhere."""
    made = document(visunn_lint.trace(nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4), nn.Linear(4, 2)), inputs="2x4"))
    assert [fold.members for fold in made.folds] == [(2, 3)]


def test_a_finding_stands_at_its_box_and_line() -> None:
    """By its op, else by the first call of its module; with the lines around it."""
    topology = of_case(recycled.SIAMESE)
    node = topology.ops("relu")[1]
    place = Location(__file__, 3)
    found = [
        Finding("VIS1", "a", Severity.ERROR, "by op\nand more", "encoder.1", node.name, place, help="so"),
        Finding("VIS2", "b", Severity.INFO, "by module", "encoder"),
        Finding("VIS3", "c", Severity.WARNING, "by neither", "gone"),
    ]
    made = build(topology, root=Path(__file__).parent, findings=found)
    assert [(each.severity, each.message, each.box) for each in made.findings] == [
        ("error", "by op\nand more", 8),
        ("info", "by module", 3),
        ("warning", "by neither", -1),
    ]
    assert [(each.module, each.source) for each in made.findings] == [
        (3, Place(len(made.files) - 1, 3)),
        (1, None),
        (-1, None),
    ]
    assert [number for number, _ in made.findings[0].lines] == [1, 2, 3, 4, 5]
    assert made.findings[0].lines[2] == (3, "from __future__ import annotations")
    assert made.files[-1] == "test_building.py"


def test_the_line_of_a_report_is_found_from_the_root() -> None:
    """A report's places are relative to the project."""
    finding = Finding("VIS1", "a", Severity.INFO, "here", location=Location(Path(__file__).name, 1))
    made = build(of_case(recycled.SIAMESE), root=Path(__file__).parent, findings=[finding])
    assert [number for number, _ in made.findings[0].lines] == [1, 2, 3]


def test_what_came_is_marked_with_all_in_it() -> None:
    """A resnet34 has blocks that a resnet18 has not."""
    before, after = of_name("resnet18"), of_name("resnet34")
    made = build(after, root=Path.cwd(), against=Older("v1", outline(before)))
    assert made.against is not None
    assert made.against.name == "v1"
    assert made.against.changes[0] == Change("added", None, "layer1.2", box=23)
    assert [box.label for box in made.boxes[23:31]] == ["2", "conv1", "bn1", "relu", "conv2", "bn2", "add_", "relu"]
    assert {box.change for box in made.boxes[23:31]} == {"added"}
    assert made.boxes[22].change is None
    assert made.boxes[31].change is None


def test_what_went_is_a_ghost_behind_what_fed_it() -> None:
    """The blocks that a resnet18 lacks stand where they were, without contents or edges."""
    before, after = of_name("resnet34"), of_name("resnet18")
    made = build(after, root=Path.cwd(), against=Older("v1", outline(before)))
    assert made.against is not None
    ghosts = [made.boxes[change.box] for change in made.against.changes]
    assert [(made.boxes[ghost.parent].label, ghost.label, ghost.rank) for ghost in ghosts] == [
        ("layer1", "2", 2), ("layer2", "2", 2), ("layer2", "3", 3), ("layer3", "2", 2), ("layer3", "3", 3),
        ("layer3", "4", 4), ("layer3", "5", 5), ("layer4", "2", 2),
    ]  # fmt: skip
    assert {ghost.change for ghost in ghosts} == {"removed"}
    assert decode(encode(made)) == made


def test_what_changed_tells_what_was() -> None:
    """The box of a module that is built otherwise is marked, and says before and after."""
    before, after = (visunn_lint.trace(nn.Sequential(nn.Linear(4, 4, bias=has)), inputs="2x4") for has in (True, False))
    made = build(after, root=Path.cwd(), against=Older("v1", outline(before)))
    assert made.against is not None
    assert made.against.changes == (
        Change("changed", "0", "0", 2, (("bias", "", "False"), ("bias", "float32[4]", ""))),
    )
    assert made.boxes[2].change == "changed"


def test_a_forward_that_fails_tells_why() -> None:
    """The boxes are what ran until there."""
    model = nn.Sequential(nn.Linear(4, 4), nn.Linear(5, 4))
    with pytest.raises(visunn_lint.CaptureError) as raised:
        visunn_lint.trace(model, inputs="2x4")
    made = document(raised.value.topology)
    assert made.failure is not None
    assert made.failure.message.startswith("RuntimeError: ")
    assert made.modules[made.failure.module].path == "1"
    assert "  0 linear" in drawn(made)


@pytest.mark.parametrize(
    "name",
    ["\x1b[31mred", "a\0b", "\ud800", "\u202egnp.exe", "x" * 1_000_000, "</script>", "größe", "a\nb"],
    ids=["ansi", "nul", "surrogate", "right to left", "long", "tag", "umlaut", "newline"],
)
def test_any_name_can_be_written_down(name: str) -> None:
    """Control characters and halves of characters are written out, a name without an end is cut."""
    topology = of_case(structures.NASTY_NAMES)
    spec = replace(_SPEC, device=name)
    modules = {"": Module("", name), name: Module(name, f"a.{name}", hyperparameters={name: name})}
    nodes = {name: Node(name, f"aten::{name}", "op", name, None, attributes={name: name}, label=name)}
    captured = replace(topology.captured, inputs=(Slot(name, spec, name),), input_spec=name)
    made = document(Topology(name, modules, nodes, captured))
    assert decode(encode(made)) == made
    assert len(encode(made)) < 20_000
    assert made.boxes[0].label.isprintable()


def drawn(made: Document) -> list[str]:
    """Return a line for each box: its label by depth, which call it is, and its op where it is a call of that alone."""
    depth: dict[int, int] = {-1: -1}
    lines = []
    for number, box in enumerate(made.boxes):
        depth[number] = depth[box.parent] + 1
        call = f"#{box.call}" if box.kind == "module" and box.call else ""
        op = f" {box.op.rpartition('::')[2]}" if box.kind == "module" and box.op else ""
        lines.append(f"{'  ' * depth[number]}{box.label}{call}{op}")
    return lines
