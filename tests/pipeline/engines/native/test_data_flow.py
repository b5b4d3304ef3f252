"""What reads what: views, in-place writes, aliases, and tensors that torch makes out of sight."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING

import pytest
import torch
from torch import Tensor, nn
from torch._C._functorch import (
    _add_batch_dim,
    _remove_batch_dim,
    _vmap_decrement_nesting,
    _vmap_increment_nesting,
)
from torch.utils.checkpoint import checkpoint

from tests.pipeline.engines.native.capturing import reads, topology_of

if TYPE_CHECKING:
    from collections.abc import Callable


class Function(nn.Module):
    """A module whose forward is a function of one tensor."""

    def __init__(self, function: Callable[[Tensor], object]) -> None:
        super().__init__()
        self.function = function

    def forward(self, x: Tensor) -> object:
        """Return what the function does."""
        return self.function(x)


def flow(function: Callable[[Tensor], object]) -> list[tuple[str, list[str]]]:
    """Return what reads what when a function gets a 2×4 tensor ``x``."""
    topology = topology_of(Function(function), torch.ones(2, 4))
    assert topology.failure is None
    return reads(topology)


def test_reader_of_a_base_reads_a_write_through_its_view() -> None:
    """A view is written to; who then reads the base reads the write."""

    def forward(x: Tensor) -> Tensor:
        base = x + 1
        base[:, :2].mul_(2)
        return base * 3

    assert flow(forward) == [
        ("add", ["x"]),
        ("getitem", ["add"]),
        ("mul_", ["getitem"]),
        ("mul", ["mul_"]),
        ("output 0", ["mul"]),
    ]


def test_reader_of_a_view_reads_a_write_to_its_base() -> None:
    """A base is written to; who then reads a view made before reads the write."""

    def forward(x: Tensor) -> Tensor:
        base = x + 1
        view = base.view(-1)
        base.zero_()
        return view.sum()

    assert flow(forward) == [
        ("add", ["x"]),
        ("view", ["add"]),
        ("zero_", ["add"]),
        ("sum", ["zero_"]),
        ("output 0", ["sum"]),
    ]


def test_writes_to_two_views_follow_each_other() -> None:
    """Neither of two writes through different views of one base is lost."""

    def forward(x: Tensor) -> Tensor:
        first, second = (x + 1).unbind(0)
        first.mul_(2)
        second.mul_(3)
        return first + second

    assert flow(forward)[1:] == [
        ("unbind", ["add"]),
        ("mul_", ["unbind"]),
        ("mul_", ["mul_"]),
        ("add", ["mul_", "mul_"]),
        ("output 0", ["add"]),
    ]


def test_item_assignment_is_a_write() -> None:
    """``y[0] = x[1]`` reads both, and who reads ``y`` after it reads the assignment."""

    def forward(x: Tensor) -> Tensor:
        y = torch.zeros(2, 4)
        y[0] = x[1]
        return y * 2

    assert flow(forward) == [
        ("zeros", []),
        ("getitem", ["x"]),
        ("setitem", ["zeros", "getitem"]),
        ("mul", ["setitem"]),
        ("output 0", ["mul"]),
    ]


def test_augmented_assignment_is_a_write() -> None:
    """``y += x`` changes y in place."""

    def forward(x: Tensor) -> Tensor:
        y = x * 2
        y += x
        return y

    assert flow(forward) == [("mul", ["x"]), ("add_", ["mul", "x"]), ("output 0", ["add_"])]


def test_out_argument_is_the_target_of_the_write() -> None:
    """``torch.mul(…, out=y)`` writes y."""

    def forward(x: Tensor) -> Tensor:
        y = torch.empty(2, 4)
        torch.mul(x, 2, out=y)
        return y + 1

    assert flow(forward) == [
        ("empty", []),
        ("mul", ["x", "empty"]),
        ("add", ["mul"]),
        ("output 0", ["add"]),
    ]


def test_op_that_returns_its_operand_has_readers_of_its_own() -> None:
    """Dropout in eval gives back what it was given; the skip connection still reads the original."""

    def forward(x: Tensor) -> Tensor:
        y = x + 1
        return y * nn.functional.dropout(y, training=False)

    assert flow(forward) == [
        ("add", ["x"]),
        ("dropout", ["add"]),
        ("mul", ["add", "dropout"]),
        ("output 0", ["mul"]),
    ]


def test_write_to_what_an_op_gave_back_reaches_the_original() -> None:
    """``contiguous`` may return its operand: a write to the result is one to both."""

    def forward(x: Tensor) -> Tensor:
        y = x + 1
        y.contiguous().mul_(2)
        return y

    assert flow(forward) == [
        ("add", ["x"]),
        ("contiguous", ["add"]),
        ("mul_", ["contiguous"]),
        ("output 0", ["mul_"]),
    ]


def test_detached_tensor_shares_later_writes() -> None:
    """``detach`` and ``data`` are other tensors on the same memory."""

    def forward(x: Tensor) -> Tensor:
        y = x + 1
        y.detach().zero_()
        return y.data + 1

    assert flow(forward)[-3:] == [("data", ["zero_"]), ("add", ["data"]), ("output 0", ["add"])]


def test_parameter_made_of_a_tensor_of_the_run_is_that_tensor() -> None:
    """``nn.Parameter(y)`` is made where no mode sees it, on the memory of y."""

    def forward(x: Tensor) -> Tensor:
        return nn.Parameter(x + 1) * 2

    assert flow(forward) == [("add", ["x"]), ("mul", ["add"]), ("output 0", ["mul"])]


def test_ops_inside_vmap_are_seen() -> None:
    """The tensors that vmap hands to its function are those it was given."""

    def forward(x: Tensor) -> Tensor:
        rows: Tensor = torch.vmap(lambda row: row * 2 + row.sum())(x)
        return rows + 1

    assert flow(forward) == [
        ("mul", ["x"]),
        ("sum", ["x"]),
        ("add", ["mul", "sum"]),
        ("add", ["add"]),
        ("output 0", ["add"]),
    ]


def test_tensor_that_a_transform_wraps_unseen_is_that_tensor() -> None:
    """A library may open a level of vmap by itself, with functions that it has bound before the run."""
    weight = nn.Parameter(torch.ones(3, 4))

    def forward(x: Tensor) -> Tensor:
        level = _vmap_increment_nesting(3, "error")
        try:
            return _remove_batch_dim(x * _add_batch_dim(weight, 0, level), level, 3, 0)
        finally:
            _vmap_decrement_nesting()

    assert flow(forward) == [("mul", ["x", "const"]), ("output 0", ["mul"])]


def test_tensor_of_a_transform_that_is_over_is_what_it_wrapped() -> None:
    """A function that was given to torch.func may have kept it."""
    kept: list[Tensor] = []

    def keep(x: Tensor) -> Tensor:
        kept.append(x)
        return x.sum()

    torch.func.grad(keep)(torch.ones(4))
    assert flow(lambda x: x + kept[0]) == [("add", ["x", "const"]), ("output 0", ["add"])]


def test_tensor_that_is_first_met_inside_a_gradient_is_no_part_of_it() -> None:
    """What stands for it is made as outside: a transform takes for its own what is made within it."""
    weight = nn.Parameter(torch.ones(4))

    def forward(x: Tensor) -> Tensor:
        gradient: Tensor = torch.func.grad(lambda scale: (x * scale).sum())(weight)
        return gradient

    assert flow(forward)[:2] == [("mul", ["x", "const"]), ("sum", ["mul"])]


def test_numbers_that_vmap_goes_through_meet_tensors_without_values() -> None:
    """They have a stand-in on meta as well, in the same level of vmap: the run needs no values."""

    def forward(x: Tensor) -> Tensor:
        rows: Tensor = torch.vmap(lambda row, number: row * number)(x, torch.arange(2))
        return rows

    assert topology_of(Function(forward), torch.ones(2, 4)).captured.rung == "meta"


class Doubled(torch.autograd.Function):
    """A function with a backward of its own."""

    @staticmethod
    def forward(ctx: object, x: Tensor) -> Tensor:  # noqa: ARG004 -- autograd's signature
        """Return twice the positive part."""
        return x.clamp(min=0) * 2

    @staticmethod
    def backward(ctx: object, *grad_outputs: Tensor) -> Tensor:  # noqa: ARG004 -- autograd's signature
        """Pass the gradient on as it is."""
        return grad_outputs[0]


def test_ops_inside_an_autograd_function_are_seen() -> None:
    """``Function.apply`` is not called through torch's API, what it does is."""
    assert flow(lambda x: Doubled.apply(x) + 1) == [
        ("clamp", ["x"]),
        ("mul", ["clamp"]),
        ("add", ["mul"]),
        ("output 0", ["add"]),
    ]


