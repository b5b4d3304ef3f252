"""FLOPs agree with torch's own counter; bytes follow torchinfo's convention."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch
import torchvision
from torch import nn
from torch.nn import functional as F  # noqa: N812 -- torch's own convention
from torch.utils.flop_counter import FlopCounterMode

from visunn_lint import cost, pipeline
from visunn_lint.records import Call, Captured, Module, Node, Param, Slot
from visunn_lint.spec import TensorSpec
from visunn_lint.topology import Topology

if TYPE_CHECKING:
    from collections.abc import Callable

    from visunn_lint.spec import Plain


def spec(*shape: int) -> TensorSpec:
    """Return a float tensor's spec."""
    return TensorSpec(shape, "float32")


def node(op: str, inputs: tuple[tuple[int, ...], ...], output: tuple[int, ...], **attributes: Plain) -> Node:
    """Return an op node that reads tensors of these shapes."""
    return Node(
        name=op,
        op=f"aten::{op}",
        kind="op",
        inputs=tuple(map(str, range(len(inputs)))),
        input_slots=(0,) * len(inputs),
        input_specs=tuple(spec(*shape) for shape in inputs),
        output_specs=(spec(*output),),
        attributes=attributes,
    )


def measured(run: Callable[..., torch.Tensor], *shapes: tuple[int, ...]) -> tuple[int, tuple[int, ...]]:
    """Return what torch counts for a function of tensors, and the shape of its result."""
    with FlopCounterMode(display=False) as counter:
        output = run(*(torch.empty(shape, device="meta") for shape in shapes))
    return counter.get_total_flops(), tuple(output.shape)


PRODUCTS: list[tuple[str, Callable[..., torch.Tensor], tuple[tuple[int, ...], ...]]] = [
    ("matmul", torch.matmul, ((2, 3, 4, 5), (5, 6))),
    ("matmul", torch.matmul, ((4, 5), (3, 5, 6))),
    ("matmul", torch.matmul, ((5,), (3, 5, 6))),
    ("__matmul__", torch.matmul, ((4, 5), (5, 6))),
    ("mm", torch.mm, ((4, 5), (5, 6))),
    ("bmm", torch.bmm, ((2, 4, 5), (2, 5, 6))),
    ("linear", F.linear, ((2, 3, 4), (5, 4), (5,))),
    ("linear", F.linear, ((4,), (5, 4))),
    ("inner", torch.inner, ((4, 3), (5, 3))),
    ("addmm", torch.addmm, ((5,), (3, 4), (4, 5))),
    ("baddbmm", torch.baddbmm, ((2, 3, 5), (2, 3, 4), (2, 4, 5))),
    ("tensordot", torch.tensordot, ((3, 4, 5), (4, 5, 6))),
    ("linalg_multi_dot", lambda *all_: torch.linalg.multi_dot(all_), ((20, 3), (3, 40), (40, 5))),
    ("linalg_multi_dot", lambda *all_: torch.linalg.multi_dot(all_), ((2, 30), (30, 40), (40, 5), (5, 7))),
    ("conv1d", F.conv1d, ((2, 4, 8), (6, 4, 3), (6,))),
    ("conv2d", F.conv2d, ((2, 3, 8, 9), (6, 3, 3, 2))),
    ("conv2d", F.conv2d, ((3, 8, 8), (6, 3, 3, 3))),
    ("conv2d", lambda x, w: F.conv2d(x, w, stride=2, padding=1, groups=4), ((2, 8, 9, 9), (16, 2, 3, 3))),
    ("conv3d", F.conv3d, ((2, 3, 4, 5, 6), (7, 3, 2, 2, 2))),
    ("conv_transpose1d", F.conv_transpose1d, ((2, 4, 8), (4, 6, 3))),
    ("conv_transpose2d", lambda x, w: F.conv_transpose2d(x, w, stride=2, groups=2), ((2, 4, 8, 8), (4, 3, 3, 3))),
    ("conv_transpose3d", F.conv_transpose3d, ((2, 3, 4, 4, 4), (3, 5, 2, 2, 2))),
    ("scaled_dot_product_attention", F.scaled_dot_product_attention, ((2, 4, 5, 8), (2, 4, 7, 8), (2, 4, 7, 6))),
    ("relu", torch.relu, ((4, 5),)),
    ("add", torch.add, ((4, 5), (4, 5))),
]  # fmt: skip


@pytest.mark.parametrize(("op", "run", "shapes"), PRODUCTS)
def test_an_op_costs_what_torch_counts(
    op: str, run: Callable[..., torch.Tensor], shapes: tuple[tuple[int, ...], ...]
) -> None:
    """The formula of each op gives torch's figure for the same shapes."""
    expected, output = measured(run, *shapes)
    assert cost.node_flops(node(op, shapes, output)) == expected


