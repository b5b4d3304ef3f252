"""Leaves a model exactly as it was found: remembers every mutable part of it, and puts it back."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from visunn_lint.pipeline.engines.native.atoms import ATOMS, holds_atoms, is_atomic
from visunn_lint.pipeline.engines.native.memories import remember

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from visunn_lint.pipeline.engines.native.restoring import Restore


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
    stack: list[Any] = list(roots)
    while stack:
        value = stack.pop()
        kind: type = type(value)
        if kind in ATOMS or id(value) in seen or (kind is tuple and holds_atoms(value)) or is_atomic(kind):
            continue
        seen[id(value)] = value
        if (kind is dict or kind is OrderedDict) and not value:
            empty.append(value)
            continue
        memory = remember(value)
        if memory.restore is not None:
            yield memory.restore
        stack.extend(memory.inside)
