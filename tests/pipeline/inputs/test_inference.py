"""Inputs found by trying."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from torch import nn

from tests.models.batched import Annotated, Asking, ByName, Captioned, Choosing, Optional, Placed, Several, Tasks, Told
from tests.models.guessed import (
    Alone,
    Bare,
    Block,
    Captions,
    Classifier,
    Contradiction,
    Grows,
    HeadFirst,
    Lacking,
    LeNet,
    Miscalling,
    Misspelt,
    Patches,
    Points,
    Ratings,
    Rows,
    Stepwise,
    Translator,
)
from tests.models.signatures import Conditioned
from visunn_lint.errors import InputError
from visunn_lint.pipeline.engines.engine import Request
from visunn_lint.pipeline.inputs.arguments import from_spec
from visunn_lint.pipeline.inputs.choice import choose_arguments
from visunn_lint.pipeline.inputs.inference import MOST_RUNS, infer
from visunn_lint.pipeline.inputs.trial import Rehearsal
from visunn_lint.spec import InputSpec

if TYPE_CHECKING:
    from collections.abc import Callable


def _infer(model: nn.Module) -> str:
    return infer(model, Rehearsal(Request(model), ["eval", "train"])).spelling


def _refusal(model: nn.Module) -> tuple[str, str]:
    with pytest.raises(InputError) as caught:
        _infer(model)
    return caught.value.message, caught.value.hint


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        pytest.param(lambda: LeNet(1, 256), "b x 1 x 28 x 28", id="lenet-1-256"),
        pytest.param(lambda: LeNet(1, 400), "b x 1 x 32 x 32", id="lenet-1-400"),
        pytest.param(lambda: LeNet(3, 400), "b x 3 x 32 x 32", id="lenet-3-400"),
        pytest.param(lambda: Patches(64), "b x 3 x 64 x 64", id="patches-64"),
        pytest.param(HeadFirst, "b x 3 x 224 x 224", id="headfirst"),
        pytest.param(Grows, "b x 1 x 48 x 48", id="grows"),
        pytest.param(lambda: nn.Conv3d(2, 2, 3), "b x 2 x 32 x 32 x 32", id="conv3d-2-2-3"),
        pytest.param(Conditioned, "b x 4 x 224 x 224, t=b:int64", id="conditioned"),
    ],
)
def test_images(build: Callable[[], nn.Module], expected: str) -> None:
    """Channels are those of the first convolution, the side is what the flattened features ask for."""
    assert _infer(build()) == expected


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        pytest.param(lambda: nn.Linear(10, 3), "b x 10", id="linear-10-3"),
        pytest.param(
            lambda: nn.Sequential(nn.Flatten(), nn.Linear(784, 10)), "b x 784", id="sequential-flatten-linear-784-10"
        ),
        pytest.param(lambda: nn.BatchNorm1d(7), "b x 7", id="batchnorm1d-7"),
        pytest.param(Bare, "b x 10", id="bare"),
        pytest.param(Alone, "", id="alone"),
    ],
)
def test_flat_inputs(build: Callable[[], nn.Module], expected: str) -> None:
    """Features are those of the first matrix."""
    assert _infer(build()) == expected


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        pytest.param(Block, "b x 6:int64", id="block"),
        pytest.param(Classifier, "b x 16:int64, lengths=b:int64", id="classifier"),
        pytest.param(Translator, "b x 16:int64, tgt=b x 16:int64, mask=b x 16:bool", id="translator"),
        pytest.param(Captions, "b x 3 x 224 x 224, input_ids=b x 16:int64", id="captions"),
        pytest.param(Ratings, "b:int64, item=b:int64", id="ratings"),
    ],
)
def test_tokens(build: Callable[[], nn.Module], expected: str) -> None:
    """What an embedding reads are integers; names tell masks and lengths, messages the greatest length."""
    assert _infer(build()) == expected


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        pytest.param(lambda: nn.LSTM(10, 4), "16 x b x 10", id="lstm-10-4"),
        pytest.param(lambda: nn.GRU(10, 4, batch_first=True), "b x 16 x 10", id="gru-10-4-batch_first-true"),
        pytest.param(
            lambda: nn.MultiheadAttention(16, 2),
            "12 x b x 16, key=12 x b x 16, value=12 x b x 16",
            id="multiheadattention-16-2",
        ),
        pytest.param(lambda: Stepwise(nn.GRU), "16 x b x 8, hidden=2 x b x 4", id="stepwise-gru"),
        pytest.param(lambda: Stepwise(nn.LSTM), "16 x b x 8, hidden=[2 x b x 4, 2 x b x 4]", id="stepwise-lstm"),
        pytest.param(lambda: nn.Conv1d(3, 2, 3), "b x 3 x 256", id="conv1d-3-2-3"),
        pytest.param(Points, "b x 256 x 3", id="points"),
        pytest.param(Rows, "b x 1 x 28 x 28", id="rows"),
    ],
)
def test_sequences(build: Callable[[], nn.Module], expected: str) -> None:
    """The batch is the axis that ``batch_first`` says, the features those of the first layer."""
    assert _infer(build()) == expected


def test_given_values_are_not_guessed() -> None:
    """A parameter that has a value already gets that one."""
    model = Ratings()
    items = torch.zeros(2, dtype=torch.int64)
    arguments = infer(model, Rehearsal(Request(model), ["eval"]), {"item": items})
    assert arguments.kwargs["item"] is items
    assert arguments.is_inferred


def test_what_was_inferred_can_be_given() -> None:
    """The spelling of a guess reads back as the same inputs."""
    spelling = _infer(Translator())
    assert str(InputSpec.parse(spelling)) == spelling


def test_no_inputs_fit() -> None:
    """The error tells what was tried, what came furthest, and how inputs are given."""
    message, hint = _refusal(Contradiction())
    assert message.startswith(f"cannot tell the inputs of Contradiction.forward(x): tried {MOST_RUNS}, b x 10 came")
    assert "linear(float32[2,20], float32[3,21], float32[3])" in message
    assert hint == (
        'give them: --input "SHAPE", or inputs="…" in Python; a SHAPE is like b x 3 x 224 x 224 (b is the batch) '
        "or 2x16:int64"
    )


def test_the_hint_has_the_arguments_but_not_the_shapes_that_failed() -> None:
    """What was tried and does not work is no advice."""

    class Net(nn.Module):
        def forward(self, x: torch.Tensor, *, mask: torch.Tensor) -> torch.Tensor:
            message = f"not {x.shape} and {mask.shape}"
            raise ValueError(message)

    assert _refusal(Net())[1].startswith('give them: --input "SHAPE, mask=SHAPE", or')


def test_error_that_no_input_mends_ends_the_search() -> None:
    """A NameError is told after the first run."""
    message, hint = _refusal(Misspelt())
    assert message.startswith(
        "Misspelt.forward(x), tried with b x 3 x 224 x 224, raises NameError: name 'y' is not defined"
    )
    assert hint.startswith("mend forward")


@pytest.mark.parametrize(
    ("model", "error"),
    [
        (Lacking, "AttributeError: 'Lacking' object has no attribute 'cf'"),
        (Miscalling, "TypeError: Bilinear.forward() missing 1 required positional argument: 'input2'"),
    ],
)
def test_slips_in_the_code_end_the_search(model: type[nn.Module], error: str) -> None:
    """A layer that is not there, or is not called as it is defined, is nothing that inputs could mend."""
    message, hint = _refusal(model())
    assert f", raises {error} (" in message
    assert hint.startswith("mend forward")


def test_inputs_in_the_order_of_their_sources() -> None:
    """Given inputs go before declared ones, these before inference; a library's defaults have to work."""
    model = nn.Linear(10, 3)
    rehearsal = Rehearsal(Request(model), ["eval"])
    spellings = [choose_arguments(model, rehearsal).spelling]
    vars(model)["pretrained_cfg"] = {"input_size": (5,)}
    spellings.append(choose_arguments(model, rehearsal).spelling)
    vars(model)["pretrained_cfg"] = {"input_size": (10,)}
    spellings.append(choose_arguments(model, rehearsal).spelling)
    vars(model)["example_inputs"] = "4x10"
    spellings.append(choose_arguments(model, rehearsal).spelling)
    spellings.append(choose_arguments(model, rehearsal, given=InputSpec.parse("3x10")).spelling)
    assert spellings == ["b x 10", "b x 10", "b x 10", "4x10", "3x10"]


