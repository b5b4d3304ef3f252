"""The engine of the old way: torch's own ``graph()``, told in the same words as the native one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from torch import Tensor, nn
from torch.utils.tensorboard import _pytorch_graph

from tests.models.recycled import CHECKPOINTED, LOOP, RECYCLED_RELU, SIAMESE, TWO_NAMES
from tests.models.seed import GOOGLENET, RESNET18, SMALL
from tests.pipeline.feeding import feeds
from visunn_lint import pipeline
from visunn_lint.errors import InputError, VisunnError

if TYPE_CHECKING:
    from tests.models.case import Case
    from visunn_lint.records import Mode
    from visunn_lint.topology import Topology


def captured(model: nn.Module, *args: object, engine: str = "torchscript", mode: Mode = "eval") -> Topology:
    """Return the Topology of a model by an engine."""
    return pipeline.build_topology(pipeline.capture(model, args, engine=engine, mode=mode))


class Shared(nn.Module):
    """A stateless module twice in a row, a block twice in a row, and modules in two lists of the same keys."""

    def __init__(self) -> None:
        super().__init__()
        self.relu = nn.ReLU()
        self.block = Block()
        self.left = nn.ModuleList([nn.Linear(4, 4), nn.ReLU()])
        self.right = nn.ModuleList([nn.Linear(4, 4), nn.ReLU()])

    def forward(self, x: Tensor) -> Tensor:
        """Return what all of them make of the input."""
        x = self.block(self.block(self.relu(self.relu(x))))
        for module in (*self.left, *self.right):
            x = module(x)
        return x


class Block(nn.Module):
    """A cell that is called twice in each call of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.cell = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        """Return the cell's output on its own output."""
        x = self.cell(x)
        x = self.cell(x)
        return x  # noqa: RET504 -- a module's call is Any to mypy


class Sequence(nn.Module):
    """Ops with several outputs, a tuple between modules, a buffer, a size, and a plain tensor."""

    shift: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(4, 6, batch_first=True)
        self.register_buffer("shift", torch.ones(6))
        self.plain = torch.eye(6)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return features and the last state."""
        out, (hidden, _) = self.lstm(x)
        first, second = out.chunk(2, 1)
        joined = torch.cat([first, second], 1) @ self.plain + self.shift
        return joined.view(joined.size(0), -1) * 2, hidden


@pytest.mark.parametrize(
    "case", [*SMALL, RESNET18, GOOGLENET, RECYCLED_RELU, SIAMESE, TWO_NAMES, LOOP, CHECKPOINTED], ids=str
)
def test_both_engines_agree_on_which_call_feeds_which(case: Case) -> None:
    """Calls are told apart although TorchScript does not number them."""
    model = case.build()
    ours, theirs = (captured(model, *case.args(), engine=engine) for engine in ("native", "torchscript"))
    assert feeds(theirs) == feeds(ours)


@pytest.mark.parametrize("mode", ["eval", "train"])
def test_adjacent_calls_are_told_apart(mode: Mode) -> None:
    """A repeated op of a stateless module, or a repeated fetch of a weight or child, begins a new call."""
    model, rows = Shared(), torch.zeros(2, 4)
    ours, theirs = (captured(model, rows, engine=engine, mode=mode) for engine in ("native", "torchscript"))
    assert {call.key: call.parent for call in theirs.calls} == {call.key: call.parent for call in ours.calls}
    assert feeds(theirs) == feeds(ours)


def test_nodes_say_what_the_native_engine_says() -> None:
    """Ops, shapes, sources of data and labels agree; plumbing, lists and constants are gone."""
    nodes = captured(Sequence(), torch.zeros(2, 4, 4)).nodes.values()
    told = [
        (node.op, node.label, [str(spec) for spec in node.output_specs])
        for node in nodes
        if node.kind != "op" and node.label != "lstm.bias_hh_l0"
    ]
    assert sorted(told) == [
        ("buffer", "shift", ["float32[6]"]),
        ("const", "", ["float32[6,6]"]),
        ("input", "x", ["float32[2,4,4]"]),
        ("output", "0", ["float32[2,24]"]),
        ("output", "1", ["float32[1,2,6]"]),
        ("param", "lstm.bias_ih_l0", ["float32[24]"]),
        ("param", "lstm.weight_hh_l0", ["float32[24,6]"]),
        ("param", "lstm.weight_ih_l0", ["float32[24,4]"]),
    ]
    ops = [(node.op, len(node.output_specs)) for node in nodes if node.kind == "op"]
    assert ops == [
        ("aten::zeros", 1), ("aten::zeros", 1), ("aten::lstm", 3), ("aten::chunk", 2), ("aten::cat", 1),
        ("aten::matmul", 1), ("aten::add", 1), ("aten::view", 1), ("aten::mul", 1),
    ]  # fmt: skip


def test_arguments_and_lines_are_told_too() -> None:
    """A convolution is spelled as the user called it, with its arguments, on the user's line."""
    model = nn.Sequential(nn.Conv2d(3, 4, 3, stride=2, bias=False))
    (conv,) = captured(model, torch.zeros(2, 3, 8, 8)).ops()
    assert (conv.op, conv.attributes["stride"], conv.attributes["groups"]) == ("aten::conv2d", (2, 2), 1)
    relu = next(node for node in captured(Shared(), torch.zeros(2, 4)).ops("relu"))
    assert relu.source is not None
    assert relu.source.file == __file__


