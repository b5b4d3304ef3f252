"""Which of the user's modules hold tensors that were made on the meta device."""

from __future__ import annotations

import sys
from itertools import chain
from types import ModuleType
from typing import TYPE_CHECKING

import torch
from torch import nn

from visunn_lint.pipeline.building.importing import own_modules

if TYPE_CHECKING:
    from collections.abc import Iterable


def modules_holding_meta() -> set[str]:
    """Return the user's modules with a meta tensor among their globals, and all that import from these.

    They have to be imported anew before anything in them can run on real tensors.
    """
    namespaces = {name: list(vars(sys.modules[name]).values()) for name in own_modules()}
    stale = {name for name, values in namespaces.items() if any(map(_holds_meta, values))}
    while True:
        users = {
            name
            for name, values in namespaces.items()
            if name not in stale and any(_comes_from(value, stale) for value in values)
        }
        if not users:
            return stale
        stale |= users


def _holds_meta(value: object) -> bool:
    """Return whether a global is, or holds at first hand, a meta tensor."""
    if isinstance(value, dict):
        return any(map(_is_meta, list(value.values())))
    if isinstance(value, list | tuple | set | frozenset):
        return any(map(_is_meta, value))
    if isinstance(value, type) and not issubclass(value, torch.Tensor):
        return any(map(_is_meta, list(vars(value).values())))
    return _is_meta(value)


def _is_meta(value: object) -> bool:
    if isinstance(value, nn.Module):
        tensors: Iterable[torch.Tensor] = chain(value.parameters(), value.buffers())
        return any(tensor.is_meta for tensor in tensors)
    return isinstance(value, torch.Tensor) and value.is_meta


def _comes_from(value: object, names: set[str]) -> bool:
    name = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", None)
    return isinstance(name, str) and name in names
