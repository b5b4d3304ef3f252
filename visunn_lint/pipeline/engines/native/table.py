"""The modules of a model as records: kinds, hyperparameters, parameters, who is shared with whom."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from torch.nn.parameter import is_lazy

from visunn_lint import source
from visunn_lint.location import is_installed
from visunn_lint.pipeline.engines.native.constructors import kept_arguments
from visunn_lint.pipeline.engines.native.structure import PLAIN_TENSORS
from visunn_lint.pipeline.engines.native.survey import stored_in, stored_tensors
from visunn_lint.records import Module, Param

if TYPE_CHECKING:
    from collections.abc import Mapping

    import torch
    from torch import Tensor, nn

    from visunn_lint.location import Location
    from visunn_lint.pipeline.engines.native.observer import CallLog
    from visunn_lint.pipeline.engines.native.survey import Survey


def modules(parts: Survey, log: CallLog, sources: Mapping[int, Location]) -> tuple[Module, ...]:
    """Return a record for each module: registered ones first, in their order."""
    shared = _names_of_shared(parts)
    lines = _Lines(sources)
    registered = tuple(
        [
            _record(path, module, shared, lines, log, aliases=parts.aliases.get(path, ()))
            for path, module in parts.registered.items()
        ]
    )
    held = tuple(
        _record(path, module, shared, lines, log, registered=False, container=parts.containers[path])
        for path, module in parts.unregistered.items()
    )
    built = tuple(
        _record(path, module, shared, lines, log, registered=False, container="built in forward")
        for path, module in log.found.items()
    )
    return registered + held + built


def _record(
    path: str,
    module: nn.Module,
    shared: Mapping[int, list[str]],
    lines: _Lines,
    log: CallLog,
    *,
    aliases: tuple[str, ...] = (),
    registered: bool = True,
    container: str = "",
) -> Module:
    cls: type = type(module)
    kept = kept_arguments(module)
    parameters, buffers = module._parameters, module._buffers  # noqa: SLF001 -- named_parameters() leaves out ties
    children = module._modules  # noqa: SLF001 -- named_children() leaves out aliases
    return Module(
        path=path,
        kind=public_name(cls),
        aliases=aliases,
        hyperparameters=dict(kept.values),
        at_default=kept.at_default,
        params=_params(path, parameters, shared) if parameters else (),
        buffers=_params(path, buffers, shared) if buffers else (),
        children=_children(path, children) if children else (),
        calls=tuple(log.calls.get(path, ())),
        training=getattr(module, "training", False),  # a frozen script has none
        source=lines.of(path, module),
        registered=registered,
        forward_calls=log.direct.get(path, 0),
        container=container,
    )


def _children(path: str, children: Mapping[str, nn.Module | None]) -> tuple[str, ...]:
    prefix = f"{path}." if path else ""
    return tuple([prefix + name for name, child in children.items() if child is not None])


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _names_of_shared(parts: Survey) -> dict[int, list[str]]:
    """Return all names of each tensor that has several, by its identity: in most models there is none."""
    held = stored_in(parts.all)
    stored = list(map(id, stored_tensors(held)))
    names: defaultdict[int, list[str]] = defaultdict(list)
    if len(set(stored)) < len(stored):
        times = Counter(stored)
        for _, path, tensors in held:
            for name, tensor in tensors.items():
                if times[id(tensor)] > 1:
                    names[id(tensor)].append(_join(path, name))
    return names


def _params(path: str, stored: Mapping[str, Tensor | None], shared: Mapping[int, list[str]]) -> tuple[Param, ...]:
    prefix = f"{path}." if path else ""
    return tuple(
        [
            Param(
                full := prefix + name,
                tuple(tensor.shape) if type(tensor) in PLAIN_TENSORS or not is_lazy(tensor) else None,
                _spelled(tensor.dtype),
                tensor.requires_grad,
                tuple(other for other in shared[id(tensor)] if other != full)
                if shared and id(tensor) in shared
                else (),
                "cpu" if tensor.is_cpu or tensor.is_meta else str(tensor.device),
            )
            for name, tensor in stored.items()
            if tensor is not None
        ]
    )


@cache
def _spelled(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


@lru_cache(maxsize=4096)
def public_name(cls: type) -> str:
    """Return the shortest dotted name under which a class can be imported: ``torch.nn.Conv2d``."""
    parts = cls.__module__.split(".")
    for length in range(1, len(parts)):
        prefix = ".".join(parts[:length])
        if getattr(sys.modules.get(prefix), cls.__qualname__, None) is cls:
            return f"{prefix}.{cls.__qualname__}"
    return f"{cls.__module__}.{cls.__qualname__}"


class _Lines:
    """Finds the line that assigns each module: as told by the build, else in its parent's class."""

    def __init__(self, told: Mapping[int, Location]) -> None:
        self._told = told
        self._owners: dict[str, type] = {}
        self._found: dict[str, Location | None] = {}
        self._in_class: dict[tuple[type, str], Location | None] = {}

    def of(self, path: str, module: nn.Module) -> Location | None:
        """Return the line of a module; parents are asked for before their children."""
        self._owners[path] = type(module)
        place = self._told.get(id(module)) or (self._in_class_of_parent(path) if path else None)
        self._found[path] = place
        return place

    def _in_class_of_parent(self, path: str) -> Location | None:
        parent_path, _, name = path.rpartition(".")
        cls = self._owners.get(parent_path)
        if cls is None:
            return None
        if not _is_in_a_file(cls):
            return self._found.get(parent_path)
        key = (cls, name)
        if key not in self._in_class:
            self._in_class[key] = _assigning_line(*key)
        return self._in_class[key] or self._found.get(parent_path)


@lru_cache(maxsize=4096)
def _is_in_a_file(cls: type) -> bool:
    """Return whether a class, or one of its bases, is the user's own."""
    return any(map(_file, cls.__mro__))


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
    return "" if cls.__module__.startswith("torch.") or is_installed(file) else file
