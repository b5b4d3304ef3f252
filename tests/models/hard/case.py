"""A hard case: a model, and what its capture is expected to be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from torch import Tensor, nn

from tests.models.case import Case, floats

if TYPE_CHECKING:
    from collections.abc import Callable

    from visunn_lint.records import Rung


@dataclass(frozen=True)
class Hard(Case):
    """A case with the rung that it is captured on, and the number of constants that nothing leads to.

    ``elsewhere`` counts the tensors that forward finds outside the model: in globals and closures.
    """

    mode: Literal["eval", "train"] = "eval"
    rung: Rung = "meta"
    elsewhere: int = 0


class Computes(nn.Module):
    """A linear layer, and a function of its output."""

    def __init__(self, function: Callable[[Tensor], object]) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 4)
        self.function = function

    def forward(self, x: Tensor) -> object:
        return self.function(self.linear(x))


rows = floats((4, 4))
"""Makes what most cases are called with: one float32 tensor of four rows and four columns."""


def computing(function: Callable[[Tensor], object], *, rung: Rung = "meta", elsewhere: int = 0) -> Hard:
    """Return the case of a function of four rows of four features, named after it."""
    name = getattr(function, "__name__", "").replace("_", " ")
    return Hard(name, lambda: Computes(function), rows, rung=rung, elsewhere=elsewhere)
