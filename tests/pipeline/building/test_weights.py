"""What is wrong with initial weights, and how memory that nobody wrote is told from zeros."""

import torch
from torch import nn

from visunn_lint.pipeline.building.weights import bad_weights, uninitialised_memory_told
from visunn_lint.records import BadWeight


class _Partly(nn.Module):
    """A weight of which some rows are initialised, an infinite one, and tensors that are right."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(4, 2))
        nn.init.ones_(self.weight[:3])
        self.scale = nn.Parameter(torch.zeros(3).log())
        self.fc = nn.Linear(4, 4)
        self.register_buffer("mask", torch.full((2,), float("-inf")))
        self.register_buffer("count", torch.empty(2, dtype=torch.int64))
        self.register_buffer("scratch", torch.empty(2), persistent=False)


def test_memory_that_nobody_wrote_is_found() -> None:
    """Though fresh pages look like zeros; masks of infinities, integers and scratch space are right."""
    with uninitialised_memory_told():
        found = bad_weights(_Partly())
    assert found == (BadWeight("weight", "uninitialised", 2, 8), BadWeight("scale", "inf", 3, 3))


def test_torchs_own_modules_initialise_all() -> None:
    """As they are built."""
    with uninitialised_memory_told():
        model = nn.Sequential(nn.LSTM(4, 4), nn.MultiheadAttention(4, 2), nn.BatchNorm1d(4), nn.LazyLinear(2))
    assert bad_weights(model) == ()


def test_the_modes_of_torch_are_put_back() -> None:
    """Deterministic algorithms are asked for within the context alone."""
    before = torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()
    with uninitialised_memory_told():
        assert torch.are_deterministic_algorithms_enabled()
    after = torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()
    assert after == before == (False, False)
