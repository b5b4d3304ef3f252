"""Which rung a model is captured on, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from torch import Tensor, nn

from tests.pipeline.engines.native.capturing import reads, topology_of
from tests.pipeline.engines.native.test_data_flow import Function
from visunn_lint.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable


def first_rung(function: Callable[[Tensor], object]) -> bool:
    """Return whether a function of a 2×4 tensor runs through on meta."""
    topology = topology_of(Function(function), torch.ones(2, 4))
    assert topology.failure is None
    return topology.captured.rung == "meta"


def loop_over_indices(x: Tensor) -> Tensor:
    """Add every index of an axis."""
    for index in torch.arange(x.shape[1]).tolist():
        x = x + index
    return x


def branch_on_mask(x: Tensor) -> Tensor:
    """Mask if the mask masks anything."""
    mask = torch.tril(torch.ones(4, 4)).bool()
    return x.masked_fill(~mask[:2], 0) if mask.any() else x


def branch_on_random_number(x: Tensor) -> Tensor:
    """Take one of two ways by throwing a die."""
    return x if torch.rand(1).item() < 2 else x * 2


@pytest.mark.parametrize("function", [loop_over_indices, branch_on_mask, branch_on_random_number])
def test_small_known_values_steer_on_the_first_rung(function: Callable[[Tensor], object]) -> None:
    """Indices, masks and dice that do not come from the input are carried for real."""
    assert first_rung(function)


def test_value_of_an_activation_needs_real_tensors() -> None:
    """A branch on the data goes up to real tensors; the reason is told."""
    topology = topology_of(Function(lambda x: x * 2 if x.sum().item() > 0 else x * 3), torch.ones(2, 4))
    assert topology.captured.rung == "real"
    assert topology.captured.reason == "Tensor.item() cannot be called on meta tensors"
    assert [node.short_op for node in topology.ops()] == ["sum", "mul"]


def test_value_overwritten_with_unknown_data_is_unknown() -> None:
    """A real tensor that activations were written into no longer steers on the first rung."""

    def forward(x: Tensor) -> Tensor:
        flags = torch.zeros(2, 4)
        flags.copy_(x)
        return x if flags[0, 0].item() > 0 else x * 2

    assert not first_rung(forward)


def test_integer_input_keeps_its_values() -> None:
    """Small integers given as input are run as given."""
    topology = topology_of(
        Function(lambda ids: ids.float() if (ids == 0).any() else ids), torch.zeros(2, dtype=torch.int64)
    )
    assert topology.captured.rung == "meta"
    assert [node.short_op for node in topology.ops()] == ["eq", "any", "float"]


MOVES: dict[str, Callable[[Tensor], Tensor]] = {
    "cuda()": lambda x: x.cuda(),
    "cuda(0)": lambda x: x.cuda(0),
    "to(name)": lambda x: x.to("cuda"),
    "to(name, non_blocking)": lambda x: x.to("cuda", non_blocking=True),
    "to(device, dtype)": lambda x: x.to(torch.device("cuda"), torch.float32),
    "to(device=, dtype=)": lambda x: x.to(device="cuda", dtype=torch.float32),
    "zeros(device=)": lambda x: x + torch.zeros(2, 4, device="cuda"),
    "zeros_like(device=)": lambda x: x + torch.zeros_like(x, device="cuda"),
    "tensor(device=)": lambda x: x + torch.tensor([1.0], device="cuda"),
}


@pytest.mark.parametrize("move", MOVES.values(), ids=MOVES)
def test_moves_to_absent_devices_run_and_are_recorded(move: Callable[[Tensor], Tensor]) -> None:
    """Code written for CUDA is captured without a GPU, and the tensors say where they were asked to be."""
    topology = topology_of(Function(move), torch.ones(2, 4))
    assert topology.failure is None
    [output] = [node for node in topology.nodes.values() if node.kind == "output"]
    assert str(output.output_specs[0]).startswith("float32[2,4]@cuda")


def test_device_that_was_asked_for_is_answered() -> None:
    """``x.device`` and ``x.is_cuda`` answer as they would where the device is."""

    def forward(x: Tensor) -> Tensor:
        moved = x.cuda()
        assert (moved.is_cuda, moved.device.type, x.device.type) == (True, "cuda", "cpu")
        return moved.to(x.device)

    assert first_rung(forward)


def test_availability_of_devices_is_answered_truly() -> None:
    """Whether there is a GPU is not made up."""
    before = torch.cuda.is_available()
    topology = topology_of(Function(lambda x: x + torch.cuda.is_available()), torch.ones(2))
    assert topology.ops()[0].attributes == {"other": before}


def test_shape_error_is_the_real_runs() -> None:
    """A forward that raises is run for real: its own words, op, operands and module are kept."""
    model = nn.Sequential(nn.Linear(4, 4), nn.Linear(5, 4))
    topology = topology_of(model, torch.ones(2, 4))
    failure = topology.failure
    assert failure is not None
    assert (failure.module, failure.op, failure.error) == ("1", "aten::linear", "RuntimeError")
    assert [str(spec) for spec in failure.operands] == ["float32[2,4]", "float32[4,5]", "float32[4]"]
    assert failure.message == "mat1 and mat2 shapes cannot be multiplied (2x4 and 5x4)"
    assert reads(topology) == [("linear", ["input", "0.weight", "0.bias"])]


def test_exit_inside_forward_is_a_failure() -> None:
    """``sys.exit`` in forward ends the forward, not the capture."""

    def forward(x: Tensor) -> Tensor:
        raise SystemExit(len(x) + 1)

    topology = topology_of(Function(forward), torch.ones(2))
    assert topology.failure is not None
    assert (topology.failure.error, topology.failure.message) == ("SystemExit", "3")


def test_interrupt_inside_forward_passes_through() -> None:
    """Ctrl-C is not a failure of the model."""

    def forward(x: Tensor) -> Tensor:
        raise KeyboardInterrupt(x)

    with pytest.raises(KeyboardInterrupt):
        topology_of(Function(forward), torch.ones(2))


def test_inputs_without_values_are_given_some_on_the_second_rung() -> None:
    """They are zeros there."""
    topology = topology_of(Function(lambda x: x * 2 if x.sum().item() == 0 else x), torch.empty(2, 4, device="meta"))
    assert topology.captured.rung == "real"
    assert [node.short_op for node in topology.ops()] == ["sum", "mul"]


def test_inputs_too_large_for_values_are_refused_where_some_are_read() -> None:
    """It is no fault of the model's that they are."""
    with pytest.raises(InputError) as caught:
        topology_of(Function(lambda x: x * x.sum().item()), torch.empty(1 << 34, device="meta"))
    assert (caught.value.message, caught.value.hint) == (
        "a run with values takes 68,719.48 MB of memory, which is too much",
        "give smaller inputs",
    )


def test_what_is_raised_for_large_inputs_is_the_models() -> None:
    """An error that takes no values to raise is told as that of forward."""
    topology = topology_of(Function(lambda x: x.view(3, 3)), torch.empty(1 << 34, device="meta"))
    assert topology.captured.rung == "meta"
    assert topology.failure is not None
    assert topology.failure.op == "aten::view"


def test_reason_is_why_the_first_rung_did_not_do() -> None:
    """A forward that wants a value, and later raises, was run for real for the sake of the value."""

    def forward(x: Tensor) -> Tensor:
        x.sum().item()
        return x.view(3, 3)

    topology = topology_of(Function(forward), torch.ones(2, 4))
    assert topology.captured.reason == "Tensor.item() cannot be called on meta tensors"
    assert topology.failure is not None
    assert topology.failure.op == "aten::view"
