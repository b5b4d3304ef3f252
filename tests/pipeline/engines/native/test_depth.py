"""How deeply modules may be nested while they are observed."""

from __future__ import annotations

import sys
import threading

import pytest
import torch
from torch import Tensor, nn

from tests.pipeline.engines.native.capturing import topology_of
from visunn_lint.pipeline.engines.native.depth import AS_DEEP_AS_UNCAPTURED

_DEEP = 180


class Endless(nn.Module):
    """Calls itself, on and on."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(2, 2)

    def forward(self, x: Tensor) -> Tensor:
        """Return nothing ever."""
        return self(self.fc(x)) + 1  # type: ignore[no-any-return]


def _nested(depth: int) -> nn.Module:
    model: nn.Module = nn.Linear(2, 2)
    for _ in range(depth):
        model = nn.Sequential(model)
    return model


def test_what_runs_without_a_capture_runs_within_one() -> None:
    """Though an observed call takes more of the stack."""
    model, x = _nested(_DEEP), torch.ones(1, 2)
    model(x)
    topology = topology_of(model, x)
    assert (topology.failure, len(topology.calls)) == (None, _DEEP + 1)


def _error_of_endless(frames: int) -> str:
    """Return what a capture ends with, some frames further down the stack."""
    if frames:
        return _error_of_endless(frames - 1)
    failure = topology_of(Endless(), torch.ones(1, 2)).failure
    return failure.error if failure is not None else ""


@pytest.mark.parametrize("frames", range(8))
def test_what_recurses_without_end_fails_for_it(frames: int) -> None:
    """Wherever in a call the stack ends, what was recorded is whole."""
    assert _error_of_endless(frames) == "RecursionError"


@pytest.mark.parametrize("model", [nn.Linear(2, 2), Endless()], ids=["success", "failure"])
def test_the_limit_is_left_as_it_was(model: nn.Module) -> None:
    """After success and after failure."""
    before = sys.getrecursionlimit()
    topology_of(model, torch.ones(1, 2))
    assert sys.getrecursionlimit() == before


def test_a_limit_that_is_high_is_left_alone() -> None:
    """Whoever set it knows how large the stack is."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(5000)
    try:
        with AS_DEEP_AS_UNCAPTURED:
            assert sys.getrecursionlimit() == 5000
    finally:
        sys.setrecursionlimit(before)


def test_the_last_capture_of_any_thread_puts_the_limit_back() -> None:
    """The first that ends would take away what another still needs."""
    before = sys.getrecursionlimit()
    is_inside, may_leave = threading.Event(), threading.Event()

    def capture() -> None:
        with AS_DEEP_AS_UNCAPTURED:
            is_inside.set()
            may_leave.wait(10)

    thread = threading.Thread(target=capture)
    with AS_DEEP_AS_UNCAPTURED, AS_DEEP_AS_UNCAPTURED:
        raised = sys.getrecursionlimit()
        thread.start()
        is_inside.wait(10)
    limits = [sys.getrecursionlimit()]
    may_leave.set()
    thread.join()
    assert [*limits, sys.getrecursionlimit()] == [raised, before]
    assert raised > before
