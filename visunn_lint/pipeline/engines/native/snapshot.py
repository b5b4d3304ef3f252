"""Leaves a model exactly as it was found: remembers every mutable part of it, and puts it back."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from contextlib import contextmanager
from functools import lru_cache
from itertools import chain
from operator import attrgetter, is_
from typing import TYPE_CHECKING, Any, Final

import torch
from torch import nn

from visunn_lint.pipeline.engines.native.atoms import holds_atoms, is_atomic
from visunn_lint.pipeline.engines.native.attributes import HOLDING, HOOKS, OWN, columns_of, compound_in
from visunn_lint.pipeline.engines.native.classes import Classes
from visunn_lint.pipeline.engines.native.memories import remember
from visunn_lint.pipeline.engines.native.outside import outside
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

    For each module its class, ``__dict__``, parameters, buffers, children and hooks, and the
    attributes of its class and bases that are no functions; for each builtin container its items;
    for each plain object its attributes; for each function what it closes over; for each generator
    its state. The values of tensors are not touched: the capture works on stand-ins.
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
        if not all(map(is_, map(type, tensors), self._kinds)):
            for tensor, kind in zip(tensors, self._kinds, strict=True):
                tensor.__class__ = kind
        _restore_dicts(map(_ATTRIBUTES, tensors), self._attributes)
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


_ATTRIBUTES: Final[Callable[[object], dict[str, Any]]] = attrgetter("__dict__")
_REQUIRES_GRAD: Final[Callable[[Tensor], bool]] = attrgetter("requires_grad")


def _grads(tensors: Iterable[Tensor]) -> list[Tensor | None]:
    """Return the gradients that tensors hold; to ask others than leaves for theirs has torch warn."""
    return [tensor.grad if tensor.is_leaf else None for tensor in tensors]


class _Snapshot:
    """All mutable parts that can be reached from some roots, each once.

    Modules, containers and tensors are nearly all there is, and are kept in columns: modules of one class have the same
    attributes, and are looked at together. Of hooks alone, each has a dozen dicts without items, which are emptied
    again. The rest puts itself back.
    """

    def __init__(self, roots: Iterable[object]) -> None:
        self._modules: list[nn.Module] = []
        self._dicts: list[dict[Any, Any]] = []
        self._items: list[dict[Any, Any]] = []
        self._lists: list[tuple[list[Any], list[Any]]] = []
        self._empty: list[dict[Any, Any] | set[Any]] = []
        self._others: list[Restore] = []
        self._classes = Classes()
        self.plain: set[int] = set()
        self._inside: list[Any] = list(roots)
        self._alike: defaultdict[int, list[nn.Module]] = defaultdict(list)
        self._met: list[Tensor] = []
        self._take_all()
        self._kinds = list(map(type, self._modules))
        self._tensors = _Tensors(self._met)

    def _take_all(self) -> None:
        """Remember all there is; iterative, for what holds itself."""
        take: dict[str, Callable[[Any], None]] = {
            _TENSOR: self._met.append,
            _DICT: self._take_dict,
            _LIST: self._take_list,
            _MODULE: self._take_module,
            _SCRIPT: self._take_script,
            _CLASS: self._take_class,
            _OTHER: self._take_other,
        }
        seen: dict[int, object] = {}
        inside = self._inside
        while inside or self._alike:
            if not inside:
                self._take_alike(self._alike.popitem()[1])
                continue
            value = inside.pop()
            kind: type = type(value)
            sort = _sort(kind)
            if sort is _ATOM or id(value) in seen or (kind is tuple and holds_atoms(value)):
                continue
            seen[id(value)] = value
            take[sort](value)

    def _take_module(self, module: nn.Module) -> None:
        self._alike[id(type(module))].append(module)  # a metaclass may say that two classes are equal

    def _take_script(self, module: nn.Module) -> None:
        self._others.append(training_flag(module))
        self._take_module(module)

    def _take_alike(self, modules: list[nn.Module]) -> None:
        """Remember modules of one class."""
        held: list[dict[str, Any]] = list(map(_ATTRIBUTES, modules))
        columns = columns_of(held)
        if columns is None and len(modules) > 1:
            for named_alike in _by_names(modules):
                self._take_alike(named_alike)
            return
        self._modules += modules
        self._inside.append(type(modules[0]))  # what a class holds for all its modules
        self._keep(held)
        if columns is None:
            self._inside.extend(chain.from_iterable([attributes.values() for attributes in held]))
            return
        hooks = list(chain.from_iterable(columns[HOOKS]))
        (self._inside if any(hooks) else self._empty).extend(hooks)
        for column in columns[HOLDING]:
            self._take_held(column)
        compound = list(chain.from_iterable(map(compound_in, columns[OWN])))
        self._inside += compound
        if not compound and not any(hooks):
            self.plain.update(map(id, modules))

    def _take_held(self, column: tuple[Any, ...]) -> None:
        """Remember the dicts of parameters, of buffers or of children that modules hold."""
        if not any(column):
            self._empty.extend(column)
        elif not _DICTS.issuperset(map(type, column)):
            self._inside.extend(column)
        else:
            self._keep(column)
            values = [value for stored in column for value in stored.values() if value is not None]
            (self._met if PLAIN_TENSORS.issuperset(map(type, values)) else self._inside).extend(values)

    def _keep(self, dicts: Iterable[dict[Any, Any]]) -> None:
        self._dicts += dicts
        self._items += [items.copy() for items in dicts]

    def _take_dict(self, value: dict[Any, Any]) -> None:
        if value:
            self._keep([value])
            self._inside.extend(value.values())
        else:
            self._empty.append(value)

    def _take_list(self, value: list[Any]) -> None:
        self._lists.append((value, value.copy()))
        if not holds_atoms(value):
            self._inside.extend(value)

    def _take_class(self, cls: type) -> None:
        """Remember of a class what a module's holds, or reaches, for all its instances; of another nothing."""
        if issubclass(cls, nn.Module):
            self._inside.extend(self._classes.take(cls))
            self._inside.extend(outside(cls))

    def _take_other(self, value: object) -> None:
        memory = remember(value)
        if memory.restore is not None:
            self._others.append(memory.restore)
        self._inside.extend(memory.inside)

    def restore(self) -> None:
        """Put everything back."""
        self._restore_kinds()
        self._classes.restore()
        for restore in reversed(self._others):
            restore()
        self._tensors.restore()
        _restore_dicts(self._dicts, self._items)
        for held, saved in self._lists:
            if len(held) != len(saved) or not all(map(is_, held, saved)):
                held[:] = saved
        if any(self._empty):
            for container in self._empty:
                if container:
                    container.clear()

    def _restore_kinds(self) -> None:
        if not all(map(is_, map(type, self._modules), self._kinds)):
            for module, cls in zip(self._modules, self._kinds, strict=True):
                if type(module) is not cls:
                    object.__setattr__(module, "__class__", cls)


