"""Leaves a model exactly as it was found: remembers every mutable part of it, and puts it back."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import contextmanager
from functools import lru_cache
from operator import attrgetter, is_
from typing import TYPE_CHECKING, Any, Final

import torch
from torch import nn

from visunn_lint.pipeline.engines.native.atoms import holds_atoms, is_atomic
from visunn_lint.pipeline.engines.native.attributes import HOLDING, HOOKS, OWN, compound, taken_apart
from visunn_lint.pipeline.engines.native.memories import remember
from visunn_lint.pipeline.engines.native.restoring import training_flag
from visunn_lint.pipeline.engines.native.structure import PLAIN_TENSORS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from collections.abc import Set as AbstractSet

    from torch import Tensor

    from visunn_lint.pipeline.engines.native.restoring import Restore

_DICTS = frozenset({dict, OrderedDict})


@contextmanager
def preserved(*roots: object) -> Iterator[AbstractSet[int]]:
    """Restore, on leaving, all that can be reached from the roots: modules, containers, objects.

    Gives the identities of the modules that were seen to have nothing but atoms in their plain attributes.

    For each module its class, ``__dict__``, parameters, buffers, children and hooks; for each
    builtin container its items; for each plain object its attributes; for each function what it
    closes over; for each generator its state. The values of tensors are not touched: the capture
    works on stand-ins.
    """
    snapshot = _Snapshot(roots)
    try:
        yield snapshot.plain
    finally:
        snapshot.restore()


class _Tensors:
    """What Python hangs on tensors, and their flags, in columns; stand-ins take all writes to their data."""

    def __init__(self, tensors: list[Tensor]) -> None:
        self._tensors = tensors
        self._kinds = list(map(type, tensors))
        self._attributes = [attributes.copy() for attributes in map(_ATTRIBUTES, tensors)]
        self._flags = list(map(_REQUIRES_GRAD, tensors))
        self._grads = _grads(tensors)

    def restore(self) -> None:
        """Put everything back."""
        tensors = self._tensors
        if list(map(type, tensors)) != self._kinds:
            for tensor, kind in zip(tensors, self._kinds, strict=True):
                tensor.__class__ = kind
        for tensor, attributes in zip(tensors, self._attributes, strict=True):
            if attributes or tensor.__dict__:
                _restore_dict(tensor.__dict__, attributes)
        if list(map(_REQUIRES_GRAD, tensors)) != self._flags:
            _restore_flags(tensors, self._flags)
        if not all(map(is_, _grads(tensors), self._grads)):
            _restore_grads(tensors, self._grads)


def _restore_flags(tensors: list[Tensor], flags: list[bool]) -> None:
    for tensor, flag in zip(tensors, flags, strict=True):
        if tensor.is_leaf and tensor.requires_grad != flag:
            tensor.requires_grad_(flag)


def _restore_grads(tensors: list[Tensor], grads: list[Tensor | None]) -> None:
    for tensor, grad in zip(tensors, grads, strict=True):
        if tensor.is_leaf and tensor.grad is not grad:
            tensor.grad = grad


_ATTRIBUTES: Final[Callable[[Tensor], dict[str, Any]]] = attrgetter("__dict__")
_REQUIRES_GRAD: Final[Callable[[Tensor], bool]] = attrgetter("requires_grad")


def _grads(tensors: Iterable[Tensor]) -> list[Tensor | None]:
    """Return the gradients that tensors hold; to ask others than leaves for theirs has torch warn."""
    return [tensor.grad if tensor.is_leaf else None for tensor in tensors]


class _Snapshot:
    """All mutable parts that can be reached from some roots, each once.

    Modules, containers and tensors are nearly all there is, and are kept in rows; of hooks alone, a module has a dozen
    dicts without items, which are emptied again. The rest puts itself back.
    """

    def __init__(self, roots: Iterable[object]) -> None:
        self._classes: list[tuple[nn.Module, type]] = []
        self._dicts: list[tuple[dict[Any, Any], dict[Any, Any]]] = []
        self._lists: list[tuple[list[Any], list[Any]]] = []
        self._empty: list[dict[Any, Any] | set[Any]] = []
        self._others: list[Restore] = []
        self.plain: set[int] = set()
        self._inside: list[Any] = list(roots)
        self._met: list[Tensor] = []
        self._take_all()
        self._tensors = _Tensors(self._met)

    def _take_all(self) -> None:
        """Remember all there is; iterative, for what holds itself."""
        take: dict[str, Callable[[Any], None]] = {
            _TENSOR: self._met.append,
            _DICT: self._take_dict,
            _LIST: self._take_list,
            _MODULE: self._take_module,
            _SCRIPT: self._take_script,
            _OTHER: self._take_other,
        }
        seen: dict[int, object] = {}
        inside = self._inside
        while inside:
            value = inside.pop()
            kind: type = type(value)
            sort = _sort(kind)
            if sort is _ATOM or id(value) in seen or (kind is tuple and holds_atoms(value)):
                continue
            seen[id(value)] = value
            take[sort](value)

    def _take_module(self, module: nn.Module) -> None:
        held, inside = module.__dict__, self._inside
        self._classes.append((module, type(module)))
        self._dicts.append((held, held.copy()))
        inside.append(type(module))  # what a class holds for all its modules
        parts = taken_apart(module)
        if parts is None:
            inside.extend(held.values())
            return
        values = parts[1]
        hooks, own = values[HOOKS], values[OWN]
        (inside if any(hooks) else self._empty).extend(hooks)
        for stored in values[HOLDING]:
            if not stored:
                self._empty.append(stored)
            elif type(stored) in _DICTS:
                self._take_dict(stored)
            else:
                inside.append(stored)
        places = compound(own)
        if places:
            inside.extend([own[place] for place in places])
        elif not any(hooks):
            self.plain.add(id(module))

    def _take_script(self, module: nn.Module) -> None:
        self._others.append(training_flag(module))
        self._take_module(module)

    def _take_dict(self, value: dict[Any, Any]) -> None:
        if value:
            self._dicts.append((value, value.copy()))
            (self._met if PLAIN_TENSORS.issuperset(map(type, value.values())) else self._inside).extend(value.values())
        else:
            self._empty.append(value)

    def _take_list(self, value: list[Any]) -> None:
        self._lists.append((value, value.copy()))
        if not holds_atoms(value):
            self._inside.extend(value)

    def _take_other(self, value: object) -> None:
        memory = remember(value)
        if memory.restore is not None:
            self._others.append(memory.restore)
        self._inside.extend(memory.inside)

    def restore(self) -> None:
        """Put everything back."""
        for module, cls in self._classes:
            if type(module) is not cls:
                object.__setattr__(module, "__class__", cls)
        for restore in reversed(self._others):
            restore()
        self._tensors.restore()
        for value, items in self._dicts:
            _restore_dict(value, items)
        for held, saved in self._lists:
            if len(held) != len(saved) or not all(map(is_, held, saved)):
                held[:] = saved
        if any(self._empty):
            for container in self._empty:
                if container:
                    container.clear()


_ATOM, _TENSOR, _DICT, _LIST, _MODULE, _SCRIPT, _OTHER = "atom", "tensor", "dict", "list", "module", "script", "other"


@lru_cache(maxsize=4096)
def _sort(kind: type) -> str:
    """Return what is done with objects of a type: in an atom nothing can change."""
    if is_atomic(kind):
        return _ATOM
    if kind in _DICTS:
        return _DICT
    if kind is list:
        return _LIST
    if issubclass(kind, torch.Tensor):
        return _TENSOR
    if issubclass(kind, torch.jit.ScriptModule):
        return _SCRIPT
    return _MODULE if issubclass(kind, nn.Module) else _OTHER


def _restore_dict(value: dict[Any, Any], items: dict[Any, Any]) -> None:
    """Put back the items of a dict in their order."""
    if not value and not items:
        return
    if len(value) == len(items) and all(map(is_, value, items)) and all(map(is_, value.values(), items.values())):
        return
    value.clear()
    value.update(items)
