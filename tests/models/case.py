"""A model for tests, and how to make what it is called with."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import nn


@dataclass(frozen=True)
class Case:
    """A model and its arguments: each call of ``build``, ``args`` and ``kwargs`` makes them anew."""

    name: str
    build: Callable[[], nn.Module]
    args: Callable[[], tuple[object, ...]] = tuple
    kwargs: Callable[[], dict[str, object]] = dict

    def __str__(self) -> str:
        """Return the name, which is the id of a parametrised test."""
        return self.name


def floats(*shapes: tuple[int, ...]) -> Callable[[], tuple[torch.Tensor, ...]]:
    """Return a maker of float32 tensors of some shapes, with values spread from -1 to 1."""
    return lambda: tuple(torch.linspace(-1, 1, prod(shape)).reshape(shape) for shape in shapes)


def tokens(*shape: int, vocabulary: int) -> Callable[[], tuple[torch.Tensor]]:
    """Return a maker of one int64 tensor with values from 0 to ``vocabulary`` - 1."""
    return lambda: (torch.arange(prod(shape)).remainder(vocabulary).reshape(shape),)