def test_captures_of_the_last_trial_are_kept() -> None:
    """What was captured to try inputs need not be captured again."""
    model = nn.Linear(10, 3)
    rehearsal = Rehearsal(Request(model), ["eval", "train"])
    arguments = infer(model, rehearsal)
    assert list(rehearsal.captures(arguments)) == ["eval", "train"]
    assert rehearsal.captures(infer(model, Rehearsal(Request(model), ["eval"]))) == {}


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        (Captioned, "{image: b x 3 x 224 x 224, tokens: b x 16:int64}"),
        (Annotated, "{x: b x 8}, scale=1.0"),
        (Asking, "{x: b x 8}"),
        (Optional, "{x: b x 8}"),
        (ByName, "x=b x 8, y=b x 8"),
    ],
)
def test_values_by_name(build: Callable[[], nn.Module], expected: str) -> None:
    """What forward takes from a batch is what it asks for, whether it says that it takes one or not."""
    assert _infer(build()) == expected


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        (Several, "[b x 8, b x 8], pair=[b x 8, b x 8]"),
        (Choosing, "b x 8, how='sum'"),
        (Tasks, "b x 8, task='depth'"),
        (Placed, "b x 3 x 224 x 224, size=[16, 16], device='cpu', std=[1.0, 1.0]"),
    ],
)
def test_other_things_than_tensors(build: Callable[[], nn.Module], expected: str) -> None:
    """An annotation says what a parameter takes, and what is guessed can be given as it is spelled."""
    assert _infer(build()) == expected
    model = build()
    assert from_spec(InputSpec.parse(expected), model).spelling == expected


def test_texts_are_not_guessed() -> None:
    """A tensor in the place of one would be equal to none of those that forward tells apart."""
    message, hint = _refusal(Told())
    assert message == "cannot tell the inputs of Told.forward(x, how, steps): nobody can guess the text `how`"
    assert hint.startswith("give them: --input \"SHAPE, how='TEXT', steps=1\", or")
