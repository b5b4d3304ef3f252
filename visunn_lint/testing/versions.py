"""Whether a model, or a value given to it, is still what it was."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections import deque
from collections.abc import Hashable, Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from types import MemberDescriptorType, SimpleNamespace
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Version: TypeAlias = tuple[Hashable, ...]

_PLAIN = (bool, int, float, complex, str, bytes, type(None))
_CONTAINERS = (Mapping, list, tuple, deque)
_NAMESPACES = (Namespace, SimpleNamespace)
_END = object()


@dataclass(frozen=True, slots=True, eq=False)
class _Same:
    """An object as a value that equals itself alone; it keeps the object alive, so that no other gets its id."""

    value: object

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.value is self.value

    def __hash__(self) -> int:
        return id(self.value)


def version_of(*roots: object) -> Version:
    """Return a value that is equal as long as what a capture sees of some objects is the same.

    Modules, builtin containers and the attributes of plain objects are read by content, to any depth; tensors by
    identity, storage and the version that each write in place raises; everything else by identity. What a forward
    reads from elsewhere, such as globals, is not seen. The modules of torch are told by their attributes: this
    needs no torch.
    """
    return _version(roots, set())


def _version(roots: Iterable[object], seen: set[int]) -> Version:
    """Return the parts of some objects and of what they hold; iterative, for what is nested deeply."""
    parts: list[Hashable] = []
    stack = [iter(roots)]
    while stack:
        value = next(stack[-1], _END)
        if value is _END:
            stack.pop()
            parts.append(None)
        elif isinstance(value, _PLAIN):
            parts.append((type(value), value))
        elif id(value) in seen:
            parts.append(_Same(value))
        elif _is_tensor(value):
            parts.append(_tensor(value))
        else:
            seen.add(id(value))
            parts.append(_head(value, seen))
            stack.append(_inside(value))
    return tuple(parts)


def _head(value: object, seen: set[int]) -> Hashable:
    """Return what is told of an object beside what is inside: of modules and containers the type, else which it is."""
    if isinstance(value, AbstractSet):
        return type(value), frozenset(_version((item,), seen) for item in value)
    if isinstance(value, _CONTAINERS):
        return type(value), None
    return (type(value), _Same(getattr(type(value), "forward", None))) if _is_module(value) else _Same(value)


def _inside(value: object) -> Iterator[object]:
    """Yield the items and the attributes of an object, with their keys."""
    if isinstance(value, Mapping):
        yield from chain.from_iterable(value.items())
    elif isinstance(value, _CONTAINERS):
        yield from value
    if not _is_opaque(value):
        yield from chain.from_iterable(_attributes(value))


def _is_opaque(value: object) -> bool:
    """Return whether the attributes of an object are no concern of a model's.

    The objects of the standard library lead to what changes by itself, as loggers do to all records of a test;
    those that are there to hold settings are none of them.
    """
    library = str(type(value).__module__).partition(".")[0]
    return isinstance(value, type) or (library in sys.stdlib_module_names and not isinstance(value, _NAMESPACES))


def _attributes(value: object) -> Iterator[tuple[str, object]]:
    """Yield what stands in ``__dict__`` and in slots, past any code of the object's."""
    with suppress(AttributeError):
        yield from object.__getattribute__(value, "__dict__").items()
    for cls in type(value).__mro__:
        slots = vars(cls).items() if "__slots__" in vars(cls) else ()
        for name, member in slots:
            if isinstance(member, MemberDescriptorType):
                with suppress(AttributeError):  # nothing stands in it as yet
                    yield name, member.__get__(value)


def _is_module(value: object) -> bool:
    return {"_modules", "_parameters", "_buffers"} <= getattr(value, "__dict__", {}).keys()


def _is_tensor(value: object) -> bool:
    return hasattr(type(value), "_version") and hasattr(type(value), "requires_grad")


def _tensor(value: object) -> Hashable:
    return _Same(value), *(_asked(value, name) for name in ("_version", "shape", "dtype", "requires_grad", "data_ptr"))


def _asked(tensor: object, name: str) -> Hashable:
    """Return what a tensor says of itself; inference tensors and lazy parameters refuse some questions."""
    try:
        found = getattr(tensor, name)
        return str(found() if callable(found) else found)
    except (RuntimeError, ValueError):
        return None
