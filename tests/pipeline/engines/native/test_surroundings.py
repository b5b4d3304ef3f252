"""The global state around a run."""

from __future__ import annotations

import gc

import pytest
import torch
from torch import Tensor

from tests.pipeline.engines.native.capturing import topology_of
from tests.pipeline.engines.native.test_data_flow import Function


@pytest.mark.parametrize(("needs_values", "collects"), [(False, False), (True, True)], ids=["meta", "real"])
def test_garbage_is_collected_where_tensors_hold_memory(*, needs_values: bool, collects: bool) -> None:
    """On meta it waits for the end of the run; afterwards it is collected as before."""

    def forward(x: Tensor) -> Tensor:
        if needs_values:
            x.sum().item()
        return x + gc.isenabled()

    [add] = topology_of(Function(forward), torch.ones(2)).ops("add")
    assert (add.attributes, gc.isenabled()) == ({"other": collects}, True)


def test_collection_that_was_off_stays_off() -> None:
    """Who switched the collector off finds it off."""
    gc.disable()
    try:
        topology_of(Function(lambda x: x + 1), torch.ones(2))
        assert not gc.isenabled()
    finally:
        gc.enable()
