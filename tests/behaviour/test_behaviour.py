"""What takes more than one run of a model to tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from tests.assertions.failing import failure
from tests.snapshot import Snapshot, surroundings
from visunn_lint.behaviour import (
    assert_batch_independent_shapes,
    assert_causal,
    assert_gradients_reach,
    assert_train_eval_same,
)
from visunn_lint.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable


class Language(nn.Module):
    """A small transformer over tokens; ``looks_ahead`` leaves out its mask."""

    def __init__(self, *, looks_ahead: bool = False) -> None:
        super().__init__()
        self.embedding = nn.Embedding(10, 16)
        layer = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.head = nn.Linear(16, 10)
        self.looks_ahead = looks_ahead

    def forward(self, tokens: Tensor) -> Tensor:
        """Return logits for each position."""
        mask = None if self.looks_ahead else nn.Transformer.generate_square_subsequent_mask(tokens.shape[1])
        logits: Tensor = self.head(self.encoder(self.embedding(tokens), mask=mask))
        return logits


class Centred(nn.Module):
    """Takes the mean of all positions from each."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the same shape."""
        return x - x.mean(1, keepdim=True)


class Routed(nn.Module):
    """Lets the largest value of a sequence choose what becomes of all: there is no gradient of that."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the same shape."""
        return x * (x.argmax(1, keepdim=True) + 1)


