"""Values that hold nothing else, and nothing that could change: most attributes of a module are such."""

from __future__ import annotations

from collections import OrderedDict, deque
from functools import lru_cache
from types import BuiltinFunctionType, MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any, Final

import torch

if TYPE_CHECKING:
    from collections.abc import Iterable

_ATOMIC: Final = (str, bytes, int, float, complex, bool, type(None), BuiltinFunctionType, ModuleType, torch.dtype,
                  torch.device, torch.Size, torch.memory_format, torch.layout, MappingProxyType)  # fmt: skip
"""Types with nothing in them that a forward could change, or that is a model's own."""

ATOMS: Final = frozenset(_ATOMIC)
"""The same, to ask for a type itself: a subclass is not among them."""

MUTABLE: Final = (dict, list, set, deque, bytearray)
"""The builtin types of what is looked for on classes and among globals: it can change, and hold what a run made."""


@lru_cache(maxsize=4096)
def is_atomic(kind: type) -> bool:
    """Return whether values of a type hold nothing, subclasses included."""
    return issubclass(kind, _ATOMIC)


def holds_atoms(values: Iterable[object]) -> bool:
    """Return whether nothing but such values is in a container."""
    return ATOMS.issuperset(map(type, values))


def contents(container: object) -> list[Any]:
    """Return what a builtin container holds, of a dict its values.

    A class of the user's may be derived from one and have another mind of its length, or of being gone through.
    """
    if isinstance(container, dict):
        base: type[dict[Any, Any]] = OrderedDict if isinstance(container, OrderedDict) else dict
        return list(base.values(container))
    return next((list(kind.__iter__(container)) for kind in _BUILTIN if isinstance(container, kind)), [])


_BUILTIN: Final[tuple[Any, ...]] = (list, tuple, set, frozenset, deque)
