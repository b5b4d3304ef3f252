"""Leaves a model exactly as it was found: remembers every mutable part of it, and puts it back."""

from __future__ import annotations

from contextlib import contextmanager
from types import BuiltinFunctionType, MappingProxyType, ModuleType
from typing import TYPE_CHECKING

import torch

from visunn_lint.pipeline.engines.native.memories import remember

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from visunn_lint.pipeline.engines.native.memories import Restore

_IMMUTABLE = (str, bytes, int, float, complex, bool, type(None), type, BuiltinFunctionType, ModuleType, torch.dtype,
              torch.device, torch.Size, torch.memory_format, torch.layout, MappingProxyType)  # fmt: skip
"""Types with nothing in them that a forward could change, or that is a model's own."""


@contextmanager
def preserved(*roots: object) -> Iterator[None]:
    """Restore, on leaving, all that can be reached from the roots: modules, containers, objects.

    For each module its class, ``__dict__``, parameters, buffers, children and hooks; for each
    builtin container its items; for each plain object its attributes; for each function what it
    closes over; for each generator its state. The values of tensors are not touched: the capture
    works on stand-ins.
    """
    restores = list(_remember_all(roots))
    try:
        yield
    finally:
        for restore in reversed(restores):
            restore()


def _remember_all(roots: Iterable[object]) -> Iterator[Restore]:
    """Yield what puts back each mutable object that can be reached; iterative, each object once."""
    seen: dict[int, object] = {}
    stack = list(roots)
    while stack:
        value = stack.pop()
        if isinstance(value, _IMMUTABLE) or id(value) in seen:
            continue
        seen[id(value)] = value
        memory = remember(value)
        if memory.restore is not None:
            yield memory.restore
        stack.extend(memory.inside)
