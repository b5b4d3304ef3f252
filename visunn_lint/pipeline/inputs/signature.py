"""The parameters of a model's forward, and whether given arguments fit them."""

from __future__ import annotations

import inspect
from difflib import get_close_matches
from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Any

import torch

from visunn_lint.errors import InputError
from visunn_lint.pipeline.inputs.annotations import evaluated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from torch import nn

_BY_POSITION = frozenset({Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD})
_VARIADIC = frozenset({Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD})

_EACH = "give one input for each parameter without default, by position or by name"


def inner_model(model: nn.Module) -> nn.Module:
    """Return what ``torch.compile``, DataParallel and their like are wrapped around, or the model itself."""
    while True:
        wrapped = getattr(model, "_orig_mod", None)
        if wrapped is None and isinstance(model, torch.nn.DataParallel | torch.nn.parallel.DistributedDataParallel):
            wrapped = model.module
        if not isinstance(wrapped, torch.nn.Module):
            return model
        model = wrapped


def signature(model: nn.Module) -> Signature | None:
    """Return the signature of forward without ``self``, or that of a ``__call__`` of the class's own.

    None if it has none that can be read.
    """
    inner = inner_model(model)
    forward = inner.forward
    schema = getattr(forward, "schema", None)
    if schema is not None:
        return Signature([_from_schema(argument) for argument in schema.arguments[1:]])
    return _own_call(inner) or _read(forward)


def _own_call(model: nn.Module) -> Signature | None:
    """Return the signature of a class's own ``__call__``; None if it has none, or hands on whatever it gets."""
    own = type(model).__call__
    found = None if own is torch.nn.Module.__call__ else _read(own.__get__(model))
    is_open = found is not None and any(each.kind in _VARIADIC for each in found.parameters.values())
    return None if is_open else found


def _read(function: Callable[..., Any]) -> Signature | None:
    try:
        found = inspect.signature(function)
    except (TypeError, ValueError):
        return None
    namespace = getattr(inspect.unwrap(function), "__globals__", {})
    return found.replace(parameters=[evaluated(each, namespace) for each in found.parameters.values()])


def parameters(model: nn.Module) -> list[Parameter]:
    """Return the parameters of forward; none if they cannot be read."""
    found = signature(model)
    return [] if found is None else list(found.parameters.values())


def positional_names(model: nn.Module) -> list[str]:
    """Return the names of the parameters that can be given by position."""
    return [parameter.name for parameter in parameters(model) if parameter.kind in _BY_POSITION]


def needed(model: nn.Module) -> list[Parameter]:
    """Return the parameters that have to be given: those without default, else the first one there is.

    Of ``*args`` one is taken to be needed, if nothing stands before it.
    """
    found = parameters(model)
    required = [each for each in found if each.default is Parameter.empty and each.kind not in _VARIADIC]
    if required:
        return required
    return [each for each in found if each.kind is not Parameter.VAR_KEYWORD][:1]


def check(model: nn.Module, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
    """Raise InputError, naming the signature, if arguments do not fit forward by number or names."""
    check_names(model, kwargs)
    found = signature(model)
    if found is None:
        return
    try:
        found.bind(*args, **kwargs)
    except TypeError as error:
        message = f"the inputs do not fit {spelled(model)}: {error}"
        raise InputError(message, hint=_EACH) from None


def check_names(model: nn.Module, names: Iterable[str]) -> None:
    """Raise InputError, naming the signature, for the first name that no parameter of forward has."""
    found = signature(model)
    known = found.parameters if found is not None else {}
    if found is None or any(each.kind is Parameter.VAR_KEYWORD for each in known.values()):
        return
    for name in names:
        if name not in known:
            close = get_close_matches(name, known, n=1)
            message = f"the inputs do not fit {spelled(model)}: there is no `{name}`"
            raise InputError(message, hint=f"did you mean `{close[0]}`?" if close else _EACH)


def is_complete(model: nn.Module, kwargs: Mapping[str, Any]) -> bool:
    """Return whether forward can be called with some named arguments alone."""
    found = signature(model)
    try:
        return found is not None and bool(found.bind(**kwargs))
    except TypeError:
        return False


def spelled(model: nn.Module) -> str:
    """Return ``Net.forward(x, mask=None)``, without annotations."""
    bare = [parameter.replace(annotation=Parameter.empty) for parameter in parameters(model)]
    inner = inner_model(model)
    called = "forward" if _own_call(inner) is None else "__call__"
    return f"{type(inner).__name__}.{called}{Signature(bare)}"


def _from_schema(argument: Any) -> Parameter:  # noqa: ANN401 -- torch has no public type for it
    default = argument.default_value if argument.has_default_value() else Parameter.empty
    kind = Parameter.KEYWORD_ONLY if argument.kwarg_only else Parameter.POSITIONAL_OR_KEYWORD
    return Parameter(argument.name, kind, default=default)