def _by_names(modules: list[nn.Module]) -> Iterable[list[nn.Module]]:
    """Return modules in groups of those that have the same attributes; all alone where they already are one group."""
    groups: defaultdict[tuple[str, ...], list[nn.Module]] = defaultdict(list)
    for module in modules:
        groups[tuple(module.__dict__)].append(module)
    return groups.values() if len(groups) > 1 else [[module] for module in modules]


_ATOM, _TENSOR, _DICT, _LIST, _OTHER = "atom", "tensor", "dict", "list", "other"
_MODULE, _SCRIPT, _CLASS = "module", "script", "class"
_SORTS: Final[tuple[tuple[type, str], ...]] = (
    (torch.Tensor, _TENSOR), (torch.jit.ScriptModule, _SCRIPT), (nn.Module, _MODULE), (type, _CLASS),
)  # fmt: skip
"""By class, the closest first."""


@lru_cache(maxsize=4096)
def _sort(kind: type) -> str:
    """Return what is done with objects of a type: in an atom nothing can change."""
    if is_atomic(kind):
        return _ATOM
    if kind in _DICTS:
        return _DICT
    if kind is list:
        return _LIST
    return next((sort for base, sort in _SORTS if issubclass(kind, base)), _OTHER)


def _restore_dicts(dicts: Iterable[dict[Any, Any]], saved: list[dict[Any, Any]]) -> None:
    """Put back the items of dicts in their order."""
    for value, items in zip(dicts, saved, strict=True):
        if not value and not items:
            continue
        if len(value) != len(items) or not (
            all(map(is_, value, items)) and all(map(is_, value.values(), items.values()))
        ):
            value.clear()
            value.update(items)
