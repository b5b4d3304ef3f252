"""The arguments that modules were constructed with, as far as they keep them under the same names."""

from __future__ import annotations

import inspect
import marshal
from functools import lru_cache
from inspect import Parameter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from visunn_lint.pipeline.engines.native.arguments import plain
from visunn_lint.pipeline.engines.native.attributes import getter, spelled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from torch import nn

    from visunn_lint.spec import Plain

    _There = tuple[tuple[str, bool], ...]


class KeptArguments(NamedTuple):
    """Arguments by name, without those that JSON cannot hold, and the names of those that have their default."""

    values: Mapping[str, Plain]
    at_default: tuple[str, ...]


def kept_arguments(module: nn.Module) -> KeptArguments:
    """Return the constructor's arguments that a module keeps; modules that are set up alike share the answer."""
    cls: type = type(module)
    held, parameters = module.__dict__, module._parameters  # noqa: SLF001 -- get_parameter() has no word for a bias that is not there
    kept = _usual.get(cls)
    if kept is None or not held.keys().isdisjoint(kept.left_out):
        if len(_usual) >= _MOST_CLASSES:
            _usual.clear()
        kept = _usual[cls] = _kept(cls, held)
    try:
        values = kept.get(held)
    except KeyError:
        return _told(cls, held, _there(_kept(cls, held).left_out, parameters))
    there = _there(kept.left_out, parameters) if kept.left_out else ()
    spelling = spelled(values)
    return _told(cls, held, there) if spelling is None else _told_of_plain(cls, kept.names, spelling, there)


def _there(names: list[str], parameters: Mapping[str, object]) -> _There:
    """Return which of some arguments are kept as parameters, and whether there is one: such as a bias."""
    return tuple([(name, parameters[name] is not None) for name in names if name in parameters])


class _Kept(NamedTuple):
    """The arguments that modules of a class keep as attributes, what gets them, and the arguments that they do not."""

    names: tuple[str, ...]
    get: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    left_out: list[str]


_MOST_CLASSES: Final = 1 << 12
_usual: Final[dict[type, _Kept]] = {}
"""Where modules of a class kept their arguments when last one was asked: nearly always that is so for all of them."""


def _kept(cls: type, held: Mapping[str, object]) -> _Kept:
    arguments = _constructor_arguments(cls)
    names = tuple([name for name in arguments if name in held])
    return _Kept(names, getter(names), [name for name in arguments if name not in names])


@lru_cache(maxsize=4096)
def _told_of_plain(cls: type, names: tuple[str, ...], spelling: bytes, there: _There) -> KeptArguments:
    return _told(cls, dict(zip(names, marshal.loads(spelling), strict=True)), there)  # noqa: S302 -- written just before


def _told(cls: type, attributes: Mapping[str, object], there: _There) -> KeptArguments:
    """Return what a module with such attributes keeps; of a bias, whether it is there."""
    held = {**dict(there), **attributes}
    kept = {name: held[name] for name in _constructor_arguments(cls) if name in held}
    told = {name: plain(value) for name, value in kept.items()}
    values = {name: value for name, value in told.items() if value is not None or kept[name] is None}
    return KeptArguments(values, tuple(_at_default(cls, values)))


def _at_default(cls: type, arguments: Mapping[str, Plain]) -> Iterator[str]:
    """Yield the arguments that have their default; torch keeps one size as a tuple of it for each axis."""
    defaults = _constructor_arguments(cls)
    for name, value in arguments.items():
        given = defaults[name]
        default = plain(given)
        is_known = given is None or default is not None
        if is_known and (value == default or (isinstance(value, tuple) and value == (default,) * len(value))):
            yield name


@lru_cache(maxsize=4096)
def _constructor_arguments(cls: type) -> Mapping[str, object]:
    """Return the defaults of a constructor's arguments, with those that it passes on to its base.

    One without a default has ``Parameter.empty``.
    """
    found: dict[str, object] = {}
    for base in cls.__mro__:
        if "__init__" not in base.__dict__:
            continue
        try:
            parameters = list(inspect.signature(base.__dict__["__init__"]).parameters.values())[1:]
        except (TypeError, ValueError):  # no function, as a partialmethod is none, or one that cannot be read
            break
        variadic = {parameter.kind for parameter in parameters} & {Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD}
        for parameter in parameters:
            if parameter.kind not in variadic:
                found.setdefault(parameter.name, parameter.default)
        if not variadic:
            break
    return {name: default for name, default in found.items() if name not in {"device", "dtype"}}
