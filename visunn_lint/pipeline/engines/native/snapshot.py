"""Leaves a model exactly as it was found: remembers every mutable part of it, and puts it back."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import contextmanager
from functools import lru_cache
from types import BuiltinFunctionType, MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any

import torch

from visunn_lint.pipeline.engines.native.memories import remember

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from visunn_lint.pipeline.engines.native.memories import Restore

_IMMUTABLE = (str, bytes, int, float, complex, bool, type(None), BuiltinFunctionType, ModuleType, torch.dtype,
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
    empty: list[dict[Any, Any]] = []
    restores = list(_remember_all(roots, empty))
    try:
        yield
    finally:
        for restore in reversed(restores):
            restore()
        for container in empty:
            if container:
                container.clear()


def _remember_all(roots: Iterable[object], empty: list[dict[Any, Any]]) -> Iterator[Restore]:
    """Yield what puts back each mutable object that can be reached; iterative, each object once.

    Dicts without items go to ``empty``: of hooks alone a module has a dozen.
    """
    seen: dict[int, object] = {}
    stack = list(roots)
    while stack:
        value = stack.pop()
        kind = type(value)
        if _is_immutable(kind) or id(value) in seen:
            continue
        seen[id(value)] = value
        if (kind is dict or kind is OrderedDict) and not value:
            empty.append(value)  # type: ignore[arg-type]  # the line above says what it is
            continue
        memory = remember(value)
        if memory.restore is not None:
            yield memory.restore
        stack.extend(memory.inside)


@lru_cache(maxsize=4096)
def _is_immutable(kind: type) -> bool:
    return issubclass(kind, _IMMUTABLE)
