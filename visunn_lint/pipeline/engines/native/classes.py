"""What the classes of modules hold for all instances, remembered and put back."""

from __future__ import annotations

from operator import is_
from types import FunctionType
from typing import TYPE_CHECKING, Final

from visunn_lint.pipeline.engines.native.atoms import MUTABLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_GONE: Final = object()


class Classes:
    """The attributes of classes as they were, each class once.

    Names in double underscores are Python's own, and functions are left as they are: other captures may have others
    stand in for them, for all threads. A class that has not changed is not written to, which would have Python look up
    its attributes anew.
    """

    def __init__(self) -> None:
        self._saved: dict[int, tuple[type, dict[str, object]]] = {}  # a metaclass may say that two classes are equal

    def take(self, module_class: type) -> Iterator[object]:
        """Remember a class and its bases but for torch's, and yield the containers that they hold."""
        for cls in module_class.__mro__:
            if id(cls) in self._saved or cls.__module__.startswith(("torch.", "builtins")):
                continue
            attributes = dict(vars(cls))
            self._saved[id(cls)] = (cls, attributes)
            yield from (item for item in _plain(attributes).values() if isinstance(item, MUTABLE))

    def restore(self) -> None:
        """Put back what was bound to another value, removed or added."""
        for cls, saved in self._saved.values():
            now = vars(cls)
            is_alike = (
                len(now) == len(saved) and all(map(is_, now, saved)) and all(map(is_, now.values(), saved.values()))
            )
            if not is_alike:
                _rebind(cls, _plain(saved), _plain(now))


def _plain(attributes: Mapping[str, object]) -> dict[str, object]:
    return {name: item for name, item in attributes.items() if not name.startswith("__")}


def _rebind(cls: type, saved: Mapping[str, object], now: Mapping[str, object]) -> None:
    for name, item in now.items():
        if name not in saved and not isinstance(item, FunctionType):
            type.__delattr__(cls, name)
    for name, item in saved.items():
        held = now.get(name, _GONE)
        if held is not item and not (isinstance(held, FunctionType) and isinstance(item, FunctionType)):
            type.__setattr__(cls, name, item)
