"""Which inputs a model is run with, and the values that it gets beside them."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from tests.models.signatures import Two
from visunn_lint.errors import InputError
from visunn_lint.pipeline.engines.engine import Request
from visunn_lint.pipeline.inputs.choice import choose_arguments
from visunn_lint.pipeline.inputs.trial import Rehearsal
from visunn_lint.spec import InputSpec

_X = torch.zeros(2, 3)


class _Declaring(Two):
    example_inputs = (_X, _X)


@pytest.mark.parametrize(
    ("model", "given"),
    [(Two(), InputSpec.parse("2x3, 2x3")), (_Declaring(), None), (Two(), None)],
    ids=["given", "declared", "inferred"],
)
def test_values_for_no_parameter_are_refused(model: Two, given: InputSpec | None) -> None:
    """A name that forward does not have is a mistake in what was said of the model, wherever its inputs come from."""
    with pytest.raises(InputError, match=r"^the inputs do not fit \w+\.forward\(x, y\): there is no `zz`$"):
        _choose(model, given, {"zz": 1})


def test_values_for_a_parameter_that_is_declared_are_refused() -> None:
    """Two values for one parameter do not fit."""
    with pytest.raises(InputError, match=r"do not fit _Declaring\.forward\(x, y\): multiple values for argument 'x'$"):
        _choose(_Declaring(), None, {"x": _X})


def _choose(model: Two, given: InputSpec | None, kwargs: dict[str, Any]) -> None:
    choose_arguments(model, Rehearsal(Request(model), ["eval"]), given=given, kwargs=kwargs)
