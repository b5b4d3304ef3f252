"""Building models under the device rewriting modes."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from visunn_lint.pipeline import build_topology, capture
from visunn_lint.pipeline.building.devices import pretend_devices


def test_large_parameters_have_no_memory_on_meta() -> None:
    """A layer far larger than memory can be built."""
    with pretend_devices("meta"):
        layer = nn.Linear(1_000_000, 1_000_000)
    assert (layer.weight.is_meta, layer.weight.shape) == (True, (1_000_000, 1_000_000))


def test_constructor_may_read_small_values() -> None:
    """A schedule of drop rates, read by ``item``, does not force a real build."""
    with pretend_devices("meta"):
        rates = [rate.item() for rate in torch.linspace(0, 0.3, 4)]
    assert rates == pytest.approx([0, 0.1, 0.2, 0.3])


@pytest.mark.parametrize("rung", ["meta", "real"])
def test_model_written_for_cuda_is_built_without(rung: str) -> None:
    """``device="cuda"``, ``.cuda()`` and ``.to("cuda")`` name a device that need not be there."""
    with pretend_devices("meta" if rung == "meta" else "real"):
        model = nn.Sequential(nn.Linear(4, 4, device="cuda"), nn.Linear(4, 4).cuda()).to("cuda")
        index = torch.arange(3, device="cuda")
    assert [parameter.device.type for parameter in model.parameters()] == ["cpu"] * 4
    assert index.tolist() == [0, 1, 2]


def test_mode_ends_with_its_context() -> None:
    """Afterwards a device that is not there is an error again, as ever."""
    with pretend_devices("real"):
        pass
    if torch.cuda.is_available():
        pytest.skip("there is a GPU here")
    with pytest.raises((RuntimeError, AssertionError)):
        torch.zeros(1, device="cuda")


class Indexed(nn.Module):
    """Fills a small buffer from a large tensor, and looks things up by it."""

    index: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Parameter(torch.zeros(9, 2))
        self.register_buffer("index", torch.empty(40_000, dtype=torch.int64))
        grid = torch.arange(200)[:, None] * torch.arange(200)[None, :]
        both = torch.stack([grid, grid, grid])
        self.index.copy_(both.amin(0).clamp(max=8).view(-1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the input plus what the table holds at the indices."""
        return x + self.table[self.index].sum()


def test_buffer_written_with_unknown_values_does_not_steer() -> None:
    """A small buffer that a build on meta fills with what it does not know is not taken for known."""
    with pretend_devices("meta"):
        model = Indexed()
    assert not model.index.is_meta
    topology = build_topology(capture(model, (torch.ones(2, 2),)))
    assert (topology.failure, topology.captured.rung) == (None, "meta")


def test_initialisers_run_on_small_weights() -> None:
    """The truncated normal of torch reads a number out of a tensor that it makes itself."""
    with pretend_devices("meta"):
        weight = nn.init.trunc_normal_(torch.empty(30, 30), std=0.02)
    assert float(weight.abs().max()) < 1


def test_fill_that_autograd_forbids_raises_on_meta_too() -> None:
    """Large weights are filled with nothing, but what raises for real is not passed over."""
    with pretend_devices("meta"):
        weight = nn.Linear(2000, 2000).weight
        with torch.no_grad():
            assert weight.normal_() is weight
        with pytest.raises(RuntimeError, match="leaf Variable"):
            weight.normal_()