class Shifted(nn.Module):
    """A convolution over time that is padded at the front alone."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(4, 4, 3)

    def forward(self, x: Tensor) -> Tensor:
        """Return the same shape, positions along axis 1."""
        y: Tensor = self.conv(functional.pad(x.transpose(1, 2), (2, 0)))
        return y.transpose(1, 2)


class Normed(nn.Module):
    """Normalises each position before all of them attend to each other."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(16)
        self.attention = nn.MultiheadAttention(16, 2, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        """Return the same shape."""
        h = self.norm(x.to(self.norm.weight))
        y: Tensor = x + self.attention(h, h, h)[0]
        return y


class Noisy(nn.Module):
    """Draws from torch's generator in eval too."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the same shape."""
        return x + torch.randn_like(x)


@pytest.mark.parametrize(
    ("model", "inputs", "axis"),
    [
        (Language(), "2x6:int64", 1),
        (Shifted(), "2x24x4", 1),
        (nn.LSTM(4, 4), "6x2x4", 0),
        (nn.Linear(4, 4), "2x6x4", 1),
        (Noisy(), "2x6x4", 1),
    ],
    ids=lambda value: type(value).__name__,
)
def test_causal_models_pass(model: nn.Module, inputs: str, axis: int) -> None:
    """Masks, padding at the front and recurrence do not look ahead; random numbers are the same in each run."""
    assert_causal(model, inputs=inputs, axis=axis)


def test_a_model_that_looks_ahead_names_the_module() -> None:
    """The message has the two positions, and the innermost module where the later one is first seen."""
    assert failure(lambda: assert_causal(Language(looks_ahead=True), inputs="2x6:int64")) == (
        "Language is not causal along axis 1: output position 0 changes with input position 1\n"
        "    first seen in `encoder.layers.0.self_attn` (MultiheadAttention)\n"
        "    at logits: Tensor = self.head(self.encoder(self.embedding(tokens), mask=mask))"
    )
    assert "\n    first seen in `1` (Centred)\n" in failure(
        lambda: assert_causal(nn.Sequential(Shifted(), Centred()), inputs="2x6x4")
    )


@pytest.mark.parametrize("model", [Centred(), Routed()], ids=lambda value: type(value).__name__)
def test_a_model_may_look_ahead_itself(model: nn.Module) -> None:
    """What mixes positions between the modules is found too, and so is what has no gradient."""
    assert failure(lambda: assert_causal(model, inputs="2x6x4")) == (
        f"{type(model).__name__} is not causal along axis 1: output position 0 changes with input position 1\n"
        "    it comes in by what the model itself does, between its modules"
    )


@pytest.mark.parametrize(
    "x",
    [torch.zeros(2, 8, 16), torch.ones(2, 8, 16), torch.arange(256.0).view(2, 8, 16), torch.arange(256).view(2, 8, 16)],
    ids=["zeros", "ones", "floats", "integers"],
)
def test_a_norm_does_not_hide_what_changes(x: Tensor) -> None:
    """Each element of a position changes by another amount, which no norm takes away again."""
    message = failure(lambda: assert_causal(Normed(), (x,)))
    assert message.startswith("Normed is not causal along axis 1: output position 0 changes with input position 1\n")


@pytest.mark.parametrize("scale", [1e-6, 1e12])
def test_positions_change_as_much_as_their_values_are_large(scale: float) -> None:
    """What is added to a large value does not drown in it."""
    assert "changes with input position 1" in failure(lambda: assert_causal(Centred(), (torch.ones(2, 6, 4) * scale,)))


@pytest.mark.parametrize(
    ("inputs", "axis", "message"),
    [
        ("2x4", 2, "no input has two positions or more along axis 2"),
        ("2x1x4", 1, "no input has two positions or more along axis 1"),
        ("2x6x4", 2, "no output has 4 positions along axis 2"),
    ],
)
def test_positions_that_are_not_there_are_an_error(inputs: str, axis: int, message: str) -> None:
    """What cannot be compared is not called causal."""
    with pytest.raises(InputError, match=f"^{message}$"):
        assert_causal(nn.Linear(4, 3), inputs=inputs, axis=axis)


class Partial(nn.Module):
    """Trains only some of its parameters, each for a reason of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.used, self.unused, self.cut = (nn.Linear(4, 4, bias=False) for _ in range(3))
        self.silent, self.dropped, self.frozen = (nn.Linear(4, 4, bias=False) for _ in range(3))
        self.frozen.requires_grad_(requires_grad=False)
        self.scale = nn.Parameter(torch.zeros(4))
        self.gate = nn.Parameter(torch.zeros(4))

    def forward(self, x: Tensor) -> Tensor:
        """Return a sum."""
        self.dropped(x)
        cut = self.cut(x).detach()
        with torch.no_grad():
            silent = self.silent(x)
        y: Tensor = self.frozen(self.used(x)) * self.gate + cut + silent
        return y


def test_parameters_without_gradient_tell_why() -> None:
    """Every parameter that no gradient reaches is named, those of one reason together; zeros have reached."""
    model = Partial()
    assert failure(lambda: assert_gradients_reach(model, inputs="2x4")) == (
        "no gradient reaches 5 of 7 trainable parameters of Partial\n"
        "    scale\n"
        "        no op reads it\n"
        "    unused.weight\n"
        "        `unused` is never called, built at "
        "self.used, self.unused, self.cut = (nn.Linear(4, 4, bias=False) for _ in range(3))\n"
        "    cut.weight\n"
        "        cut off by `detach` at cut = self.cut(x).detach()\n"
        "    silent.weight\n"
        "        cut off on the way to the outputs: by no_grad, or by an op without a gradient\n"
        "    dropped.weight\n"
        "        it is read, and nothing that depends on it is returned"
    )
    assert_gradients_reach(Language(), inputs="2x6:int64")


class Switching(nn.Module):
    """Has a second head in train."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4), nn.Dropout())
        self.aux = nn.Linear(4, 3)

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        """Return one tensor in eval, two in train."""
        y: Tensor = self.body(x)
        return (y * 2, self.aux(y)) if self.training else (y * 2,)


def test_modes_differ_by_calls_and_ops() -> None:
    """What torch's own modules do inside may differ; a module that is called in train alone may not."""
    assert_train_eval_same(Switching().body, inputs="2x4")
    assert failure(lambda: assert_train_eval_same(Switching(), inputs="2x4")) == (
        "Switching does not do the same in train as in eval (- in eval alone, + in train alone)\n"
        "     Switching: mul 2×4\n"
        "    +aux (Linear) 2×3"
    )


class Hard(nn.Module):
    """Knows its batch size."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(8, 3)

    def forward(self, x: Tensor) -> Tensor:
        """Return one row for each of two samples."""
        y: Tensor = self.fc(x.reshape(2, 8))
        return y


class Folding(nn.Module):
    """Has two rows, however many samples there are."""

    def forward(self, x: Tensor) -> Tensor:
        """Return what runs at any even number of samples, and at an odd one as well."""
        return (x * 2).view(2, -1)


class Swapping(nn.Module):
    """Puts the batch behind the features, and flattens it with the positions."""

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return both."""
        return x.flatten(1).t(), x.flatten(0, 1)


class Padded(nn.Module):
    """Adds a row to every batch."""

    def forward(self, x: Tensor) -> Tensor:
        """Return one sample more."""
        return torch.cat([x, x.new_zeros(1, 4)]) * 2


def test_shapes_follow_the_batch() -> None:
    """A dim stays or grows with the batch; the first op whose output does neither is named, or what is raised."""
    assert_batch_independent_shapes(Language(), inputs="b x 6:int64")
    assert_batch_independent_shapes(Switching(), inputs="b x 4")
    assert failure(lambda: assert_batch_independent_shapes(Hard(), inputs="b x 8")) == (
        "Hard runs at a batch of 2, and not of 3\n"
        "    RuntimeError in `Hard`: shape '[2, 8]' is invalid for input of size 24\n"
        "    at y: Tensor = self.fc(x.reshape(2, 8))"
    )
    assert failure(lambda: assert_batch_independent_shapes(Padded(), inputs="b x 4")) == (
        "not every shape of Padded follows the batch\n"
        "    `cat` puts out 3×4 at a batch of 2, 4×4 at 3\n"
        "    at return torch.cat([x, x.new_zeros(1, 4)]) * 2"
    )


def test_batch_that_is_folded_into_another_axis_is_told() -> None:
    """A batch that moves as a whole, or is flattened with what comes behind it, still follows."""
    assert_batch_independent_shapes(Swapping(), inputs="b x 4 x 5")
    assert failure(lambda: assert_batch_independent_shapes(Folding(), inputs="b x 4")) == (
        "not every shape of Folding follows the batch\n"
        "    output `0` is 2×4 at a batch of 2, 2×6 at 3\n"
        "    at return (x * 2).view(2, -1)"
    )


def test_a_batch_that_is_not_declared_is_an_error() -> None:
    """Nobody guesses which axis is the batch."""
    with pytest.raises(InputError) as raised:
        assert_batch_independent_shapes(nn.Linear(4, 4), inputs="2x4")
    assert raised.value.hint == 'write b for it, as in inputs="b x 3 x 32 x 32"'


@pytest.mark.parametrize(
    "assertion", [assert_causal, assert_gradients_reach, assert_train_eval_same], ids=lambda each: each.__name__
)
def test_the_model_is_left_as_it_was_found(assertion: Callable[..., Any]) -> None:
    """Weights, statistics, gradients, modes and random numbers are those of before."""
    model = nn.Sequential(nn.BatchNorm1d(6), nn.Linear(4, 4), nn.Dropout())
    before, around = Snapshot.of(model), surroundings()
    assertion(model, inputs="2x6x4")
    assert Snapshot.of(model).changes_since(before) == {}
    assert surroundings() == around


@pytest.mark.parametrize("assertion", [assert_causal, assert_gradients_reach], ids=lambda assertion: assertion.__name__)
def test_inputs_without_values_are_refused(assertion: Callable[..., Any]) -> None:
    """Inputs so large that they are made without values cannot be run on."""
    with pytest.raises(InputError, match="an input has no values, it stands on the meta device"):
        assertion(nn.Linear(8, 8), inputs="2147483648x8x8")


def test_a_model_without_values_is_refused() -> None:
    """A model on meta cannot run for real."""
    with torch.device("meta"):
        model = nn.Linear(4, 4)
    with pytest.raises(InputError, match=r"^the model has no values, it stands on the meta device$"):
        assert_gradients_reach(model, inputs="2x4")
