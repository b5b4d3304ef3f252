"""The arguments that modules keep of their construction."""

from __future__ import annotations

from functools import partialmethod
from typing import cast

import numpy as np
import pytest
import torch
from torch import nn

from tests.pipeline.engines.native.capturing import topology_of
from visunn_lint.pipeline.engines.native.constructors import kept_arguments


class Scaled(nn.Module):
    """Keeps whatever it is given."""

    def __init__(self, scale: object = 1) -> None:
        super().__init__()
        self.scale = scale


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


def test_arguments_at_their_default_are_named() -> None:
    """Sizes that torch keeps for each axis are told from others by the one that they repeat."""
    assert kept_arguments(nn.Conv2d(3, 8, 3, padding=1)).at_default == (
        "stride", "dilation", "groups", "bias", "padding_mode",
    )  # fmt: skip


def test_modules_that_are_set_up_alike_share_what_is_told() -> None:
    """A network holds many such: they are looked at once."""
    one, other = kept_arguments(nn.Linear(4, 2)), kept_arguments(nn.Linear(4, 2))
    assert one is other


def test_values_that_compare_alike_are_told_apart() -> None:
    """True, 1 and 1.0 are equal, and numpy's numbers look like bytes to some: each comes out as what it is."""
    kept = {
        True: True, "1": 1, "1.0": 1.0, "numpy's": np.float64(1), "(True,)": (True,), "(1,)": (1,), "[1]": [1],
        "mixed": (1, np.int64(1)), "nan": float("nan"),
    }  # fmt: skip
    told = [repr(kept_arguments(Scaled(given)).values["scale"]) for given in kept.values()]
    assert told == ["True", "1", "1.0", "1.0", "(True,)", "(1,)", "(1,)", "(1, None)", "'nan'"]


class Weighed(nn.Module):
    """Keeps its argument as a parameter or as it is, as it is told."""

    def __init__(self, weight: float | None, *, learned: bool) -> None:
        super().__init__()
        self.learned = learned
        if learned:
            self.register_parameter("weight", None if weight is None else nn.Parameter(torch.tensor(weight)))
        else:
            self.weight = weight


def test_argument_is_a_parameter_in_one_module_and_an_attribute_in_another() -> None:
    """Whichever of them the class was met with last."""
    ways = [(2.0, True), (None, True), (2.0, False), (None, True), (2.0, True), (None, False)]
    told = [kept_arguments(Weighed(weight, learned=learned)).values["weight"] for weight, learned in ways]
    assert told == [True, False, 2.0, False, True, None]


def test_what_one_topology_tells_is_its_own() -> None:
    """A value that somebody changes in one is not changed in the next."""
    one = topology_of(nn.Linear(4, 2), torch.ones(1, 4))[""].hyperparameters
    cast("dict[str, object]", one)["in_features"] = 99
    assert topology_of(nn.Linear(4, 2), torch.ones(1, 4))[""].hyperparameters["in_features"] == 4


def test_what_no_json_holds_is_left_out() -> None:
    """Objects, arrays and modules are no settings that a table can show; None is one."""
    assert [kept_arguments(Scaled(given)).values for given in (object(), np.zeros(2), nn.ReLU(), None)] == [
        {}, {}, {}, {"scale": None},
    ]  # fmt: skip


class _Fixed(Scaled):
    """Has a constructor that is no function."""

    __init__ = partialmethod(Scaled.__init__, 4)


def test_a_constructor_that_has_no_signature_keeps_nothing() -> None:
    """What it is called with cannot be told."""
    assert dict(kept_arguments(_Fixed()).values) == {}
