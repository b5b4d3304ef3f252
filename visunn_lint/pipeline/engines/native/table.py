"""The modules of a model as records: kinds, hyperparameters, parameters, who is shared with whom."""

from __future__ import annotations

import inspect
import sys
from collections import defaultdict
from functools import cache, lru_cache
from inspect import Parameter
from typing import TYPE_CHECKING, cast

from torch.nn.parameter import is_lazy

from visunn_lint import source
from visunn_lint.pipeline.engines.native.arguments import plain
from visunn_lint.records import Module, Param

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import torch
    from torch import Tensor, nn

    from visunn_lint.location import Location
    from visunn_lint.pipeline.engines.native.observer import CallLog
    from visunn_lint.pipeline.engines.native.survey import Survey
    from visunn_lint.spec import Plain

_INSTALLED = ("/site-packages/", "/dist-packages/")


def modules(parts: Survey, log: CallLog, sources: Mapping[int, Location]) -> tuple[Module, ...]:
    """Return a record for each module, without its calls: registered ones first, in their order."""
    names = _names_by_tensor(parts)
    lines = _Lines(sources)
    registered = tuple(
        _record(path, module, names, lines, aliases=parts.aliases.get(path, ()))
        for path, module in parts.registered.items()
    )
    held = tuple(
        _record(path, module, names, lines, registered=False, container=parts.containers[path])
        for path, module in parts.unregistered.items()
    )
    built = tuple(
        _record(path, module, names, lines, registered=False, container="built in forward")
        for path, module in log.found.items()
    )
    return registered + held + built


def _record(
    path: str,
    module: nn.Module,
    names: Mapping[int, list[str]],
    lines: _Lines,
    *,
    aliases: tuple[str, ...] = (),
    registered: bool = True,
    container: str = "",
) -> Module:
    arguments = hyperparameters(module)
    return Module(
        path=path,
        kind=public_name(type(module)),
        aliases=aliases,
        hyperparameters=arguments,
        at_default=tuple(_at_default(type(module), arguments)),
        params=tuple(_params(path, module._parameters, names)),  # noqa: SLF001 -- named_parameters() leaves out ties
        buffers=tuple(_params(path, module._buffers, names)),  # noqa: SLF001 -- likewise
        children=tuple(_join(path, name) for name, child in module._modules.items() if child is not None),  # noqa: SLF001 -- named_children() leaves out aliases
        training=module.training,
        source=lines.of(path, module),
        registered=registered,
        container=container,
    )


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _names_by_tensor(parts: Survey) -> dict[int, list[str]]:
    names: defaultdict[int, list[str]] = defaultdict(list)
    for path, module in parts.all.items():
        for stored in (module._parameters, module._buffers):  # noqa: SLF001 -- named_parameters() leaves out ties
            for name, tensor in stored.items():
                if tensor is not None:
                    names[id(tensor)].append(_join(path, name))
    return names


def _params(path: str, stored: Mapping[str, Tensor | None], names: Mapping[int, list[str]]) -> Iterable[Param]:
    for name, tensor in stored.items():
        if tensor is None:
            continue
        full = _join(path, name)
        same = names[id(tensor)]
        known = not is_lazy(tensor)
        yield Param(
            path=full,
            shape=tuple(tensor.shape) if known else None,
            dtype=_spelled(tensor.dtype),
            requires_grad=tensor.requires_grad,
            shared_with=tuple(other for other in same if other != full) if len(same) > 1 else (),
            device="cpu" if tensor.is_meta or tensor.is_cpu else str(tensor.device),
        )


@cache
def _spelled(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def public_name(cls: type) -> str:
    """Return the shortest dotted name under which a class can be imported: ``torch.nn.Conv2d``."""
    return _public_name(cls)


@lru_cache(maxsize=4096)
def _public_name(cls: type) -> str:
    parts = cls.__module__.split(".")
    for length in range(1, len(parts)):
        prefix = ".".join(parts[:length])
        if getattr(sys.modules.get(prefix), cls.__qualname__, None) is cls:
            return f"{prefix}.{cls.__qualname__}"
    return f"{cls.__module__}.{cls.__qualname__}"


def hyperparameters(module: nn.Module) -> dict[str, Plain]:
    """Return the constructor's arguments, as far as a module keeps them under the same names."""
    found: dict[str, Plain] = {}
    attributes, cls = module.__dict__, cast("type", type(module))
    for name in _constructor_arguments(cls):
        if name in attributes:
            value = plain(attributes[name])
            if value is not None or attributes[name] is None:
                found[name] = value
        elif name in module._parameters:  # noqa: SLF001 -- whether there is a bias, not the bias
            found[name] = module._parameters[name] is not None  # noqa: SLF001 -- likewise
    return found


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
        parameters = list(inspect.signature(base.__dict__["__init__"]).parameters.values())[1:]
        variadic = {parameter.kind for parameter in parameters} & {Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD}
        for parameter in parameters:
            if parameter.kind not in variadic:
                found.setdefault(parameter.name, parameter.default)
        if not variadic:
            break
    return {name: default for name, default in found.items() if name not in {"device", "dtype"}}


class _Lines:
    """Finds the line that assigns each module: as told by the build, else in its parent's class."""

    def __init__(self, told: Mapping[int, Location]) -> None:
        self._told = told
        self._owners: dict[str, nn.Module] = {}
        self._found: dict[str, Location | None] = {}
        self._in_class: dict[tuple[type, str], Location | None] = {}

    def of(self, path: str, module: nn.Module) -> Location | None:
        """Return the line of a module; parents are asked for before their children."""
        self._owners[path] = module
        place = self._told.get(id(module)) or self._in_class_of_parent(path)
        self._found[path] = place
        return place

    def _in_class_of_parent(self, path: str) -> Location | None:
        parent_path, _, name = path.rpartition(".")
        parent = self._owners.get(parent_path)
        if not path or parent is None:
            return None
        key = (type(parent), name)
        if key not in self._in_class:
            self._in_class[key] = _assigning_line(*key)
        return self._in_class[key] or self._found.get(parent_path)


def _assigning_line(owner: type, name: str) -> Location | None:
    """Return the line of a class, or of one of its bases, that assigns an attribute."""
    for cls in owner.__mro__:
        file = _file(cls)
        place = source.assignment_line(file, cls.__qualname__, name) if file else None
        if place is not None:
            return place
    return None


@lru_cache(maxsize=4096)
def _file(cls: type) -> str:
    """Return the file of a class that is the user's own; installed packages are not searched."""
    module = sys.modules.get(cls.__module__)
    file = getattr(module, "__file__", None) or ""
    return "" if any(part in file for part in _INSTALLED) or cls.__module__.startswith("torch.") else file
