"""How an op is called: its name in TensorBoard's spelling and its arguments by name."""

from __future__ import annotations

import inspect
from enum import Enum
from functools import lru_cache
from math import isfinite
from types import EllipsisType
from typing import TYPE_CHECKING, Final, cast

import torch

from visunn_lint.pipeline.engines.native.atoms import contents

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visunn_lint.pipeline.calling import Args, Function, Kwargs, Value
    from visunn_lint.spec import Plain

_DUNDERS = {
    "__iadd__": "add_", "__isub__": "sub_", "__imul__": "mul_", "__itruediv__": "div_",
    "__ifloordiv__": "floor_divide_", "__imod__": "remainder_",
    "__ipow__": "pow_", "__iand__": "bitwise_and_", "__ior__": "bitwise_or_",
    "__ixor__": "bitwise_xor_", "__radd__": "add", "__rmul__": "mul", "__and__": "bitwise_and", "__or__": "bitwise_or",
    "__xor__": "bitwise_xor", "__truediv__": "div", "__floordiv__": "floor_divide", "__mod__": "remainder",
    "__invert__": "bitwise_not", "__setitem__": "setitem", "__getitem__": "getitem",
}  # fmt: skip
"""Operators whose function bears another name than the op that torch runs for them."""


@lru_cache(maxsize=8192)
def op_name(func: Function) -> str:
    """Return the op of a torch function in TensorBoard's spelling, such as ``aten::conv2d``."""
    name = getattr(func, "__name__", type(func).__name__)
    if name in {"__get__", "__set__"}:
        attribute = getattr(getattr(func, "__self__", None), "__name__", "attribute")
        name = attribute if name == "__get__" else f"set_{attribute}_"
    name = _DUNDERS.get(name, name)
    if name.startswith("__") and name.endswith("__"):
        name = name.strip("_")
    return f"aten::{name}"


@lru_cache(maxsize=8192)
def is_in_place(func: Function) -> bool:
    """Return whether a function writes into its first argument, by torch's rule for names."""
    name = op_name(func).removeprefix("aten::")
    return name == "setitem" or (name.endswith("_") and not name.endswith("__"))


def arguments(func: Function, args: Args, kwargs: Kwargs) -> dict[str, Plain]:
    """Return the arguments of a call that are no tensors, by name, as far as they are plain."""
    found: dict[str, Plain] = {}
    if args:
        args = _with_sizes_in_one(func, args)
        for name, value in zip(_positional_names(func, tuple(map(type, args))), args, strict=False):
            _put(found, name, value)
    for name, value in kwargs.items():
        _put(found, name, value)
    return found


def _with_sizes_in_one(func: Function, args: Args) -> Args:
    """Return the arguments with the ints at their end in one tuple, if the op only takes them so.

    ``x.view(2, -1)`` and ``x.view((2, -1))`` are the same call.
    """
    if inspect.isfunction(func) or len(args) <= _most_positional(func):
        return args
    start = len(args)
    while start and type(args[start - 1]) is int:
        start -= 1
    return (*args[:start], args[start:]) if start < len(args) else args


@lru_cache(maxsize=8192)
def _most_positional(func: Function) -> int:
    """Return how many arguments an op takes by position at the most."""
    return max((len(_positional(schema)) for schema in _schemas(func)), default=0)


def _put(found: dict[str, Plain], name: str, value: object) -> None:
    if type(value) in _AS_IT_IS:
        found[name] = cast("Plain", value)
    elif not isinstance(value, torch.Tensor):
        spelled = plain(value)
        if spelled is not None:
            found[name] = spelled


def plain(value: object) -> Plain:
    """Return a value as JSON can hold it; None for what it cannot (tensors, objects, functions)."""
    if type(value) in _AS_IT_IS or isinstance(value, str):
        return cast("Plain", value)
    if isinstance(value, int | float):
        return _plain_number(value)
    if isinstance(value, list | tuple):
        return tuple([None if isinstance(item, torch.Tensor) else plain(item) for item in contents(value)])
    if isinstance(value, torch.dtype | torch.memory_format | torch.layout):
        return str(value).removeprefix("torch.")
    if isinstance(value, torch.device | slice | EllipsisType):
        return str(value)
    return plain(value.value) if isinstance(value, Enum) else None


def _plain_number(value: float) -> int | float | str:
    if isinstance(value, int):
        return int(value)
    return float(value) if isfinite(value) else str(float(value))


_AS_IT_IS: Final = frozenset({bool, str, int, type(None)})


@lru_cache(maxsize=8192)
def _positional_names(func: Function, types: tuple[type, ...]) -> tuple[str, ...]:
    """Return names for the positional arguments of a function; their types tell overloads apart."""
    names = tuple(_signature_names(func) if inspect.isfunction(func) else _schema_names(func, types))
    return names + tuple(f"arg{index}" for index in range(len(names), len(types)))


def _signature_names(func: Function) -> Iterator[str]:
    try:
        parameters = inspect.signature(func).parameters.values()
    except (TypeError, ValueError):
        return
    for parameter in parameters:
        if parameter.kind in {parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD}:
            yield parameter.name


_FITS = {
    "int": ("int", "SymInt", "number", "Scalar", "float", "bool", "List[int]"),
    "float": ("float", "number", "Scalar"),
    "bool": ("bool", "number", "Scalar"),
    "str": ("str",),
    "list": ("List",),
    "tuple": ("List",),
    "Size": ("List",),
    "Tensor": ("Tensor",),
    "dtype": ("int", "ScalarType"),
    "device": ("Device",),
    "NoneType": ("Optional",),
}
"""Which types in a schema take a Python argument of some type."""


def _schema_names(func: Function, types: tuple[type, ...]) -> Iterator[str]:
    """Yield the names from the op's schema that takes such arguments."""
    kinds = tuple("Tensor" if issubclass(kind, torch.Tensor) else kind.__name__ for kind in types)
    fitting = [positional for schema in _schemas(func) if len(positional := _positional(schema)) >= len(types)]
    best = max(fitting, key=lambda positional: _fit(positional, kinds), default=[])
    for argument in best:
        yield cast("str", argument.name)


def _schemas(func: Function) -> list[Value]:
    return cast("list[Value]", torch._C._jit_get_schemas_for_operator(op_name(func)))  # noqa: SLF001 -- no public list of schemas


def _positional(schema: Value) -> list[Value]:
    return [argument for argument in schema.arguments if not argument.kwarg_only]


def _fit(positional: list[Value], kinds: tuple[str, ...]) -> int:
    """Return how many of the given arguments are of a type that a schema takes there."""
    return sum(
        any(name in str(argument.type) for name in _FITS.get(kind, (kind,)))
        for argument, kind in zip(positional, kinds, strict=False)
    )
