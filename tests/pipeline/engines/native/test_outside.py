"""What lies outside a model is found by the names in its code, and only what a forward may come by."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

import visunn_lint
from visunn_lint.pipeline.engines.native.outside import GlobalName, holds_tensors, outside

if TYPE_CHECKING:
    from collections.abc import Callable

_SEEN: list[int] = []
_NEVER_NAMED: list[int] = []
_count = 0


@functools.cache
def _table(size: int) -> Tensor:
    return torch.ones(size)


@functools.cache
def _setting(name: str) -> str:
    return name.upper()


def _counted(x: Tensor) -> Tensor:
    global _count  # noqa: PLW0603 -- what is looked for
    _count += 1
    return x


class Mixin:
    """Methods that a forward need not call."""

    def used(self, x: Tensor) -> Tensor:
        """Return a sum with a cached table."""
        return x + _table(4)

    def unused(self) -> str:
        """Return a cached setting."""
        return _setting("a")


class Reaches(Mixin, nn.Module):
    """A forward that goes through a mixin, a property, an inner function and a function of the file."""

    @property
    def log(self) -> list[int]:
        """The list of the file."""
        return _SEEN

    def forward(self, x: Tensor) -> Tensor:
        """Return the input and a table."""

        def later() -> Tensor:
            return _counted(x)

        self.log.append(1)
        return self.used(later())


class Settled(nn.Module):
    """A forward that fills a cache of what are no tensors."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the input and a number."""
        return x + len(_setting("abc"))


class WithTable(nn.Module):
    """A forward that reads a cached table."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the input and a table."""
        return x + _table(4)


def _places(code: type) -> list[object]:
    return [value.name if isinstance(value, GlobalName) else value for value in outside(code)]


def test_places_are_found_through_all_that_a_forward_calls() -> None:
    """A mixin's cache, a property's list, the name that an inner function's callee binds; nothing else."""
    found = _places(Reaches)
    assert [_table in found, any(item is _SEEN for item in found), "_count" in found] == [True, True, True]
    assert not any(item is _NEVER_NAMED or item is _setting for item in found)


def test_a_container_is_the_one_of_the_moment() -> None:
    """Code is read once; what a name holds is looked up each time."""
    global _SEEN  # noqa: PLW0603 -- bound anew by a file that is changed while it is loaded
    assert any(item is _SEEN for item in outside(Reaches))
    _SEEN = []
    assert any(item is _SEEN for item in outside(Reaches))


def test_a_cache_of_tensors_is_empty_after_a_capture() -> None:
    """A later call would get what the capture computed with."""
    _table.cache_clear()
    visunn_lint.trace(WithTable(), (torch.ones(4),))
    assert _table.cache_info().currsize == 0


def test_a_cache_that_a_capture_only_reads_is_kept() -> None:
    """What was made before stays, and is a constant of the graph."""
    _table.cache_clear()
    table = _table(4)
    visunn_lint.trace(WithTable(), (torch.ones(4),))
    assert _table(4) is table


def test_a_cache_of_other_values_is_kept() -> None:
    """A setting that was looked up holds for good."""
    _setting.cache_clear()
    visunn_lint.trace(Settled(), (torch.ones(4),))
    assert _setting.cache_info().currsize == 1


def test_tensors_are_found_in_bounded_and_unbounded_caches() -> None:
    """Results and arguments count, also within tuples."""
    makers: tuple[Callable[..., object], ...] = (lambda _: (torch.ones(1), 0), lambda _: 0)
    caches = [functools.lru_cache(maxsize)(make) for maxsize in (None, 2) for make in makers]
    for cached in caches:
        cached(1)
    assert [holds_tensors(cached) for cached in caches] == [True, False, True, False]
    caches[1](torch.ones(1))
    caches[3](torch.ones(1))
    assert all(map(holds_tensors, caches))


class _WithDefaults(nn.Module):
    """Keeps what it has seen in the defaults of arguments."""

    def forward(self, x: Tensor, seen: list[int] = [], *, memo: dict[str, Tensor] = {}) -> Tensor:  # noqa: B006 -- this is what it is for
        seen.append(len(seen))
        memo["x"] = x
        return x * len(seen)


def test_defaults_of_arguments_are_as_they_were() -> None:
    """A later call would find what the capture computed with."""
    visunn_lint.trace(_WithDefaults(), (torch.ones(4),))
    assert (_WithDefaults.forward.__defaults__, _WithDefaults.forward.__kwdefaults__) == (([],), {"memo": {}})
