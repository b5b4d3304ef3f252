"""Large tables that forward makes once and keeps outside the model: in function caches and in globals."""

from __future__ import annotations

from functools import cache, lru_cache, wraps
from typing import TYPE_CHECKING, TypeVar

import torch
from torch import Tensor, nn

from tests.models.hard.case import Hard, computing, rows

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

LARGE = 300
"""A table of this many rows and columns is too large to be carried for real on the first rung."""


def _distances(size: int) -> Tensor:
    positions = torch.arange(size, dtype=torch.float32)
    return (positions[:, None] - positions).abs()


@cache
def _cached(size: int) -> Tensor:
    return _distances(size)


def function_cache(x: Tensor) -> Tensor:
    """A table behind a function cache."""
    return x.mean() + _cached(LARGE)


def _remembering(function: Callable[..., T]) -> Callable[..., T]:
    cached = lru_cache(maxsize=1)(function)

    @wraps(function)
    def call(*args: object) -> T:
        return cached(*args)

    return call


class CachedMethod(nn.Module):
    """Encodings of position by a method that remembers what it last returned."""

    @_remembering
    def encodings(self, size: int) -> tuple[Tensor, Tensor]:
        """Return two tables, one the other's sine."""
        table = _distances(size)
        return table, table.sin()

    def forward(self, x: Tensor) -> Tensor:
        plain, waves = self.encodings(LARGE)
        return x.mean() * plain + waves


_by_size: dict[int, Tensor] = {}


def global_dictionary(x: Tensor) -> Tensor:
    """A table in a dictionary of the file."""
    if LARGE not in _by_size:
        _by_size[LARGE] = _distances(LARGE)
    return x.mean() + _by_size[LARGE]


_last: Tensor | None = None


def _made_once() -> Tensor:
    global _last  # noqa: PLW0603 -- what the case is about
    if _last is None:
        _last = _distances(LARGE)
    return _last


def global_name(x: Tensor) -> Tensor:
    """A table in a global that a function binds."""
    return x.mean() + _made_once()


def forget() -> None:
    """Empty the places of this file."""
    global _last  # noqa: PLW0603 -- what the case is about
    _last = None
    _by_size.clear()
    _cached.cache_clear()


CASES = (
    computing(function_cache),
    Hard("cached method", CachedMethod, rows),
    computing(global_dictionary),
    computing(global_name),
)
