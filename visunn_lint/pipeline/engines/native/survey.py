"""All modules of a model by path: the registered ones, and those in plain containers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import chain
from operator import is_not
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from torch import nn

from visunn_lint.pipeline.engines.native.atoms import contents, holds_atoms
from visunn_lint.pipeline.engines.native.attributes import HOOKS, OWN, compound, taken_apart
from visunn_lint.pipeline.engines.native.wrapping import without_compiler

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Set as AbstractSet

    from torch import Tensor

_MAX_DEPTH = 3
_HOLDING = frozenset({"_modules", "_parameters", "_buffers"})


Stored: TypeAlias = tuple[Literal["param", "buffer"], str, dict[str, Any]]
"""The parameters or the buffers that a module holds itself, where it holds any: which, its path, and its own dict.

None in the dict stands for one left out.
"""


def stored_tensors(stored: Iterable[Stored]) -> list[Tensor]:
    """Return the tensors that are stored, one that is stored twice both times."""
    return list(filter(_IS_THERE, chain.from_iterable([tensors.values() for _, _, tensors in stored])))


_IS_THERE: Final = partial(is_not, None)


@dataclass(frozen=True, slots=True)
class Survey:
    """The modules of a model before it runs.

    ``registered`` by first path, in the order of registration; ``aliases`` their other paths;
    ``unregistered`` those that torch does not know of, by a path such as ``blocks[0]``, and
    ``containers`` the kind of what holds each of them. ``stored`` is what the registered ones hold then.
    """

    registered: Mapping[str, nn.Module]
    aliases: Mapping[str, tuple[str, ...]]
    unregistered: Mapping[str, nn.Module]
    containers: Mapping[str, str]
    stored: Sequence[Stored]

    @property
    def all(self) -> dict[str, nn.Module]:
        """Registered and unregistered modules by path."""
        return {**self.registered, **self.unregistered}

    @property
    def all_stored(self) -> Sequence[Stored]:
        """What all of them hold."""
        return [*self.stored, *stored_in(self.unregistered)] if self.unregistered else self.stored


def survey(model: nn.Module, plain: AbstractSet[int] = frozenset()) -> Survey:
    """Return the modules of a model, each once; those of ``plain`` are known to have no others in plain attributes."""
    registered, aliases = _registered(model)
    seen = {id(module) for module in registered.values()}
    unregistered: dict[str, nn.Module] = {}
    containers: dict[str, str] = {}
    for path, module in registered.items():
        for name, value in () if id(module) in plain else _compound(module):
            for place, found in _modules_in(f"{path}.{name}" if path else name, value, 0):
                for inside, inner in found.named_modules(prefix=place):
                    if id(inner) not in seen:
                        seen.add(id(inner))
                        unregistered[inside] = inner
                        containers[inside] = type(value).__name__
    return Survey(registered, aliases, unregistered, containers, stored_in(registered))


def stored_in(modules: Mapping[str, nn.Module]) -> list[Stored]:
    """Return what modules hold now."""
    found: list[Stored] = []
    for path, module in modules.items():
        parameters, buffers = module._parameters, module._buffers  # noqa: SLF001 -- named_parameters() leaves out ties
        if parameters:
            found.append(("param", path, parameters))
        if buffers:
            found.append(("buffer", path, buffers))
    return found


def _registered(model: nn.Module) -> tuple[dict[str, nn.Module], dict[str, tuple[str, ...]]]:
    first: dict[int, str] = {}
    registered: dict[str, nn.Module] = {}
    aliases: dict[str, tuple[str, ...]] = {}
    for path, module in _named_modules(model):
        known = first.setdefault(id(module), path)
        if known == path:
            registered[path] = module
        else:
            aliases[known] = (*aliases.get(known, ()), path)
    return registered, aliases


def _named_modules(model: nn.Module) -> Iterator[tuple[str, nn.Module]]:
    """Yield every path of every module, depth first; a module that holds itself ends the path.

    ``named_modules(remove_duplicate=False)`` does not end on such a one.
    """
    stack: list[tuple[str, nn.Module, frozenset[int]]] = [("", model, frozenset())]
    entered: set[int] = set()
    while stack:
        path, module, above = stack.pop()
        if id(module) in above:
            continue
        yield path, module
        if not module._modules:  # noqa: SLF001 -- as below
            continue
        if id(module) in entered and len(above) > _MAX_DEPTH * 16:
            continue
        entered.add(id(module))
        inside = above | {id(module)}
        stack += [
            (f"{path}.{name}" if path else name, without_compiler(child), inside)
            for name, child in reversed(module._modules.items())  # noqa: SLF001 -- named_children() leaves out aliases
            if child is not None
        ]


def _compound(module: nn.Module) -> list[tuple[str, Any]]:
    """Return the containers of more than atoms in a module's plain attributes."""
    parts = taken_apart(module)
    if parts is None or any(parts[1][HOOKS]):
        named = [(name, value) for name, value in module.__dict__.items() if name not in _HOLDING]
    else:
        form, values = parts
        own = values[OWN]
        places = compound(own)
        if not places:
            return []
        named = [(form.own[place], own[place]) for place in places]
    return [(name, value) for name, value in named if _holds_more(value)]


def _holds_more(value: Any) -> bool:  # noqa: ANN401 -- whatever stands in an attribute
    """Return whether a value is a container of more than atoms."""
    kind: type = type(value)
    return _may_hold(kind) and not holds_atoms(_held_by(value))


def _held_by(value: Any) -> Iterable[object]:  # noqa: ANN401 -- a container
    """Return what a container holds; a mapping that is no dict is asked for it."""
    return contents(value) if not isinstance(value, Mapping) or isinstance(value, dict) else value.values()


@lru_cache(maxsize=4096)
def _may_hold(kind: type) -> bool:
    return issubclass(kind, list | tuple | Mapping | set)


def _modules_in(place: str, value: object, depth: int) -> Iterator[tuple[str, nn.Module]]:
    if isinstance(value, nn.Module):
        yield place, value
    elif depth >= _MAX_DEPTH:
        return
    elif isinstance(value, Mapping):
        for key, item in dict.items(value) if isinstance(value, dict) else value.items():
            yield from _modules_in(f"{place}[{key!r}]", item, depth + 1)
    elif isinstance(value, list | tuple | set):
        for index, item in enumerate(contents(value)):
            yield from _modules_in(f"{place}[{index}]", item, depth + 1)
