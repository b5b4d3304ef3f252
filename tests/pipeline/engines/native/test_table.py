"""Modules as records: kinds, hyperparameters, parameters, lines."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from tests.pipeline.engines.native.capturing import topology_of
from visunn_lint.pipeline.engines.native.constructors import kept_arguments
from visunn_lint.pipeline.engines.native.table import public_name
from visunn_lint.records import Param


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        (
            nn.Conv2d(3, 8, 3, stride=2, bias=False),
            {
                "in_channels": 3, "out_channels": 8, "kernel_size": (3, 3), "stride": (2, 2), "padding": (0, 0),
                "dilation": (1, 1), "groups": 1, "bias": False, "padding_mode": "zeros",
            },
        ),
        (nn.Linear(4, 2), {"in_features": 4, "out_features": 2, "bias": True}),
        (nn.Hardtanh(-1, float("inf")), {"min_val": -1, "max_val": "inf", "inplace": False}),
        (
            nn.LSTM(4, 8, num_layers=2, bidirectional=True),
            {
                "mode": "LSTM", "input_size": 4, "hidden_size": 8, "num_layers": 2, "bias": True, "batch_first": False,
                "dropout": 0.0, "bidirectional": True, "proj_size": 0,
            },
        ),
        (nn.Sequential(nn.ReLU()), {}),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, nn.Module) else "",
)  # fmt: skip
def test_hyperparameters_are_the_constructors_arguments(module: nn.Module, expected: dict[str, object]) -> None:
    """A module's own attributes under the names of its constructor, biases as whether there is one."""
    assert kept_arguments(module).values == expected


def test_kind_is_the_public_name() -> None:
    """The name to import a class by, not the private place it is defined in."""
    assert [public_name(cls) for cls in (nn.Conv2d, nn.MultiheadAttention, Tied)] == [
        "torch.nn.Conv2d",
        "torch.nn.MultiheadAttention",
        f"{__name__}.Tied",
    ]


class Tied(nn.Module):
    """Shares one weight between two layers, and one layer between two names."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(10, 4)
        self.head = nn.Linear(4, 10, bias=False)
        self.head.weight = self.embed.weight
        self.again = self.head

    def forward(self, x: Tensor) -> Tensor:
        """Return logits of tokens."""
        result: Tensor = self.again(self.embed(x))
        return result


def test_shared_weight_names_the_others() -> None:
    """A tied parameter is counted once, and each of its places knows the others."""
    topology = topology_of(Tied(), torch.zeros(2, 3, dtype=torch.int64))
    assert topology["embed"].params == (Param("embed.weight", (10, 4), "float32", shared_with=("head.weight",)),)
    assert topology["head"].params == (Param("head.weight", (10, 4), "float32", shared_with=("embed.weight",)),)
    assert topology.parameter_count == 40


def test_module_under_two_names_is_one() -> None:
    """The first name is its path, the second an alias by which it is found too."""
    topology = topology_of(Tied(), torch.zeros(2, 3, dtype=torch.int64))
    assert topology["again"] is topology["head"]
    assert topology["head"].aliases == ("again",)
    assert [call.key for call in topology["again"].calls] == [("head", 0)]


def test_module_knows_the_line_that_assigns_it() -> None:
    """For a live instance the line is found in the class of its parent."""
    place = topology_of(Tied(), torch.zeros(2, 3, dtype=torch.int64))["head"].source
    assert place is not None
    line = Path(__file__).read_text(encoding="utf-8").splitlines()[place.line - 1]
    assert line.strip() == "self.head = nn.Linear(4, 10, bias=False)"


def test_lazy_module_has_the_shapes_of_the_run_and_stays_lazy() -> None:
    """The topology knows what the run decided; the user's module does not."""
    model = nn.Sequential(nn.LazyLinear(3))
    topology = topology_of(model, torch.ones(2, 5))
    assert [param.shape for param in topology.params] == [(3, 5), (3,)]
    assert [node.short_op for node in topology.ops()] == ["linear"]
    assert isinstance(model[0], nn.LazyLinear)
