"""The tensors inside arguments and outputs, each with the path that leads to it."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Final

import torch
from torch import nn
from torch.utils import _pytree as pytree

from visunn_lint.pipeline.engines.native.atoms import ATOMS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from visunn_lint.pipeline.calling import Value

PLAIN_TENSORS: Final = frozenset({torch.Tensor, nn.Parameter})
"""The classes of tensors that torch's functions treat as they say: a subclass may do as it likes."""
USUALLY_STORED: Final = PLAIN_TENSORS | {type(None)}
"""The classes of what a module nearly always holds as parameters and buffers: None stands for one left out."""

_MAX_DEPTH = 32

Leaf = tuple[str, torch.Tensor]


def output_leaves(value: object) -> list[Leaf]:
    """Return the tensors of a result; one alone is at ``0``, others at ``1``, ``logits``, ``aux.0``."""
    if isinstance(value, torch.Tensor):
        return [("0", value)]
    return list(_leaves(value, "", 0))


def input_leaves(args: tuple[object, ...], kwargs: dict[str, object]) -> list[Leaf]:
    """Return the tensors of a call's arguments: positional ones at their index, others by name."""
    if not kwargs and len(args) == 1 and isinstance(args[0], torch.Tensor):
        return [("0", args[0])]
    found: list[Leaf] = []
    for index, value in enumerate(args):
        if isinstance(value, torch.Tensor):
            found.append((str(index), value))
        elif value is not None:
            found.extend(_leaves(value, str(index), 0))
    for name, value in kwargs.items():
        found.extend(_leaves(value, name, 0))
    return found


def tensors_in(args: tuple[object, ...], kwargs: dict[str, object]) -> list[torch.Tensor]:
    """Return the tensors among an op's arguments, inside lists, tuples and dicts too."""
    found: list[torch.Tensor] = []
    for value in args:
        _collect(value, found)
    for value in kwargs.values():
        _collect(value, found)
    return found


def _collect(value: object, found: list[torch.Tensor]) -> None:
    if type(value) in ATOMS:
        return
    if isinstance(value, torch.Tensor):
        found.append(value)
    elif isinstance(value, list | tuple):
        for item in value:
            _collect(item, found)
    elif isinstance(value, dict):
        for item in value.values():
            _collect(item, found)


def replace_tensors(value: Value, replace: Callable[[torch.Tensor], Value]) -> Value:
    """Return an op's argument with its tensors replaced, of the same structure."""
    if isinstance(value, torch.Tensor):
        return replace(value)
    if isinstance(value, torch.Size):
        return value
    if isinstance(value, list):
        return [replace_tensors(item, replace) for item in value]
    if isinstance(value, tuple):
        items = [replace_tensors(item, replace) for item in value]
        return _like_tuple(value, items)
    if type(value) is dict:
        return {key: replace_tensors(item, replace) for key, item in value.items()}
    return value


def _like_tuple(value: Value, items: list[Value]) -> Value:
    """Return a tuple of a tuple's class: named ones take the items one by one, torch's results take them at once."""
    if hasattr(value, "_fields"):
        return type(value)(*items)
    return type(value)(items) if hasattr(value, "n_sequence_fields") else tuple(items)


def _leaves(value: object, path: str, depth: int) -> Iterator[Leaf]:
    if isinstance(value, torch.Tensor):
        yield path, value
        return
    if value is None or isinstance(value, str | int | float) or depth > _MAX_DEPTH:
        return
    for name, item in _items(value):
        place = f"{path}.{name}" if path else str(name)
        if isinstance(item, torch.Tensor):
            yield place, item
        else:
            yield from _leaves(item, place, depth + 1)


def _items(value: object) -> Iterable[tuple[object, object]]:
    """Return the named parts of a container, in pytree's order where pytree knows it."""
    if isinstance(value, dict):
        return value.items()
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return zip(value._fields, value, strict=True)
    if isinstance(value, list | tuple):
        return enumerate(value)
    if is_dataclass(value) and not isinstance(value, type):
        return [(field.name, getattr(value, field.name, None)) for field in fields(value)]
    if type(value) in pytree.SUPPORTED_NODES:
        return enumerate(pytree.SUPPORTED_NODES[type(value)].flatten_fn(value)[0])
    return ()


def map_leaves(value: Value, replace: Callable[[torch.Tensor], Value]) -> Value:
    """Return an argument with its tensors replaced: those of a dataclass, and those in containers that pytree knows.

    Such containers are copied; what else stands in one is handed on as it is, a dataclass too.
    """
    if is_dataclass(value) and not isinstance(value, type | dict | torch.Tensor):
        return _replaced_dataclass(value, replace)
    return _mapped(value, replace)


def _mapped(value: Value, replace: Callable[[torch.Tensor], Value]) -> Value:
    """Do what pytree does; the usual containers take it ten times as long."""
    if isinstance(value, torch.Tensor):
        return replace(value)
    kind = type(value)
    if kind in ATOMS:
        return value
    if kind is tuple or kind is list:
        return kind([_mapped(item, replace) for item in value])
    if kind is dict:
        return {key: _mapped(item, replace) for key, item in value.items()}
    return pytree.tree_map_only(torch.Tensor, replace, value)


def _replaced_dataclass(value: Value, replace: Callable[[torch.Tensor], Value]) -> Value:
    copy = object.__new__(type(value))
    for name, item in vars(value).items():
        object.__setattr__(copy, name, map_leaves(item, replace))
    return copy
