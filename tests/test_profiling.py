"""The five-step table: every step is timed, and the sizes are those of what was made."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from visunn_lint import pipeline
from visunn_lint.errors import InputError
from visunn_lint.profiling import profile

STEPS = ("capture", "decode", "prune_nodes", "prune_modules", "modularize")


@pytest.mark.parametrize("engine", ["native", "torchscript"])
def test_a_profile_has_five_steps_and_the_sizes_of_their_results(engine: str) -> None:
    """Times are there, whatever they are; counts and bytes are those of a capture of the same model."""
    model, args = nn.Sequential(nn.Linear(4, 4), nn.ReLU()), (torch.zeros(2, 4),)
    told = profile(model, args, engine=engine, repeats=2)
    capture = pipeline.capture(model, args, engine=engine)
    topology = pipeline.build_topology(capture)
    assert tuple(step.name for step in told.steps) == STEPS
    assert all(step.seconds > 0 for step in told.steps)
    assert told.total_seconds == sum(step.seconds for step in told.steps)
    assert (told.name, told.engine, told.mode, told.inputs) == ("Sequential", engine, "eval", ("float32[2,4]",))
    assert (told.graph_nodes, told.topology_nodes) == (len(capture.graph.node), len(topology.nodes))
    assert (told.modules, told.repeats) == (3, 2)
    assert told.graph_bytes == len(capture.encoded) + len(capture.table.to_json())
    assert told.topology_bytes > 0


def test_no_repeats_is_an_error() -> None:
    """There is no median of nothing."""
    with pytest.raises(InputError, match="cannot profile 0 runs"):
        profile(nn.ReLU(), (torch.zeros(1),), repeats=0)
