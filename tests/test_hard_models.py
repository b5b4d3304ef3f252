"""Models that hide their data flow are captured whole: the right rung, no unknown producer, and an equal replay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch

from tests.models.hard import HARD, tables
from tests.replay import capture_with_tape, eager, replay, same
from visunn_lint import pipeline
from visunn_lint.pipeline.engines.native.specs.memory import CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import nn

    from tests.models.hard.case import Hard

APART = {
    "array that shares memory": "numpy writes into the memory of a tensor, and torch does not see it",
    "functional call": "vmap is entered by calls that are no ops: outside it, they are of other shapes",
    "function jacobian": "likewise for the levels of forward-mode gradients",
    "lazy": "the run itself makes the weights: there is nothing to compare with",
    "running mean in training": "torch does not count what batch_norm writes into its statistics",
}
"""Why the replay of a case cannot equal its model."""


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """Begin without the tables that a real forward has left outside its model, in this test or in another."""
    tables.forget()


@pytest.fixture(autouse=True)
def _no_grad() -> Iterator[None]:
    with torch.no_grad():
        yield


def build(case: Hard) -> nn.Module:
    """Return the model of a case, always with the same weights and the same random numbers to come."""
    torch.manual_seed(0)
    return case.build()


@pytest.mark.parametrize("case", HARD, ids=str)
def test_capture_ends_on_the_rung_of_the_case(case: Hard, monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine runs through, on meta where values decide nothing, and every constant has a place.

    What is told of ops without running them is compared with their kernels: a difference would end the rung.
    """
    monkeypatch.setenv(CHECKING, "1")
    capture = pipeline.capture(build(case), case.args(), case.kwargs(), mode=case.mode)
    topology = pipeline.build_topology(capture)
    unknown = [node for node in topology.nodes.values() if node.attributes.get("origin") == "elsewhere"]
    assert (topology.failure, topology.captured.rung, len(unknown)) == (None, case.rung, case.elsewhere)


@pytest.mark.parametrize("case", [case for case in HARD if case.name not in APART], ids=str)
def test_replay_equals_the_model(case: Hard) -> None:
    """Inputs, parameters, buffers, constants and the recorded ops are all that the outputs need."""
    captured = capture_with_tape(build(case), case.args(), case.kwargs(), mode=case.mode)
    model = build(case)
    expected = eager(model, case.args(), case.kwargs(), mode=case.mode)
    build(case)
    assert same(replay(captured), expected)


def test_every_case_is_told_apart() -> None:
    """Names are unique, and every exception is one of a case."""
    names = [case.name for case in HARD]
    assert len(set(names)) == len(names) >= 60
    assert APART.keys() <= set(names)
