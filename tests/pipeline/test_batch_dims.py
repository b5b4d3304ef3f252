"""Axes that follow the batch are told by two runs at different batch sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn

from visunn_lint.pipeline.batch_dims import with_batch_dims
from visunn_lint.tracing import trace

if TYPE_CHECKING:
    from visunn_lint.topology import Topology


class _Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 6)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        x = self.fc(x)
        return x.flatten(0, 1).t(), x @ x.transpose(1, 2)


def _dims(topology: Topology) -> dict[str, tuple[tuple[int, ...], ...]]:
    nodes = topology.nodes.values()
    return {node.short_op: tuple(spec.batch_dims for spec in node.output_specs if spec) for node in nodes}


def test_every_spec_says_which_of_its_axes_follow_the_batch() -> None:
    """Those of nodes, of calls and of the inputs; an axis that the batch was folded into follows it."""
    marked = with_batch_dims(trace(_Net(), inputs="2x5x4"), trace(_Net(), inputs="3x5x4"))
    assert _dims(marked) == {
        "input": ((0,),),
        "param": ((),),
        "linear": ((0,),),
        "flatten": ((0,),),
        "t": ((1,),),
        "transpose": ((0,),),
        "matmul": ((0,),),
        "output": ((0,),),
    }
    assert [slot.spec.batch_dims for slot in marked["fc"].calls[0].inputs] == [(0,)]
    assert [slot.spec.batch_dims for slot in marked[""].calls[0].outputs] == [(1,), (0,)]
    assert [slot.spec.batch_dims for slot in marked.captured.inputs] == [(0,)]


def test_runs_that_are_alike_mark_nothing() -> None:
    """Then the topology is as it was."""
    topology = trace(_Net(), inputs="2x5x4")
    assert with_batch_dims(topology, trace(_Net(), inputs="2x5x4")) == topology
