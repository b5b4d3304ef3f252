"""Which loss a model's outputs go to: as declared, and as its own methods call it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch
import torch.nn.functional as F  # noqa: N812 -- methods below call losses as people do
from torch import Tensor, nn

import visunn_lint
from visunn_lint.config import load_settings
from visunn_lint.errors import InputError
from visunn_lint.loading import capture_model, load
from visunn_lint.loading.losses import declared_loss, loss_of_result
from visunn_lint.loss import Loss, loss_name

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("cross_entropy", "cross_entropy"),
        ("CrossEntropyLoss", "cross_entropy"),
        ("nn.CrossEntropyLoss()", "cross_entropy"),
        ("torch.nn.BCEWithLogitsLoss", "binary_cross_entropy_with_logits"),
        ("bce", "binary_cross_entropy"),
        ("F.mse_loss", "mse_loss"),
        ("my.project.DiceLoss(smooth=1)", "DiceLoss"),
    ],
)
def test_a_loss_goes_by_the_name_of_its_function(text: str, name: str) -> None:
    """However it is written; one that torch does not have keeps its name."""
    assert loss_name(text) == name


class Net(nn.Module):
    """What the methods below are called on."""

    def __init__(self) -> None:
        super().__init__()
        self.fc, self.criterion, self.pairs = nn.Linear(4, 3), nn.CrossEntropyLoss(), nn.BCEWithLogitsLoss()

    def forward(self, x: Tensor) -> Tensor:
        """Return scores."""
        out: Tensor = self.fc(x)
        return out


def _by_function(self: Net, batch: tuple[Tensor, Tensor]) -> Tensor:
    x, y = batch
    logits = self(x)
    return F.cross_entropy(logits.view(-1, 3), y)


def _by_module(self: Net, x: Tensor, y: Tensor) -> object:
    return self.criterion(self.forward(x), y)


def _made_on_the_spot(self: Net, x: Tensor, y: Tensor) -> object:
    return nn.CrossEntropyLoss()(self(x), y)


def _after_something_else(self: Net, x: Tensor, y: Tensor) -> Tensor:
    logits = self(x)
    logits = F.dropout(logits, 0.1)
    return F.cross_entropy(logits, y)


def _of_something_else(self: Net, x: Tensor, y: Tensor) -> Tensor:
    return F.cross_entropy(self.fc(x), y)


def _of_two_kinds(self: Net, x: Tensor, y: Tensor) -> object:
    logits = self(x)
    return self.criterion(logits, y) + self.pairs(logits, y)


@pytest.mark.parametrize("method", [_by_function, _by_module, _made_on_the_spot], ids=lambda each: each.__name__)
def test_a_method_that_calls_a_loss_on_the_result_tells_it(method: Callable[..., object]) -> None:
    """With the line of the call, by whatever name the method goes."""
    model = type("Made", (Net,), {"training_step": method})()
    found = loss_of_result(model)
    assert found is not None
    assert found.name == "cross_entropy"
    assert found.source is not None
    assert found.source.file == __file__
    line = Path(__file__).read_text(encoding="utf-8").splitlines()[found.source.line - 1]
    called = line[found.source.column - 1 : found.source.end_column - 1]
    assert line.removeprefix("    return ") == called


@pytest.mark.parametrize(
    "method", [_after_something_else, _of_something_else, _of_two_kinds], ids=lambda each: each.__name__
)
def test_other_losses_tell_nothing(method: Callable[..., object]) -> None:
    """One of another value than the result, and two that differ."""
    assert loss_of_result(type("Made", (Net,), {"training_step": method})()) is None


def test_a_declared_loss_goes_before_one_that_is_read() -> None:
    """As capture_model is given it."""
    model = type("Made", (Net,), {"training_step": _by_function})()
    assert capture_model(model, (torch.zeros(2, 4),), loss="nn.NLLLoss()").loss == Loss("nll_loss")


@pytest.mark.parametrize("text", ["crossentropy", "cross-entropy", "cros_entropy", "CrossEntropy"])
def test_a_misspelt_loss_is_refused(text: str) -> None:
    """No rule would know it, and nobody would see that none did."""
    with pytest.raises(InputError) as caught:
        declared_loss(text)
    assert (caught.value.message, caught.value.hint) == (f"there is no loss {text!r}", "did you mean cross_entropy?")


@pytest.mark.parametrize("text", ["DiceLoss", "smooth_l2_loss", "soft_cross_entropy", "focal_loss"])
def test_a_loss_of_the_users_own_is_taken_as_it_is(text: str) -> None:
    """Its name may hold one of torch's."""
    assert declared_loss(text) == Loss(text)


@visunn_lint.model(inputs="2x4", loss="BCEWithLogitsLoss")
class Marked(Net):
    """A model whose mark declares its loss."""


def test_a_mark_declares_a_loss() -> None:
    """For a model in memory as for one of a file."""
    assert capture_model(Marked()).loss == Loss("binary_cross_entropy_with_logits")


def test_the_configuration_declares_a_loss(tmp_path: Path) -> None:
    """Under the name of the model."""
    file = tmp_path / "net.py"
    file.write_text("from torch import nn\nmodel = nn.Sequential(nn.Linear(4, 3), nn.Softmax(dim=1))\n")
    table = {"models": {"net": {"target": str(file), "inputs": "2x4", "loss": "cross_entropy"}}, "preview": True}
    settings = load_settings(tmp_path, isolated=True, environ={}, flags=table)
    (model,) = load("net", models=settings.models, root=tmp_path).models
    assert model.loss == Loss("cross_entropy")
