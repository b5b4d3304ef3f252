"""What a Topology answers about its ops."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from visunn_lint import trace


class Branching(nn.Module):
    """Has ops of several names, one of them twice."""

    def forward(self, x: Tensor) -> Tensor:
        """Return what two softmaxes and two sums make."""
        scores = x.softmax(-1) + x
        return scores.log_softmax(-1) + torch.softmax(scores, -1)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("softmax", "log_softmax"), ["softmax", "log_softmax", "softmax"]),
        (("add",), ["add", "add"]),
        (("input", "aten::add", "conv2d"), []),
        ((), []),
    ],
    ids=str,
)
def test_ops_of_several_names_come_in_order_of_execution(names: tuple[str, ...], expected: list[str]) -> None:
    """By their short names, and no other nodes."""
    topology = trace(Branching(), (torch.ones(2, 3),))
    assert [node.short_op for node in topology.ops_named(set(names))] == expected
