"""Tensors and modules that are where torch does not look, and unusual ways to call them."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from tests.models.hard.case import Computes, Hard, computing, rows

if TYPE_CHECKING:
    from collections.abc import Iterator

_TABLE = torch.linspace(0, 1, 4)
_LAYER = nn.Linear(4, 4)


def global_tensor(x: Tensor) -> Tensor:
    """A tensor in a global name."""
    return x * _TABLE


def global_module(x: Tensor) -> Tensor:
    """A layer in a global name."""
    return _LAYER(x)


def _closure() -> nn.Module:
    """Return a model whose function closes over a tensor and a layer."""
    shift, layer = torch.ones(4), nn.Linear(4, 4)
    return Computes(lambda x: layer(x) + shift)


class Cached(nn.Module):
    """A table that the first call makes and the second call reads."""

    table: Tensor | None = None

    def forward(self, x: Tensor) -> Tensor:
        if self.table is None:
            self.table = torch.arange(4.0)
        return x * self.table


def _called_before() -> nn.Module:
    model = Cached()
    model(torch.ones(4))
    return model


class History(nn.Module):
    """A list of earlier outputs, read by the next call within the same forward."""

    def __init__(self) -> None:
        super().__init__()
        self.past = [torch.ones(4, 4)]
        self.linear = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        for _ in range(2):
            self.past.append(self.linear(x) + self.past[-1])
        return torch.cat(self.past)


class PlainContainers(nn.Module):
    """Layers in a list, in a dict of tuples, and in a generator."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks = [nn.Linear(4, 4), nn.Tanh()]
        self.by_name = {"a": (nn.Linear(4, 4), nn.ReLU())}

    def _layers(self) -> Iterator[nn.Module]:
        yield from self.blocks
        for group in self.by_name.values():
            yield from group

    def forward(self, x: Tensor) -> Tensor:
        for layer in self._layers():
            x = layer(x)
        return x


class Dispatch(nn.Module):
    """Branches in a ModuleDict, chosen by a string."""

    def __init__(self) -> None:
        super().__init__()
        self.branches = nn.ModuleDict({"a": nn.Linear(4, 4), "b": nn.Linear(4, 2)})

    def forward(self, x: Tensor, branch: str = "a", times: int = 1, *, bias: bool = True) -> Tensor:
        for _ in range(times):
            x = self.branches[branch](x)
        return x + 1 if bias else x


class Recursive(nn.Module):
    """A module that calls itself."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 4)

    def forward(self, x: Tensor, depth: int = 2) -> Tensor:
        return x if depth == 0 else self(self.linear(x), depth - 1) + x


class CopiesPart(nn.Module):
    """A copy of a layer that is made in forward, and a parameter that is."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        twin = copy.deepcopy(self.layer)
        gain = nn.Parameter(torch.full((4,), 2.0))
        return twin(self.layer(x)) * gain


class BuildsPart(nn.Module):
    """A layer that is built in forward, with fixed weights."""

    def forward(self, x: Tensor) -> Tensor:
        layer = nn.Linear(4, 4)
        with torch.no_grad():
            layer.weight.copy_(torch.eye(4))
            layer.bias.zero_()
        return layer(x)


class ForwardIsAnother(nn.Module):
    """``forward`` is an attribute that ``__init__`` sets to a method of another name."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 4)
        self.forward = self.predict

    def predict(self, x: Tensor) -> Tensor:
        """Return the output."""
        return self.linear(x).relu()


class OwnCall(nn.Linear):
    """A layer whose ``__call__`` does without hooks, and adds something."""

    def __call__(self, x: Tensor) -> Tensor:
        """Return more than ``forward`` does."""
        return self.forward(x * 2) + 1


class CallsParts(nn.Module):
    """Parts called in unusual ways: own ``__call__``, ``.forward``, and a method of the part."""

    def __init__(self) -> None:
        super().__init__()
        self.own = OwnCall(4, 4)
        self.parallel = nn.DataParallel(nn.Linear(4, 4))
        self.dispatch = Dispatch()

    def forward(self, x: Tensor) -> Tensor:
        return self.dispatch.forward(self.parallel(self.own(x)), "b", 1, bias=False)


CASES = (
    computing(global_tensor, elsewhere=1),
    computing(global_module, elsewhere=2),
    Hard("closure", _closure, rows, elsewhere=3),
    Hard("cached before", _called_before, rows),
    Hard("cached now", Cached, rows),
    Hard("history", History, rows),
    Hard("plain containers", PlainContainers, rows),
    Hard("dispatch by string", Dispatch, lambda: (*rows(), "b"), lambda: {"times": 1, "bias": False}),
    Hard("recursive", Recursive, rows),
    Hard("copied part", CopiesPart, rows),
    Hard("built part", BuildsPart, rows),
    Hard("forward is another", ForwardIsAnother, rows),
    Hard("own ways to call", CallsParts, rows),
)
