"""Calls that torch tells no function mode of are recorded, and only while a capture runs."""

from __future__ import annotations

import warnings

import numpy as np
import torch
from torch import Tensor, nn

from tests.models.hard.case import Computes
from tests.pipeline.engines.native.capturing import reads, topology_of


def scripted(x: Tensor, y: Tensor) -> Tensor:
    """Return something made of two ops."""
    return torch.tanh(x) * y


def test_script_function_is_one_opaque_node_on_the_first_rung() -> None:
    """What TorchScript runs is one node that ties its result to its arguments."""
    with warnings.catch_warnings(action="ignore", category=FutureWarning):
        function = torch.jit.script(scripted)
    topology = topology_of(Computes(lambda x: function(x, y=x + 1)), torch.ones(2, 4))
    assert topology.captured.rung == "meta"
    assert reads(topology)[1:] == [("add", ["linear"]), ("opaque", ["linear", "add"]), ("output 0", ["opaque"])]


def test_tensor_from_numpy_is_an_op() -> None:
    """A tensor that forward makes of an array is made by an op, as one that it makes of numbers."""
    topology = topology_of(Computes(lambda x: x * torch.from_numpy(np.ones(4, dtype=np.float32))), torch.ones(2, 4))
    assert reads(topology)[1:] == [("from_numpy", []), ("mul", ["linear", "from_numpy"]), ("output 0", ["mul"])]


def test_parameter_mapped_over_by_vmap_is_read() -> None:
    """A transform gets what stands for the user's tensor, and ops inside it read the parameter."""

    class Mapped(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.ones(3, 4))

        def forward(self, x: Tensor) -> Tensor:
            return torch.func.vmap(torch.mul, in_dims=(0, None))(self.weight, x)

    topology = topology_of(Mapped(), torch.ones(4))
    assert topology.captured.rung == "meta"
    assert ("mul", ["weight", "x"]) in reads(topology)


def replaceable() -> tuple[object, ...]:
    """Return functions that a capture replaces while it runs."""
    return torch.from_numpy, torch.frombuffer, torch.nested.nested_tensor, torch.jit.ScriptFunction.__call__


def test_captures_leave_the_functions_as_they_were() -> None:
    """After a capture, one within another and one that failed included, nothing of torch is replaced."""
    before = replaceable()

    def nested(x: Tensor) -> Tensor:
        inner = topology_of(nn.Linear(4, 4), torch.ones(1, 4))
        assert torch.from_numpy is not before[0]
        return x if inner.failure is None else x.view(77)

    def failing(x: Tensor) -> Tensor:
        return x.view(77)

    assert topology_of(Computes(nested), torch.ones(2, 4)).failure is None
    assert topology_of(Computes(failing), torch.ones(2, 4)).failure is not None
    assert all(one is other for one, other in zip(before, replaceable(), strict=True))
