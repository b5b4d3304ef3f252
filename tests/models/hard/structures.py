"""Arguments and outputs of every structure."""

from __future__ import annotations

from collections import OrderedDict, namedtuple
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.utils import _pytree as pytree

from tests.models.hard.case import Hard, computing, rows


class Pair(NamedTuple):
    """Two tensors."""

    first: Tensor
    second: Tensor


Old = namedtuple("Old", "a b")  # noqa: PYI024 -- the old spelling is the case


@dataclass
class Result:
    """Tensors, and what is none."""

    scores: Tensor
    parts: dict[str, list[Tensor]]
    name: str = "result"
    missing: Tensor | None = None


class Box:
    """A container that torch's pytrees are told of below."""

    def __init__(self, content: Tensor) -> None:
        self.content = content


pytree.register_pytree_node(Box, lambda box: ([box.content], None), lambda parts, _: Box(*parts))


def named_tuple(x: Tensor) -> Pair:
    """A named tuple of both spellings."""
    old = Old(x + 1, x + 2)
    return Pair(old.a, old.b)


def data_class(x: Tensor) -> Result:
    """A dataclass with a dict of lists."""
    return Result(x, {"rows": [x[0], x[1]]})


class ModelOutput(OrderedDict[str, object]):
    """A dict whose items are attributes too, in the manner of transformers."""

    def __getattr__(self, name: str) -> object:
        """Return an item."""
        return self[name]


def model_output(x: Tensor) -> ModelOutput:
    """What transformers' models return."""
    return ModelOutput(last_hidden_state=x * 2, hidden_states=(x, x * 2))


def ordered_dict(x: Tensor) -> dict[str, object]:
    """Nested dicts, tuples and lists with None, numbers and strings among them."""
    return OrderedDict(b=x, a={"deep": (x + 1, None, [x + 2, 3, "x"])}, n=1.5)


def same_twice(x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """One tensor in several places, and a view of it."""
    y = x.exp()
    return y, y, y[0]


def own_pytree(x: Tensor) -> Box:
    """A class that is registered as a pytree."""
    return pytree.tree_map(torch.neg, Box(x))


class Arguments(nn.Module):
    """Arguments of every kind, some of them keyword-only, and some nested."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 4)

    def forward(
        self,
        batch: dict[str, list[Tensor]],
        pair: Pair,
        *more: Tensor,
        mask: Tensor | None = None,
        scale: float = 1.0,
        mode: str = "sum",
        **rest: Tensor | bool,
    ) -> Tensor:
        x = self.linear(batch["x"][0]) + batch["x"][1] * pair.first - pair.second
        for item in more:
            x = x + item
        if mask is not None:
            x = x * mask
        if rest.pop("double", False):
            x = x * 2
        for value in rest.values():
            x = x + value
        return x.sum() * scale if mode == "sum" else x.mean(0) * scale


class KeywordsOnly(nn.Module):
    """Nothing but keywords."""

    def forward(self, *, x: Tensor, y: Tensor | None = None, flip: bool = False) -> Tensor:
        y = x if y is None else y
        return (x - y * 2).flip(0) if flip else x + y


class OutputIsInput(nn.Module):
    """An input that is handed on as it is, and a parameter that is an output."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(3))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        return x, self.weight, torch.ones(2)


class SameInputTwice(nn.Module):
    """Two arguments that are views of one tensor: a write into one is read in the other."""

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        x.mul_(3)
        return x + y


def _several() -> tuple[object, ...]:
    (x,) = rows()
    return {"x": [x, x + 1]}, Pair(x * 2, x * 3), x * 4, x * 5


def _keywords() -> dict[str, object]:
    (x,) = rows()
    return {"mask": x > 0, "scale": 2.0, "mode": "mean", "double": True, "extra": x * 6}


def _overlapping() -> tuple[Tensor, Tensor]:
    (x,) = rows()
    return x, x.T


CASES = (
    computing(named_tuple),
    computing(data_class),
    computing(model_output),
    computing(ordered_dict),
    computing(same_twice),
    computing(own_pytree),
    Hard("arguments", Arguments, _several, _keywords),
    Hard("keywords only", KeywordsOnly, kwargs=lambda: {"x": rows()[0], "flip": True}),
    Hard("output is input", OutputIsInput, rows),
    Hard("same input twice", SameInputTwice, _overlapping),
)