@pytest.mark.parametrize(
    ("equation", "shapes"),
    [
        ("bhid,bhjd->bhij", ((2, 3, 4, 5), (2, 3, 6, 5))),
        ("i,j->ij", ((3,), (4,))),
        ("ij,ij->", ((3, 4), (3, 4))),
        ("ijk,jl->il", ((2, 3, 4), (3, 5))),
        ("ij,jk,kl->il", ((20, 3), (3, 40), (40, 5))),
        ("...d,de->...e", ((2, 3, 4), (4, 5))),
        ("ij,jk", ((3, 4), (4, 5))),
        ("ii->i", ((3, 3),)),
        ("bi,i,bj->b", ((2, 3), (3,), (2, 4))),
        ("bij,bij,bk->bk", ((2, 3, 4), (2, 3, 4), (2, 5))),
        ("ij,kj->ik", ((2, 1), (3, 1))),
    ],
)
def test_an_einsum_costs_what_torch_counts(equation: str, shapes: tuple[tuple[int, ...], ...]) -> None:
    """An einsum is contracted from left to right, and only what is summed over two operands costs."""
    expected, output = measured(lambda *operands: torch.einsum(equation, *operands), *shapes)
    assert cost.node_flops(node("einsum", shapes, output, equation=equation)) == expected


@pytest.mark.parametrize(
    ("op", "kind", "options"),
    [
        ("lstm", nn.LSTM, {"num_layers": 2, "bidirectional": True}),
        ("lstm", nn.LSTM, {"proj_size": 4}),
        ("gru", nn.GRU, {}),
        ("rnn_tanh", nn.RNN, {}),
    ],
)
def test_a_recurrent_layer_costs_what_torch_counts(
    op: str, kind: Callable[..., nn.RNNBase], options: dict[str, Any]
) -> None:
    """Every weight matrix counts once a position, projections and both directions too."""
    layer = kind(8, 16, device="meta", **options)
    expected, output = measured(lambda x: layer(x)[0], (5, 2, 8))
    states = ((layer.num_layers * (1 + layer.bidirectional), 2, 16),) * (2 if op == "lstm" else 1)
    weights = tuple(tuple(weight.shape) for weight in layer.parameters())
    assert cost.node_flops(node(op, ((5, 2, 8), *states, *weights), output)) == expected


@pytest.mark.parametrize(
    ("op", "kind", "states"),
    [("lstm_cell", nn.LSTMCell, 2), ("gru_cell", nn.GRUCell, 1), ("rnn_tanh_cell", nn.RNNCell, 1)],
)
def test_a_recurrent_cell_costs_what_torch_counts(op: str, kind: Callable[..., nn.RNNCellBase], states: int) -> None:
    """A cell multiplies its input and its state with one matrix each."""
    cell = kind(8, 16, device="meta")
    expected, output = measured(lambda x: cell(x)[0] if states > 1 else cell(x), (2, 8))
    weights = tuple(tuple(weight.shape) for weight in cell.parameters())
    assert cost.node_flops(node(op, ((2, 8), *((2, 16),) * states, *weights), output)) == expected


@pytest.mark.parametrize("extras", [{}, {"add_bias_kv": True, "add_zero_attn": True}])
def test_attention_with_its_projections_costs_what_torch_counts(extras: dict[str, bool]) -> None:
    """``multi_head_attention_forward`` counts its four projections and both products."""
    layer = nn.MultiheadAttention(16, 4, kdim=6, vdim=10, device="meta", **extras)
    shapes = ((5, 2, 16), (7, 2, 6), (7, 2, 10))
    expected, output = measured(lambda q, k, v: layer(q, k, v)[0], *shapes)
    weights = tuple(tuple(weight.shape) for weight in layer.parameters())
    attention = node("multi_head_attention_forward", (*shapes, *weights), output, **extras)
    assert cost.node_flops(attention) == expected


def test_a_matrix_times_a_vector_counts() -> None:
    """The product is there, although torch's counter has no formula for it."""
    assert cost.node_flops(node("mv", ((4, 5), (5,)), (4,))) == 2 * 4 * 5


def test_an_unknown_shape_costs_nothing() -> None:
    """A foreign graph that lacks shapes is counted as far as it goes."""
    unknown = Node("mm", "aten::mm", "op", inputs=("a",), input_slots=(0,), input_specs=(None,), output_specs=(None,))
    assert cost.node_flops(unknown) == 0


