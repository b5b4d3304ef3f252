"""The global state around a run."""

from __future__ import annotations

import gc
import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING

import pytest
import torch
from torch import Tensor

from tests.pipeline.engines.native.capturing import topology_of
from tests.pipeline.engines.native.test_data_flow import Function

if TYPE_CHECKING:
    from collections.abc import Callable


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


_FIRST_TO_DRAW = """
import sys
import torch
from torch import nn
from visunn_lint.pipeline import capture

class Seeding(nn.Module):
    def forward(self, x):
        import numpy
        numpy.random.seed(0)
        return x * float(numpy.random.rand())

assert "numpy.random" not in sys.modules
assert capture(Seeding(), (torch.ones(2),)).table.failure is None
import numpy
print(numpy.random.rand() in numpy.random.RandomState(0).rand(8))
"""


def test_forward_that_is_the_first_to_draw_leaves_no_seed() -> None:
    """Numpy's generator, which nobody had loaded, is as random after it as it would have been without it."""
    done = subprocess.run([sys.executable, "-c", _FIRST_TO_DRAW], check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 -- the text above
    assert done.stdout == "False\n"


def test_device_that_was_not_in_use_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """To ask for the state of its generator would initialise it: seconds, and memory of the process for good."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_initialized", lambda: False)
    monkeypatch.setattr(torch.cuda, "get_rng_state_all", lambda: pytest.fail("the device is initialised"))
    assert topology_of(Function(lambda x: x + 1), torch.ones(2)).ops("add")


def test_generators_of_a_device_in_use_are_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Their states are taken before the run and set after it."""
    put_back: list[list[Tensor]] = []
    states = [torch.ones(2)]
    monkeypatch.setattr(torch.cuda, "is_initialized", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_rng_state_all", lambda: states)
    monkeypatch.setattr(torch.cuda, "set_rng_state_all", put_back.append)
    topology_of(Function(lambda x: x + 1), torch.ones(2))
    assert [list(map(id, each)) for each in put_back] == [list(map(id, states))]


def test_seed_that_waits_for_a_device_is_the_users() -> None:
    """Until the device is in use, ``torch.manual_seed`` leaves its seed to be set then."""

    def forward(x: Tensor) -> Tensor:
        torch.manual_seed(42)
        return x + 1

    tracker = torch.cuda._lazy_seed_tracker  # noqa: SLF001 -- where it is left
    torch.manual_seed(7)
    before = tracker.get_calls()
    topology_of(Function(forward), torch.ones(2))
    assert tracker.get_calls() is before


class _Skipped(BaseException):
    """Raised by what tests call, and no Exception."""


def test_whatever_forward_raises_is_its_failure() -> None:
    """Such as a test's way to skip itself."""

    def forward(x: Tensor) -> Tensor:
        raise _Skipped(x.shape)

    failure = topology_of(Function(forward), torch.ones(2)).failure
    assert failure is not None
    assert failure.error == "_Skipped"


_SETTINGS: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
    "deterministic": (torch.get_deterministic_debug_mode, partial(torch.set_deterministic_debug_mode, "warn")),
    "precision": (torch.get_float32_matmul_precision, partial(torch.set_float32_matmul_precision, "high")),
    "benchmark": (lambda: torch.backends.cudnn.benchmark, partial(setattr, torch.backends.cudnn, "benchmark", True)),  # noqa: FBT003 -- as it is written
    "flash": (torch.backends.cuda.flash_sdp_enabled, partial(torch.backends.cuda.enable_flash_sdp, enabled=False)),
    "anomaly": (torch.is_anomaly_enabled, partial(torch.autograd.set_detect_anomaly, mode=True)),
    "autocast": (partial(torch.is_autocast_enabled, "cpu"), partial(torch.set_autocast_enabled, "cpu", True)),  # noqa: FBT003 -- as above
    "device": (torch._C._len_torch_function_stack, partial(torch.set_default_device, "cpu")),  # noqa: SLF001 -- it is a mode
}


@pytest.mark.parametrize("name", _SETTINGS)
def test_settings_are_as_they_were(name: str) -> None:
    """How torch computes, and where, is a matter of the process, not of the model."""
    state, change = _SETTINGS[name]

    def forward(x: Tensor) -> Tensor:
        change()
        return x * 2

    before = state()
    topology = topology_of(Function(forward), torch.ones(2))
    assert (topology.failure, state()) == (None, before)