@pytest.mark.parametrize("use_reentrant", [True, False])
def test_ops_inside_checkpoint_are_seen(*, use_reentrant: bool) -> None:
    """Both kinds of activation checkpointing run what they are given as it is."""

    def forward(x: Tensor) -> object:
        return checkpoint(lambda y: y.sin().cos(), x, use_reentrant=use_reentrant)

    assert flow(forward) == [("sin", ["x"]), ("cos", ["sin"]), ("output 0", ["cos"])]


def test_questions_are_no_nodes() -> None:
    """Shapes, dtypes and devices are asked for without a trace."""

    def forward(x: Tensor) -> Tensor:
        assert (x.shape, x.dim(), x.dtype, x.device.type) == (torch.Size([2, 4]), 2, torch.float32, "cpu")
        return x.view(x.size(0), -1)

    assert flow(forward) == [("view", ["x"]), ("output 0", ["view"])]


def test_gradient_inside_forward_restarts_with_autograd() -> None:
    """A force field takes a gradient in forward: that needs grad mode, and is a node."""

    def forward(x: Tensor) -> Tensor:
        x = x.requires_grad_()
        energy = x.pow(2).sum()
        gradient: Tensor = torch.autograd.grad(energy, x)[0]
        return -gradient

    assert flow(forward) == [
        ("pow", ["x"]),
        ("sum", ["pow"]),
        ("grad", ["sum", "x"]),
        ("neg", ["grad"]),
        ("output 0", ["neg"]),
    ]