def called(path: str, *outputs: tuple[int, ...], parent: tuple[str, int] | None) -> tuple[Call, ...]:
    """Return one call of a module for each output shape."""
    return tuple(
        Call(path, index, (), (Slot("0", spec(*shape)),), parent=parent) for index, shape in enumerate(outputs)
    )


def two_layers() -> Topology:
    """Return a wrapper that calls one linear layer twice, and holds another that is never called."""
    weight = Param("body.fc.weight", (4, 4), "float32")
    modules = (
        Module("", "Net", children=("body",), calls=called("", (2, 4), parent=None)),
        Module("body", "Body", children=("body.fc", "body.spare"), calls=called("body", (2, 4), parent=("", 0))),
        Module("body.fc", "Linear", params=(weight,), calls=called("body.fc", (2, 4), (2, 4), parent=("body", 0))),
        Module("body.spare", "Linear", params=(Param("body.spare.weight", (4, 4), "float16"),)),
    )
    product = node("linear", ((2, 4), (4, 4)), (2, 4))
    names = [
        Node(
            f"fc{index}", product.op, "op", "body.fc", index, product.inputs, product.input_slots, product.input_specs,
            product.output_specs,
        )
        for index in range(2)
    ]  # fmt: skip
    captured = Captured("native", "meta", inputs=(Slot("x", spec(2, 4)),))
    return Topology("net", {module.path: module for module in modules}, {item.name: item for item in names}, captured)


def test_a_module_costs_what_it_calls_costs() -> None:
    """Figures by module include everything below it, each call counted."""
    one = 2 * 2 * 4 * 4
    assert cost.module_flops(two_layers()) == {"": 2 * one, "body": 2 * one, "body.fc": 2 * one, "body.spare": 0}
    assert cost.flops(two_layers()) == 2 * one


def test_bytes_follow_torchinfo() -> None:
    """Activations are the outputs of weighted leaves for each call, twice; parameters by their dtype."""
    topology = two_layers()
    assert cost.activation_bytes(topology) == 2 * 2 * (2 * 4 * 4)
    assert cost.parameter_bytes(topology) == 16 * 4 + 16 * 2
    assert cost.input_bytes(topology) == 2 * 4 * 4


class EveryProduct(nn.Module):
    """Each way to multiply that the user-level API has, in one forward."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Sequential(
            nn.Conv2d(3, 8, 3, groups=1), nn.Conv2d(8, 8, 3, groups=4), nn.ConvTranspose2d(8, 4, 2, 2)
        )
        self.one, self.three = nn.Conv1d(4, 6, 3), nn.Conv3d(4, 6, 2)
        self.rnn = nn.GRU(6, 8, bidirectional=True)
        self.attention = nn.MultiheadAttention(16, 4, batch_first=True)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        """Return one number."""
        features = self.conv(image)
        volume = self.three(features.unsqueeze(2).expand(-1, -1, 3, -1, -1))
        states = self.rnn(self.one(features.flatten(2)).permute(2, 0, 1))[0]
        attended = self.attention(states, states, states)[0]
        scores = attended @ states.transpose(1, 2)
        scores = torch.einsum("tij,tjd->tid", scores, torch.bmm(scores, states))
        query = scores.unsqueeze(1)
        total: torch.Tensor = F.scaled_dot_product_attention(query, query, query).sum() + volume.sum()
        return total


MODELS: dict[str, tuple[Callable[[], nn.Module], tuple[tuple[int, ...], ...]]] = {
    "resnet18": (torchvision.models.resnet18, ((2, 3, 64, 64),)),
    "vit_b_16": (torchvision.models.vit_b_16, ((2, 3, 224, 224),)),
    "transformer": (lambda: nn.Transformer(32, 4, 2, 2, 64, batch_first=True), ((2, 5, 32), (2, 6, 32))),
    "lstm": (lambda: nn.LSTM(8, 16, 2, bidirectional=True), ((5, 2, 8),)),
    "every product": (EveryProduct, ((2, 3, 12, 12),)),
}


@pytest.mark.parametrize("name", MODELS)
def test_a_model_costs_what_torch_counts(name: str) -> None:
    """Captured models agree with torch's counter, the whole and each module that torch names."""
    build, shapes = MODELS[name]
    with torch.device("meta"):
        model, inputs = build().eval(), tuple(torch.empty(shape) for shape in shapes)
    topology = pipeline.build_topology(pipeline.capture(model, inputs))
    with FlopCounterMode(display=False) as counter:
        model(*inputs)
    by_module = {path.partition(".")[2]: sum(ops.values()) for path, ops in counter.get_flop_counts().items()}
    ours = cost.module_flops(topology)
    assert cost.flops(topology) == counter.get_total_flops()
    assert {path: ours[path] for path in by_module} == by_module
