"""Leaves a model exactly as it was found: remembers every mutable part of it, and puts it back."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import contextmanager
from functools import lru_cache
from operator import is_
from typing import TYPE_CHECKING, Any

import msgspec
import torch
from torch import nn

from visunn_lint.pipeline.engines.native.atoms import ATOMS, holds_atoms, is_atomic
from visunn_lint.pipeline.engines.native.memories import remember
from visunn_lint.pipeline.engines.native.restoring import training_flag

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from torch import Tensor

    from visunn_lint.pipeline.engines.native.restoring import Restore

_DICTS = frozenset({dict, OrderedDict})
_CONTAINERS = frozenset({*_DICTS, set})


@contextmanager
def preserved(*roots: object) -> Iterator[None]:
    """Restore, on leaving, all that can be reached from the roots: modules, containers, objects.

    For each module its class, ``__dict__``, parameters, buffers, children and hooks; for each
    builtin container its items; for each plain object its attributes; for each function what it
    closes over; for each generator its state. The values of tensors are not touched: the capture
    works on stand-ins.
    """
    snapshot = _Snapshot(roots)
    try:
        yield
    finally:
        snapshot.restore()


class _SavedTensor(msgspec.Struct, frozen=True, eq=False):
    """What Python hangs on a tensor, and its flags; stand-ins take all writes to its data."""

    tensor: Tensor
    kind: type
    requires_grad: bool
    grad: Tensor | None
    attributes: dict[str, object]


class _Snapshot:
    """All mutable parts that can be reached from some roots, each once.

    Modules, dicts and tensors are nearly all there is, and are kept in rows; of hooks alone, a module has a dozen
    dicts without items, which are emptied again. The rest puts itself back.
    """

    def __init__(self, roots: Iterable[object]) -> None:
        self._classes: list[tuple[nn.Module, type]] = []
        self._dicts: list[tuple[dict[Any, Any], dict[Any, Any]]] = []
        self._tensors: list[_SavedTensor] = []
        self._empty: list[dict[Any, Any] | set[Any]] = []
        self._others: list[Restore] = []
        self._take(roots)

    def _take(self, roots: Iterable[object]) -> None:
        """Remember all there is; iterative, for what holds itself."""
        seen: dict[int, object] = {}
        stack: list[Any] = list(roots)
        while stack:
            value = stack.pop()
            kind: type = type(value)
            sort = _sort(kind)
            if sort is _ATOM or id(value) in seen or (kind is tuple and holds_atoms(value)):
                continue
            seen[id(value)] = value
            if sort is _TENSOR:
                self._tensors.append(_saved(value))
            elif sort is _DICT:
                self._take_dict(value, stack)
            elif sort is _MODULE or sort is _SCRIPT:
                if sort is _SCRIPT:
                    self._others.append(training_flag(value))
                self._classes.append((value, kind))
                self._take_dict(value.__dict__, stack)
                stack.append(kind)  # what a class holds for all its modules
            else:
                memory = remember(value)
                if memory.restore is not None:
                    self._others.append(memory.restore)
                stack.extend(memory.inside)

    def _take_dict(self, value: dict[Any, Any], stack: list[Any]) -> None:
        self._dicts.append((value, value.copy()))
        for item in value.values():
            kind: type = type(item)
            if kind in ATOMS:
                continue
            if kind in _CONTAINERS and not item:
                self._empty.append(item)
            else:
                stack.append(item)

    def restore(self) -> None:
        """Put everything back."""
        for module, cls in self._classes:
            if type(module) is not cls:
                object.__setattr__(module, "__class__", cls)
        for restore in reversed(self._others):
            restore()
        for saved in self._tensors:
            _restore_tensor(saved)
        for value, items in self._dicts:
            _restore_dict(value, items)
        for container in self._empty:
            if container:
                container.clear()


_ATOM, _TENSOR, _DICT, _MODULE, _SCRIPT, _OTHER = "atom", "tensor", "dict", "module", "script", "other"


@lru_cache(maxsize=4096)
def _sort(kind: type) -> str:
    """Return what is done with objects of a type: in an atom nothing can change."""
    if is_atomic(kind):
        return _ATOM
    if kind in _DICTS:
        return _DICT
    if issubclass(kind, torch.Tensor):
        return _TENSOR
    if issubclass(kind, torch.jit.ScriptModule):
        return _SCRIPT
    return _MODULE if issubclass(kind, nn.Module) else _OTHER


def _saved(tensor: Tensor) -> _SavedTensor:
    grad = tensor.grad if tensor.is_leaf else None
    return _SavedTensor(tensor, type(tensor), tensor.requires_grad, grad, tensor.__dict__.copy())


def _restore_tensor(saved: _SavedTensor) -> None:
    tensor = saved.tensor
    if type(tensor) is not saved.kind:
        tensor.__class__ = saved.kind
    _restore_dict(tensor.__dict__, saved.attributes)
    if tensor.is_leaf:
        if tensor.requires_grad != saved.requires_grad:
            tensor.requires_grad_(saved.requires_grad)
        if tensor.grad is not saved.grad:
            tensor.grad = saved.grad


def _restore_dict(value: dict[Any, Any], items: dict[Any, Any]) -> None:
    """Put back the items of a dict in their order."""
    if not value and not items:
        return
    if len(value) == len(items) and all(map(is_, value, items)) and all(map(is_, value.values(), items.values())):
        return
    value.clear()
    value.update(items)