@pytest.mark.filterwarnings("ignore:.*torch.jit.*:FutureWarning", "ignore:.*torch.jit.*:DeprecationWarning")
def test_script_module_is_one_opaque_node() -> None:
    """What Python cannot see into ties its inputs to its outputs."""
    scripted: nn.Module = torch.jit.script(nn.Sequential(nn.Linear(4, 4), nn.ReLU()))
    topology = topology_of(nn.Sequential(scripted, nn.ReLU()), torch.ones(2, 4))
    assert reads(topology) == [("opaque", ["input"]), ("relu", ["opaque"]), ("output 0", ["relu"])]
    assert topology.captured.rung == "real"


def test_shallow_copy_is_of_the_same_memory() -> None:
    """Who reads a copy reads what is written to the original after it was made."""

    def forward(x: Tensor) -> Tensor:
        made = x + 1
        copied = copy.copy(made)
        made.mul_(2)
        return copied * 3

    assert flow(forward) == [
        ("add", ["x"]),
        ("detach", ["add"]),
        ("mul_", ["add"]),
        ("mul", ["mul_"]),
        ("output 0", ["mul"]),
    ]


def test_shallow_copy_keeps_what_hangs_on_a_tensor() -> None:
    """Attributes of a tensor are copied with it."""

    def forward(x: Tensor) -> Tensor:
        made = x + 1
        vars(made)["scale"] = 2
        scale: int = vars(copy.copy(made))["scale"]
        return made * scale

    assert flow(forward) == [("add", ["x"]), ("detach", ["add"]), ("mul", ["add"]), ("output 0", ["mul"])]


def test_writes_through_views_of_a_tensor_that_was_made_small_follow_each_other() -> None:
    """It has values until data without any is written into it: from then on two storages stand for its memory."""

    def forward(x: Tensor) -> Tensor:
        made = torch.zeros(2, 4)
        made[:, :2] = x[:, :2]
        made[:, 2:].copy_(x[:, 2:])
        return made * 2

    assert flow(forward)[-3:] == [("copy_", ["getitem", "getitem"]), ("mul", ["copy_"]), ("output 0", ["mul"])]


def test_view_of_a_tensor_that_was_made_small_reads_a_write_to_its_base() -> None:
    """Whichever of the two storages it is a view of."""

    def forward(x: Tensor) -> Tensor:
        made = torch.zeros(2, 4)
        made.copy_(x)
        view = made[0]
        made.add_(x)
        return view * 2

    assert flow(forward)[-3:] == [("add_", ["copy_", "x"]), ("mul", ["add_"]), ("output 0", ["mul"])]


