"""A model is put into a mode as its own ``train`` does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import pytest
import torch
from torch import nn

from visunn_lint.pipeline.engines.native.modes import put_in_mode
from visunn_lint.pipeline.engines.native.survey import survey

if TYPE_CHECKING:
    from collections.abc import Callable


class Frozen(nn.Sequential):
    """Keeps its norms in eval, as detectors do."""

    def train(self, mode: bool = True) -> Self:  # noqa: FBT001, FBT002 -- torch's signature
        """Set the mode of all but the norms."""
        super().train(mode)
        for module in self.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.eval()
        return self


class Watching(nn.Module):
    """Takes note of what is set on it."""

    def __setattr__(self, name: str, value: Any) -> None:  # noqa: ANN401 -- torch's signature
        """Count."""
        super().__setattr__(name, value)
        if name == "training":
            vars(self).setdefault("seen", []).append(value)


def flags(model: nn.Module) -> list[bool]:
    """Return the mode of each module."""
    return [module.training for module in model.modules()]


MODELS = {
    "torch's own": lambda: nn.Sequential(nn.Linear(1, 1), nn.Sequential(nn.ReLU(), nn.Dropout())),
    "a train of its own": lambda: Frozen(nn.BatchNorm2d(1), nn.ReLU()),
    "a part with one": lambda: nn.Sequential(Frozen(nn.BatchNorm2d(1)), nn.BatchNorm2d(1)),
    "a scripted part": lambda: nn.Sequential(torch.jit.script(nn.Sequential(nn.Dropout())), nn.Dropout()),
    "in eval": lambda: nn.Sequential(nn.Dropout()).eval(),
}


@pytest.mark.filterwarnings("ignore:.*torch.jit.script.*:FutureWarning")
@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
def test_modes_are_those_that_the_model_would_set(make: Callable[[], nn.Module], training: bool) -> None:  # noqa: FBT001 -- a parameter
    """Whoever has a word in it is asked."""
    model, expected = make(), make().train(training)
    put_in_mode(model, survey(model).registered.values(), training=training)
    assert flags(model) == flags(expected)


def test_method_of_one_module_is_called() -> None:
    """A ``train`` that stands on an instance is the user's own too."""
    model = nn.Sequential(nn.ReLU())
    called: list[bool] = []
    model[0].train = called.append  # type: ignore[assignment]  # as people do to keep a part in eval
    put_in_mode(model, survey(model).registered.values(), training=False)
    assert (called, flags(model)) == ([False], [False, True])


def test_setter_of_a_class_is_called() -> None:
    """What hears of every attribute hears of the mode."""
    model = nn.Sequential(Watching())
    put_in_mode(model, survey(model).registered.values(), training=False)
    assert model[0].seen == [False]


@pytest.mark.parametrize("cls", [nn.Module, nn.BatchNorm2d])
def test_train_that_somebody_replaced_is_called(cls: type[nn.Module], monkeypatch: pytest.MonkeyPatch) -> None:
    """Also once modules of the class have been put into a mode."""
    model = nn.Sequential(nn.BatchNorm2d(1))
    modules = survey(model).registered.values()
    put_in_mode(model, modules, training=True)
    called: list[bool] = []
    monkeypatch.setattr(cls, "train", lambda _module, mode=True: called.append(mode), raising=False)
    put_in_mode(model, modules, training=False)
    assert called == [False]


def test_what_train_cannot_walk_through_is_an_error() -> None:
    """As for whoever puts the model into a mode: children that are none, and a module within itself."""
    model, loop = nn.Sequential(nn.ReLU()), nn.Sequential(nn.ReLU())
    vars(model)["children"] = ["a"]
    loop[0].add_module("around", loop)
    for each, error in ((model, TypeError), (loop, RecursionError)):
        with pytest.raises(error):
            put_in_mode(each, survey(each).registered.values(), training=False)
