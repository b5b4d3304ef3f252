"""Building models under the device rewriting modes."""

from __future__ import annotations

import pytest
import torch
from torch import nn

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
