"""What a capture is asked for: a model, in a mode."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch import nn

from visunn_lint import pipeline
from visunn_lint.behaviour import assert_batch_independent_shapes, assert_causal, assert_train_eval_same
from visunn_lint.checking import check
from visunn_lint.errors import InputError
from visunn_lint.profiling import profile
from visunn_lint.tracing import trace
from visunn_lint.visu import Visu

if TYPE_CHECKING:
    from collections.abc import Callable

_X = torch.zeros(2, 3)

_TAKE_A_MODEL: dict[str, Callable[[Any], object]] = {
    "trace": trace,
    "check": check,
    "assert_causal": assert_causal,
    "assert_batch_independent_shapes": lambda model: assert_batch_independent_shapes(model, inputs="b x 3"),
    "assert_train_eval_same": assert_train_eval_same,
    "capture": lambda model: pipeline.capture(model, (_X,)),
    "profile": lambda model: profile(model, (_X,)),
    "Visu": lambda model: Visu(model, [_X], "nowhere"),
}

_TAKE_A_MODE: dict[str, Callable[[Any], object]] = {
    "trace": lambda mode: trace(nn.Linear(3, 4), (_X,), mode=mode),
    "capture": lambda mode: pipeline.capture(nn.Linear(3, 4), (_X,), mode=mode),
    "profile": lambda mode: profile(nn.Linear(3, 4), (_X,), mode=mode),
    "Visu": lambda mode: Visu(nn.Linear(3, 4), [_X], "nowhere", mode=mode),
}


def _refused(call: Callable[[], object]) -> tuple[str, str | None]:
    with pytest.raises(InputError) as caught:
        call()
    return caught.value.message, caught.value.hint


@pytest.mark.parametrize("take", _TAKE_A_MODEL.values(), ids=_TAKE_A_MODEL)
def test_a_class_is_no_model(take: Callable[[Any], object]) -> None:
    """Whoever takes a model says that it has to be built."""
    assert _refused(lambda: take(nn.Linear)) == (
        "`Linear` is a class, and a model is an instance of one",
        "build it: Linear(…)",
    )


@pytest.mark.parametrize("take", _TAKE_A_MODEL.values(), ids=_TAKE_A_MODEL)
@pytest.mark.parametrize(
    ("model", "shown"),
    [("a.py", "'a.py'"), (None, "None"), (_X, "tensor([[0., 0., 0.],\\n        [0., 0., 0.]])")],
    ids=["str", "None", "Tensor"],
)
def test_what_is_no_module_is_refused_on_one_line(take: Callable[[Any], object], model: object, shown: str) -> None:
    """The message shows what was given."""
    assert _refused(lambda: take(model)) == (
        f"{shown} is no torch.nn.Module",
        "give the model itself; names and files are for `visunn check` and the fixture",
    )


@pytest.mark.parametrize("take", _TAKE_A_MODE.values(), ids=_TAKE_A_MODE)
@pytest.mark.parametrize("mode", ["Train", None, ["eval"]], ids=str)
def test_modes_are_eval_and_train(take: Callable[[Any], object], mode: object) -> None:
    """No topology says that it was captured in a mode that there is not."""
    assert _refused(lambda: take(mode)) == (f"no such mode: {mode!r}", 'modes are "eval" and "train"')
