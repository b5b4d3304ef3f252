"""A model that was changed is traced anew, one that was not is not."""

from __future__ import annotations

import gc
import logging
from collections import deque
from dataclasses import dataclass, field
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
import torch
from torch import Tensor, nn

import visunn_lint
from visunn_lint.testing.captures import Captures
from visunn_lint.testing.fixture import Visunn
from visunn_lint.testing.versions import version_of

if TYPE_CHECKING:
    from collections.abc import Callable


class Slotted:
    """Has no ``__dict__``."""

    __slots__ = ("__hidden", "later", "width")

    def __init__(self) -> None:
        self.width = 4
        self.__hidden = 1

    def hide(self, value: int) -> None:
        """Set what nobody else can name."""
        self.__hidden = value


@dataclass
class Config:
    """Settings, in which there are more."""

    norm: bool = False
    parts: list[object] = field(default_factory=lambda: [SimpleNamespace(width=4), Slotted()])
    owner: object = None


class Settings(dict[str, int]):
    """A dict that has attributes."""

    norm = False


class Net(nn.Module):
    """A model with one of each thing that can be changed."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)
        self.norm = nn.BatchNorm1d(4)
        self.hidden = [nn.Linear(4, 4)]
        self.sizes = {"out": [1, 2]}
        self.depth = 2
        self.config = Config()
        self.config.owner = self.config
        self.settings = Settings()
        self.last = deque([1])
        self.logger = logging.getLogger("net")

    def forward(self, x: Tensor) -> Tensor:
        """Return the same shape."""
        y: Tensor = self.norm(self.hidden[0](self.fc(x)))
        return y


def _other(self: Net, x: Tensor) -> Tensor:
    y: Tensor = self.fc(x)
    return y


CHANGES: dict[str, Callable[[Net], object]] = {
    "a weight, in place": lambda net: nn.init.zeros_(net.fc.weight),
    "a weight's data": lambda net: setattr(net.fc.weight, "data", torch.ones(4, 4)),
    "a weight that is frozen": lambda net: setattr(net.fc.weight, "requires_grad", False),
    "a buffer": lambda net: net.norm.reset_running_stats(),
    "a submodule": lambda net: setattr(net, "norm", nn.Identity()),
    "one more submodule": lambda net: net.add_module("new", nn.ReLU()),
    "a module in a list": lambda net: net.hidden.insert(0, nn.Linear(4, 4)),
    "an attribute of a module in a list": lambda net: setattr(net.hidden[0], "out_features", 5),
    "an item deep inside": lambda net: net.sizes["out"].append(3),
    "a setting": lambda net: setattr(net.config, "norm", True),
    "a setting deep inside": lambda net: setattr(net.config.parts[0], "width", 5),
    "a setting in a slot": lambda net: setattr(net.config.parts[1], "width", 5),
    "a setting in a slot that was empty": lambda net: setattr(net.config.parts[1], "later", 5),
    "a setting in a private slot": lambda net: net.config.parts[1].hide(2),  # type: ignore[attr-defined]
    "an attribute of a dict": lambda net: setattr(net.settings, "norm", True),
    "an item of a deque": lambda net: net.last.append(2),
    "a number": lambda net: setattr(net, "depth", 3),
    "a number that equals a truth": lambda net: setattr(net.norm, "training", 1),
    "a mode": lambda net: net.norm.eval(),
    "a hook": lambda net: net.fc.register_forward_hook(lambda *_: None),
    "a dtype": lambda net: net.double(),
    "a forward of its own": lambda net: setattr(net, "forward", _other.__get__(net)),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_of_the_model_is_seen(change: Callable[[Net], object]) -> None:
    """Whatever a capture could see of a model is part of the key that its topology is kept by."""
    net, captures, traced = Net(), Captures(), []
    topology = visunn_lint.trace(nn.Identity(), inputs="1")

    def trace() -> visunn_lint.Topology:
        traced.append(1)
        return topology

    captures.find(net, ("2x4",), trace)
    captures.find(net, ("2x4",), trace)
    assert len(traced) == 1
    change(net)
    captures.find(net, ("2x4",), trace)
    assert len(traced) == 2


def test_objects_may_be_nested_deeply() -> None:
    """A list that is linked by attributes is read to its end."""
    first = last = Config()
    for _ in range(5000):
        last.owner = last = Config()
    before = version_of(first)
    assert version_of(first) == before
    last.norm = True
    assert version_of(first) != before


def test_what_is_logged_is_no_change_of_the_model() -> None:
    """A logger leads to all that a test has logged."""
    net = Net()
    before = version_of(net)
    net.logger.warning("some news")
    assert version_of(net) == before


def test_a_class_that_gets_another_forward_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test may replace the method of a class."""
    net, capture = Net(), Visunn()
    before = capture(net, inputs="2x4")
    monkeypatch.setattr(Net, "forward", _other)
    assert (before["norm"].calls != (), capture(net, inputs="2x4")["norm"].calls) == (True, ())


def test_a_capture_does_not_change_the_key() -> None:
    """What a capture leaves as it was found is found again, in both modes, on meta and on real tensors."""

    class Reads(Net):
        def forward(self, x: Tensor) -> Tensor:
            return super().forward(x) * (1 if x.sum().item() > 0 else 2)

    for net in (Net(), Reads()):
        capture = Visunn()
        first, train = capture(net, inputs="2x4"), capture(net, inputs="2x4", mode="train")
        assert (capture(net, inputs="2x4"), capture(net, inputs="2x4", mode="train")) == (first, train)
        assert capture(net, inputs="2x4") is first
        assert capture(net, inputs="2x4", mode="train") is train


def test_arguments_are_told_apart_by_what_they_hold() -> None:
    """Equal specs are the same arguments; a tensor that was written to is another one."""
    net, capture, x = Net(), Visunn(), torch.zeros(2, 4)
    topology = capture(net, args=(x,))
    assert capture(net, args=(x,)) is topology
    x += 1
    assert capture(net, args=(x,)) is not topology
    assert capture(net, inputs=(2, 4)) is capture(net, inputs=(2, 4))
    assert capture(net, inputs=(2, 4)) is not capture(net, inputs=(3, 4))


def test_a_model_that_is_gone_takes_its_topologies_along() -> None:
    """No capture keeps a model, or what is known of it, alive."""
    captures = Captures()
    net = Net()
    captures.find(net, (), partial(visunn_lint.trace, net, inputs="2x4"))
    assert len(captures.entries) == 1
    del net
    gc.collect()
    assert captures.entries == {}
