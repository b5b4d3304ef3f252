"""What the annotation of a parameter says it takes: plain values, several tensors, or values by name."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, MutableMapping, Sequence
from inspect import Parameter
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Final, Literal, Union, get_args, get_origin

import torch

from visunn_lint.errors import InputError

if TYPE_CHECKING:
    from visunn_lint.pipeline.calling import Value

    Scalar = bool | int | float | str | None

TEXT: Final = "TEXT"
"""Stands for a text that nobody can guess."""

_SEQUENCES: Final = frozenset({list, tuple, Sequence, Iterable})
_MAPPINGS: Final = frozenset({dict, Mapping, MutableMapping})
_FEW: Final = 2
"""How many items to begin with where any number would do."""
_FIRST: Final[dict[object, Scalar]] = {int: 1, bool: False, float: 1.0, str: TEXT, torch.device: "cpu"}
_ITEMS: Final[dict[object, Scalar]] = {int: 16, float: 1.0}


def evaluated(parameter: Parameter, namespace: Mapping[str, Any]) -> Parameter:
    """Return a parameter with its annotation as what that names; a text stays one whose names are not all there."""
    if not isinstance(parameter.annotation, str):
        return parameter
    try:
        meant = eval(parameter.annotation, dict(namespace))  # noqa: S307 -- it stands in the user's code, for this
    except Exception:  # noqa: BLE001 -- a name that is imported for type checkers alone, or no expression at all
        return parameter
    return parameter.replace(annotation=meant)


def number_kind(parameter: Parameter) -> type[int | float] | None:
    """Return which kind of plain number a parameter takes, by its annotation or its default; None for any other."""
    kind = _said(parameter)
    if kind is Parameter.empty:
        kind = type(parameter.default)
    return next((each for each in (int, float) if kind is each), None)


def item_kind(parameter: Parameter) -> Value:
    """Return the class of the items of what takes several of one class; None for any other parameter."""
    kinds = set(_items(parameter))
    return kinds.pop() if len(kinds) == 1 else None


def count(parameter: Parameter) -> int:
    """Return how many items to begin with for a parameter that takes several."""
    kind = _said(parameter)
    return len(_items(parameter)) if _origin(kind) is tuple and Ellipsis not in get_args(kind) else _FEW


def is_mapping(parameter: Parameter) -> bool:
    """Return whether a parameter takes values by name."""
    kind = _said(parameter)
    return kind in _MAPPINGS or _origin(kind) in _MAPPINGS


def plain_value(parameter: Parameter) -> Scalar | list[Scalar]:
    """Return what to begin with for a parameter that takes no tensors, ``TEXT`` for a text; None for any other one."""
    kind = _said(parameter)
    if _origin(kind) is Literal:
        return next((each for each in get_args(kind) if type(each) in {str, int, bool}), None)
    item = item_kind(parameter)
    if item in _ITEMS:
        return [_ITEMS[item]] * count(parameter)
    return _FIRST.get(kind)


def converted(parameter: Parameter, value: Value) -> Value:
    """Return a value as a parameter wants it that can be written in another way alone: a tuple, a device.

    Raises InputError for a device that torch does not know.
    """
    kind = _said(parameter)
    if isinstance(value, list) and (kind is tuple or _origin(kind) is tuple):
        return tuple(value)
    if kind is not torch.device or not isinstance(value, str):
        return value
    try:
        return torch.device(value)
    except RuntimeError:
        message = f"there is no device {value!r} for `{parameter.name}`"
        raise InputError(message, hint="write cpu, cuda or another one that torch knows") from None


def may_be_text(parameter: Parameter) -> bool:
    """Return whether a parameter takes texts, or does not say what it takes."""
    return _said(parameter) in {str, Parameter.empty}


def _said(parameter: Parameter) -> Value:
    """Return the annotation of a parameter without the None that it may be; Parameter.empty if it has none."""
    annotation = parameter.annotation
    if not isinstance(annotation, Hashable):  # it may be anything at all
        return object
    if _origin(annotation) not in {Union, UnionType}:
        return annotation
    kinds = [each for each in get_args(annotation) if each is not NoneType]
    return kinds[0] if len(kinds) == 1 else annotation


def _origin(kind: object) -> object:
    """Return ``tuple`` of ``tuple[int, ...]``."""
    return get_origin(kind)


def _items(parameter: Parameter) -> list[Value]:
    """Return the classes of the items of a list, a tuple, or what is like them; none for any other parameter."""
    kind = _said(parameter)
    return [each for each in get_args(kind) if each is not Ellipsis] if _origin(kind) in _SEQUENCES else []