def test_calls_have_their_tensors() -> None:
    """What crosses the border of a call are its inputs and outputs, with the nodes that made them."""
    topology = captured(Sequence(), torch.zeros(2, 4, 4))
    lstm = topology.call("lstm")
    assert [(slot.path, slot.spec.shape) for slot in lstm.inputs] == [("x", (2, 4, 4))]
    assert [slot.spec.shape for slot in lstm.outputs] == [(2, 4, 6), (1, 2, 6)]
    assert topology.call("").inputs == topology.captured.inputs
    assert [slot.path for slot in topology.call("").outputs] == ["0", "1"]


def test_keyword_arguments_are_put_in_their_places() -> None:
    """What has a position can be given by name."""
    given = {"key": torch.zeros(5, 2, 4), "value": torch.zeros(5, 2, 4), "query": torch.zeros(3, 2, 4)}
    capture = pipeline.capture(nn.MultiheadAttention(4, 2), (), given, engine="torchscript")
    assert pipeline.build_topology(capture)[""].output_shape == (3, 2, 4)


def test_a_model_that_was_built_on_meta_is_given_values() -> None:
    """Tracing computes, so that weights without values become zeros for the run, in a copy."""
    with torch.device("meta"):
        model = nn.Sequential(nn.LSTM(4, 6))
    assert captured(model, torch.zeros(3, 2, 4, device="meta")).call("0").outputs[0].spec.shape == (3, 2, 6)
    assert all(parameter.is_meta for parameter in model.parameters())


class OnlyByName(nn.Module):
    """Takes an argument by name only."""

    def forward(self, x: Tensor, *, scale: float) -> Tensor:
        """Return the scaled input."""
        return x * scale


class Prints(nn.Module):
    """Prints, and returns what TorchScript does not know."""

    def forward(self, x: Tensor) -> object:
        """Return a set."""
        print("hello")  # noqa: T201 -- what users' models do
        return {str(x.shape)}


@pytest.mark.parametrize(
    ("model", "kwargs", "reason"),
    [
        (OnlyByName(), {"scale": 2.0}, "by position only"),
        (Prints(), {}, "cannot capture Prints"),
        (nn.Linear(3, 3), {}, "cannot capture Linear: mat1 and mat2 shapes cannot be multiplied"),
    ],
    ids=["keyword-only", "unknown type", "forward raises"],
)
@pytest.mark.filterwarnings("error")
def test_what_torch_cannot_trace_is_one_line_and_the_engine_to_use(
    model: nn.Module, kwargs: dict[str, object], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is printed, no warning gets out, and the hint says which engine does it."""
    with pytest.raises(VisunnError, match=reason) as caught:
        pipeline.capture(model, (torch.zeros(2, 4),), kwargs, engine="torchscript")
    assert "native" in caught.value.hint
    assert "\n" not in caught.value.message
    assert capsys.readouterr().out == ""


def test_inputs_too_large_to_be_given_values_are_refused() -> None:
    """Torch's tracer runs on real memory, of which there is not as much."""
    with pytest.raises(InputError, match=r"a run with values takes .* MB of memory, which is too much"):
        pipeline.capture(nn.Identity(), (torch.empty(1 << 50, device="meta"),), engine="torchscript")


class Changing(nn.Module):
    """Changes itself in every run: statistics, a counter, a list, random numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.norm, self.drop, self.frozen = nn.BatchNorm1d(4), nn.Dropout(), nn.BatchNorm1d(4)
        self.frozen.eval()
        self.calls = 0
        self.history: list[Tensor] = []

    def forward(self, x: Tensor) -> Tensor:
        """Return a normalised input with holes."""
        self.calls += 1
        self.history.append(x)
        x = self.drop(self.frozen(self.norm(x)))
        return x  # noqa: RET504 -- a module's call is Any to mypy


def test_the_model_is_left_as_it_was() -> None:
    """Values, flags of each part, attributes and random state; and torch's own parser is back in its place."""
    model, rows, parse = Changing().train(), torch.rand(3, 4), _pytorch_graph.parse
    model.frozen.eval()
    state = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    attributes, random = dict(model.__dict__), torch.get_rng_state()
    pipeline.capture(model, (rows,), engine="torchscript", mode="train")
    assert all(torch.equal(tensor, state[name]) for name, tensor in model.state_dict().items())
    assert (model.training, model.norm.training, model.frozen.training) == (True, True, False)
    assert (model.__dict__, model.history, model.calls) == (attributes, [], 0)
    assert torch.equal(torch.get_rng_state(), random)
    assert _pytorch_graph.parse is parse
