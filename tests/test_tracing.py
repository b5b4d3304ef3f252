"""``trace``: the topology of a model in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from torch import Tensor, nn

import visunn_lint
from tests.models.guessed import Contradiction
from tests.models.signatures import Masked
from visunn_lint.errors import CaptureError, InputError
from visunn_lint.tracing import trace

if TYPE_CHECKING:
    from collections.abc import Callable

_X = torch.zeros(2, 3)


@visunn_lint.model(inputs="5x3", kwargs={"scale": 3.0})
class Marked(nn.Module):
    """Declares its inputs with a mark."""

    def forward(self, x: Tensor, scale: float = 1.0) -> Tensor:
        """Return the input, scaled."""
        return x * scale


def test_values_are_run_as_they_are() -> None:
    """``args`` and ``kwargs`` are what forward is called with."""
    topology = trace(Masked(), (torch.zeros(2, 7, dtype=torch.int64),), {"mask": torch.ones(2, 7)})
    assert (topology.name, topology.captured.input_spec) == ("Masked", "2x7:int64, mask=2x7")
    assert topology["embed"].output_shape == (2, 7, 4)


def test_values_by_name_alone() -> None:
    """Named values that are all there is to give are given, not guessed."""
    topology = trace(nn.Linear(3, 4), kwargs={"input": _X})
    assert (topology.captured.inferred, topology.captured.input_spec) == (False, "input=2x3")


def test_specs_stand_in_for_values() -> None:
    """``inputs`` takes every spelling."""
    model = nn.Linear(3, 4)
    shapes = [trace(model, inputs=inputs)[""].output_shape for inputs in ("2x3", "b x 3", (5, 3), {"input": "7x3"})]
    assert shapes == [(2, 4), (2, 4), (5, 4), (7, 4)]


def test_inputs_may_be_larger_than_memory() -> None:
    """The first rung reads no values, so that none are made."""
    topology = trace(nn.Linear(8, 4), inputs="2147483648x8")
    assert (topology.captured.rung, topology[""].output_shape) == ("meta", (2147483648, 4))


def test_inputs_are_inferred_where_none_are_given() -> None:
    """What was inferred is told, in the form that ``inputs`` takes."""
    captured = trace(nn.Linear(3, 4)).captured
    assert (captured.inferred, captured.input_spec) == (True, "b x 3")


def test_inputs_of_a_mark_are_taken() -> None:
    """A marked class is run with the inputs and values of its mark."""
    topology = trace(Marked())
    assert (topology.captured.inferred, topology[""].input_shape) == (False, (5, 3))
    assert [node.attributes for node in topology.ops("mul")] == [{"other": 3.0}]


@pytest.mark.parametrize("build", [Marked, lambda: nn.Sequential(nn.Linear(3, 4), nn.ReLU())], ids=["own", "torch's"])
def test_equal_models_have_equal_topologies(build: Callable[[], nn.Module]) -> None:
    """The line of whoever traces is no part of the model."""
    one = trace(build(), (_X,))
    other = trace(build(), (_X,))
    assert one == other


def test_mode_is_eval_unless_train_is_asked_for() -> None:
    """One mode is captured, and the model is left in its own."""
    model = nn.Dropout()
    modes = [trace(model, (_X,)).captured.mode, trace(model, (_X,), mode="train").captured.mode]
    assert (modes, model.training) == (["eval", "train"], True)


def test_forward_that_raises() -> None:
    """The error holds the graph up to there, and says where it came to grief."""
    with pytest.raises(CaptureError) as caught:
        trace(Contradiction(), (torch.zeros(2, 10),))
    error = caught.value
    assert (error.module, error.op) == ("second", "aten::linear")
    assert error.topology["first"].output_shape == (2, 20)
    assert error.location is not None
    assert error.location.file.endswith("guessed.py")
    assert error.message.startswith(
        "forward of Contradiction raised RuntimeError in `second`, linear(float32[2,20], float32[3,21], float32[3]): "
        "mat1 and mat2 shapes cannot be multiplied (2x20 and 21x3)"
    )


def test_exception_of_forward_is_the_cause() -> None:
    """The user's own exception is there to be looked at."""
    with pytest.raises(CaptureError) as caught:
        trace(Contradiction(), (torch.zeros(2, 10),))
    assert isinstance(caught.value.__cause__, RuntimeError)


def test_guess_that_fails_is_no_capture_error() -> None:
    """Without inputs of the user's, a forward that always raises is an error of inputs."""
    with pytest.raises(InputError, match="cannot tell the inputs of Contradiction"):
        trace(Contradiction())


def test_values_and_specs_exclude_each_other() -> None:
    """Both at once is refused."""
    with pytest.raises(InputError, match="args and inputs are both given"):
        trace(nn.Linear(3, 3), (_X,), inputs="2x3")


def test_shape_as_args_is_refused() -> None:
    """A tuple of ints is no input of a model that takes one tensor."""
    with pytest.raises(InputError) as caught:
        trace(nn.Linear(3, 3), (2, 3))
    assert caught.value.hint == 'for a tensor of that shape write inputs="2x3"'


def test_inputs_that_do_not_fit_are_refused() -> None:
    """Number and names are checked before anything runs."""
    with pytest.raises(InputError, match=r"do not fit Linear.forward\(input\): too many positional arguments"):
        trace(nn.Linear(3, 3), (_X, _X))


def test_named_values_are_a_dict() -> None:
    """What has no names is refused before anything runs."""
    with pytest.raises(InputError, match="kwargs has to be a dict of the named arguments, not a list"):
        trace(nn.Linear(3, 3), kwargs=[_X])  # type: ignore[arg-type]


def test_unknown_engine_is_refused() -> None:
    """An engine that there is not is named with the closest."""
    with pytest.raises(InputError, match="no engine is called 'nativ'"):
        trace(nn.Linear(3, 3), (_X,), engine="nativ")
