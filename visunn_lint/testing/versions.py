"""Whether a model, or a value given to it, is still what it was."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

Version: TypeAlias = tuple[Hashable, ...]

_PLAIN = (bool, int, float, complex, str, bytes, type(None))


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

    Modules and builtin containers are read by content, to any depth; tensors by identity, storage and the
    version that each write in place raises; everything else by identity. What a forward reads from
    elsewhere, such as globals, is not seen. The modules of torch are told by their attributes: this
    needs no torch.
    """
    return tuple(_parts(roots, set()))


def _parts(value: object, seen: set[int]) -> Iterator[Hashable]:
    if isinstance(value, _PLAIN):
        yield type(value), value
    elif id(value) in seen:
        yield _Same(value)
    elif _is_tensor(value):
        yield _tensor(value)
    elif isinstance(value, Mapping | list | tuple | AbstractSet) or _is_module(value):
        seen.add(id(value))
        yield type(value), None
        yield from _contents(value, seen)
        yield None
    else:
        yield _Same(value)


def _contents(value: object, seen: set[int]) -> Iterator[Hashable]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _parts(key, seen)
            yield from _parts(item, seen)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _parts(item, seen)
    elif isinstance(value, AbstractSet):
        yield frozenset(part for item in value for part in _parts(item, seen))
    else:
        yield _Same(getattr(type(value), "forward", None))
        yield from _contents(vars(value), seen)


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
