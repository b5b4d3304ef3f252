"""Writes that no name tells of have readers like all others, and what they write is known no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from torch import Tensor, nn

from tests.models.hard.case import Computes
from tests.pipeline.engines.native.capturing import reads, topology_of

if TYPE_CHECKING:
    from collections.abc import Callable


def by_flag(x: Tensor) -> Tensor:
    """Return what a function wrote into by a flag."""
    nn.functional.relu(x, inplace=True)
    return x


def by_two_outs(x: Tensor) -> Tensor:
    """Return one of two tensors that an op wrote into."""
    values, indices = torch.empty(4), torch.empty(4, dtype=torch.int64)
    torch.max(x, 1, out=(values, indices))
    return indices


def by_list(x: Tensor) -> Tensor:
    """Return what one call wrote into through a list of views."""
    torch._foreach_mul_(list(x.chunk(2)), 2.0)
    return x


@pytest.mark.parametrize(
    ("function", "op"),
    [(by_flag, "relu"), (by_two_outs, "max"), (by_list, "_foreach_mul_")],
    ids=["flag", "two outs", "list"],
)
def test_reader_of_what_was_written_reads_the_write(function: Callable[[Tensor], Tensor], op: str) -> None:
    """The op that wrote is what the output reads."""
    topology = topology_of(Computes(function), torch.ones(4, 4))
    assert (topology.captured.rung, reads(topology)[-1]) == ("meta", ("output 0", [op]))


def test_named_results_of_out_keep_their_names() -> None:
    """What ``torch.max`` gives back for ``out=`` has ``values`` and ``indices``."""

    def named(x: Tensor) -> Tensor:
        result = torch.max(x, 1, out=(torch.empty(4), torch.empty(4, dtype=torch.int64)))
        return result.values + result.indices

    assert topology_of(Computes(named), torch.ones(4, 4)).failure is None


def test_values_written_by_out_are_unknown() -> None:
    """A number that forward made is known; once an op wrote into it, only a real run can tell."""

    def item(x: Tensor) -> Tensor:
        total = torch.zeros(())
        torch.sum(x, (0, 1), out=total)
        return x * 2 if total > 0 else x

    assert topology_of(Computes(item), torch.ones(4, 4)).captured.rung == "real"


def test_writes_before_a_buffer_is_first_read_are_read() -> None:
    """Of two buffers in one memory the first is written before the second is read at all."""

    class Shared(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("whole", torch.zeros(2, 4))
            self.register_buffer("row", self.get_buffer("whole")[1])

        def forward(self, x: Tensor) -> Tensor:
            self.get_buffer("row").add_(x)
            return self.get_buffer("whole") * 2

    assert reads(topology_of(Shared(), torch.ones(4))) == [
        ("add_", ["row", "x"]),
        ("mul", ["add_"]),
        ("output 0", ["mul"]),
    ]