class _Cache(nn.Module):
    """Writes into its buffer as a whole, and then through a view of it."""

    cache: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("cache", torch.ones(2, 4, 3))

    def forward(self, x: Tensor) -> Tensor:
        self.cache.mul_(0)
        self.cache[:, 0].copy_(x)
        return self.cache.sum(1)


def test_view_of_what_was_written_is_no_view_of_the_users_memory() -> None:
    """It is one of the stand-in: the buffer keeps its values, and the sum reads what was written through the view."""
    model = _Cache()
    topology = topology_of(model, torch.zeros(2, 3))
    assert reads(topology)[-3:] == [("copy_", ["getitem", "x"]), ("sum", ["copy_"]), ("output 0", ["sum"])]
    assert bool((model.cache == 1).all())


def test_a_write_may_change_how_a_tensor_lies() -> None:
    """As ``squeeze_`` and ``out=`` do: forward sees it, and so does who reads the graph."""

    def forward(x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        made, joined = torch.zeros(2, 1, 4), torch.empty(0)
        made[:, 0] = x
        made.squeeze_(1)
        torch.cat([x, x], out=joined)
        return made, joined, torch.ones(made.dim())

    topology = topology_of(Function(forward), torch.ones(2, 4))
    outputs = [node for node in topology.nodes.values() if node.kind == "output"]
    assert [spec.shape for node in outputs for spec in node.output_specs if spec] == [(2, 4), (4, 4), (2,)]


class _Unsqueezing(nn.Module):
    """Gives its buffer with one axis more."""

    kept: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("kept", torch.zeros(3))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        self.kept.unsqueeze_(0)
        return self.kept, x


def test_a_buffer_that_is_given_back_lies_as_forward_has_left_it() -> None:
    """Not as it lay before, which it does again afterwards."""
    model = _Unsqueezing()
    topology = topology_of(model, torch.ones(2))
    outputs = [node for node in topology.nodes.values() if node.kind == "output"]
    assert [spec.shape for node in outputs for spec in node.output_specs if spec] == [(1, 3), (2,)]
    assert model.kept.shape == (3,)


def test_addresses_tell_tensors_apart() -> None:
    """Without memory all would be at 0."""

    def forward(x: Tensor) -> Tensor:
        made, view = x + 1, x[1:]
        same = [x.data_ptr() == other.data_ptr() for other in (x.view(-1), x.detach(), made, view)]
        return made * sum(place + 1 for place, each in enumerate(same) if each)

    [mul] = topology_of(Function(forward), torch.ones(2, 4)).ops("mul")
    assert mul.attributes == {"other": 3}


def test_what_is_written_down_needs_values() -> None:
    """A run for real has them, and leaves nothing of its own in what is written."""

    def forward(x: Tensor) -> Tensor:
        again: Tensor = pickle.loads(pickle.dumps(x * 2))  # noqa: S301 -- written in the same line
        return x + again

    topology = topology_of(Function(forward), torch.ones(2, 4))
    assert (topology.failure, topology.captured.rung) == (None, "real")


def test_nested_tensors_are_followed_whether_any_was_used_before() -> None:
    """What torch made for the first of the process stands for any other in its calls."""

    def forward(x: Tensor) -> Tensor:
        ragged = torch.nested.as_nested_tensor([x, x[:1]], layout=torch.jagged)
        padded: Tensor = torch.nested.to_padded_tensor(ragged * 2, 0.0)
        return padded

    assert forward(torch.ones(2, 4)).shape == (2, 2, 4)
    topology = topology_of(Function(forward), torch.ones(2, 4))
    assert (topology.failure, topology.captured.rung) == (None, "real")


class _Copying(nn.Module):
    """Writes into shallow copies of its own buffer, and into its memory."""

    kept: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("kept", torch.zeros(3))

    def forward(self, x: Tensor) -> Tensor:
        copied: Tensor = copy.copy(self.kept)
        return x + copied.add_(1) + torch.empty(0).set_(self.kept.untyped_storage(), 0, (3,), (1,)).mul_(7)


def test_memory_that_is_asked_for_is_not_the_users() -> None:
    """What is made of a storage is told to nobody: it is made of that of the stand-in."""
    model = _Copying()
    topology = topology_of(model, torch.ones(3))
    assert (topology.failure, topology.captured.rung, model.kept.tolist()) == (None, "real", [0, 0, 0])
