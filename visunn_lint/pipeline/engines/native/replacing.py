"""What of torch is replaced while captures run, by all of them together."""

from __future__ import annotations

import threading
from collections import ChainMap
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from visunn_lint.pipeline.calling import Value

    Wrap = Callable[[Value], object]

Place = tuple[type | ModuleType, str]
"""The class or module that holds a function, itself or from a base, and the name that it has there."""


class Once:
    """A wrap that makes what stands in for a function once: captures are many, and not every function can be hashed."""

    def __init__(self, wrap: Wrap) -> None:
        self._wrap = wrap
        self._made: tuple[Value, object] | None = None

    def __call__(self, original: Value) -> object:
        """Return what stands in for an original, the same one as long as that is the same."""
        if self._made is None or self._made[0] is not original:
            self._made = (original, self._wrap(original))
        return self._made[1]


@dataclass(slots=True)
class _Replacement:
    original: Value
    is_inherited: bool
    captures: int = 0


_replacements: Final[dict[Place, _Replacement]] = {}
_lock = threading.Lock()


@contextmanager
def replaced(wraps: Mapping[Place, Wrap]) -> Iterator[None]:
    """Replace functions by what each wrap makes of the original; captures may be nested, and run on several threads.

    The first to ask for a place replaces what is there, the last to leave puts it back. What stands there in between
    is reached by every thread, and asks by itself whether a capture runs on this one.
    """
    taken: list[Place] = []
    try:
        with _lock:
            for place, wrap in wraps.items():
                here = _replacements.get(place) or _replace(place, wrap)
                here.captures += 1
                taken.append(place)
        yield
    finally:
        with _lock:
            for place in reversed(taken):
                _give_up(place)


def _give_up(place: Place) -> None:
    here = _replacements[place]
    here.captures -= 1
    if not here.captures:
        _restore(place)


def _replace(place: Place, wrap: Wrap) -> _Replacement:
    owner, name = place
    known = ChainMap(*map(vars, owner.__mro__ if isinstance(owner, type) else (owner,)))
    here = _Replacement(known[name], is_inherited=name not in vars(owner))
    setattr(owner, name, wrap(here.original))
    _replacements[place] = here
    return here


def _restore(place: Place) -> None:
    owner, name = place
    here = _replacements.pop(place)
    if here.is_inherited:
        delattr(owner, name)
    else:
        setattr(owner, name, here.original)
