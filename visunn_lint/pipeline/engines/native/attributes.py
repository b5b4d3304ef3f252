"""What stands in a module's ``__dict__``: torch's own containers, and what its class and its user put beside them.

Torch gives each module the same dozen of containers, nearly all of them empty for good; of the rest, most is atoms.
"""

from __future__ import annotations

import marshal
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from torch import nn

from visunn_lint.pipeline.engines.native.atoms import ATOMS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Values: TypeAlias = "tuple[Any, ...]"

OF_EVERY_MODULE: Final = frozenset(vars(nn.Module()))
"""The names that torch gives each module."""

_HOLDING: Final = ("_parameters", "_buffers", "_modules")
_HOOKS: Final = tuple(
    [name for name, value in vars(nn.Module()).items() if isinstance(value, dict | set) and name not in _HOLDING]
)
_REST: Final = tuple(OF_EVERY_MODULE.difference(_HOLDING, _HOOKS))
HOLDING: Final = slice(0, len(_HOLDING))
HOOKS: Final = slice(len(_HOLDING), len(_HOLDING) + len(_HOOKS))
OWN: Final = slice(len(OF_EVERY_MODULE), None)
"""Which of a module's values are the dicts of its tensors and children, torch's other containers, and its own."""


class Form(NamedTuple):
    """Which of a module's attributes are its own, by name in their order, and what gets the values of all."""

    own: tuple[str, ...]
    get: Callable[[Mapping[str, Any]], Values]


def taken_apart(module: nn.Module) -> tuple[Form, Values] | None:
    """Return the attributes of a module in order; None for one that lacks what torch gives to all."""
    held: dict[str, Any] = module.__dict__
    form = _form(tuple(held))
    return None if form is None else (form, form.get(held))


def columns_of(held: Sequence[Mapping[str, Any]]) -> list[Values] | None:
    """Return the attributes of several modules, in the order of one that is taken apart: of each those of all.

    None where they do not all have the same ones in the same order, or lack what torch gives to all.
    """
    names = list(map(tuple, held))
    form = _form(names[0]) if names.count(names[0]) == len(names) else None
    return None if form is None else list(zip(*map(form.get, held), strict=True))


@lru_cache(maxsize=4096)
def _form(names: tuple[str, ...]) -> Form | None:
    if not OF_EVERY_MODULE.issubset(names):
        return None
    own = tuple([name for name in names if name not in OF_EVERY_MODULE])
    return Form(own, getter((*_HOLDING, *_HOOKS, *_REST, *own)))


def getter(names: tuple[str, ...]) -> Callable[[Mapping[str, Any]], Values]:
    """Return what gets the values of some names as a tuple, of one or of none as well."""
    if len(names) > 1:
        return itemgetter(*names)
    return (lambda held: (held[names[0]],)) if names else lambda _: ()


def compound(own: Values) -> list[int]:
    """Return the places of the values that are neither atoms nor tuples of such."""
    if ATOMS.issuperset(map(type, own)) or spelled(own) is not None:
        return []
    return [place for place, value in enumerate(own) if not _is_of(ATOMS, value)]


def compound_in(column: Values) -> list[Any]:
    """Return those of some values that are neither atoms nor tuples of such."""
    kinds = set(map(type, column))
    if kinds <= ATOMS or (kinds == _TUPLES and ATOMS.issuperset(map(type, chain.from_iterable(column)))):
        return []
    return [value for value in column if not _is_of(ATOMS, value)]


_TUPLES: Final = {tuple}


def spelled(own: Values) -> bytes | None:
    """Return what spells values of Python's own types and tuples of such, in which True, 1 and 1.0 differ.

    None for any other. To spell them is quicker than to look at each, so what was looked at is remembered by that: no
    other values are spelled alike, but for bytes and the likes of arrays, which therefore never count.
    """
    if not _SPELLED.issuperset(map(type, own)):
        return None  # lists and arrays may be long, and shared by each other
    try:
        found = marshal.dumps(own, 2)
    except ValueError:
        return None
    if found not in _plain:
        if not all(_is_of(_PLAIN, value) for value in own):
            return None
        if len(_plain) >= _MOST_SPELLED:
            _plain.clear()
        _plain.add(found)
    return found


_PLAIN: Final[frozenset[object]] = frozenset({bool, int, float, complex, str, type(None)})
_SPELLED: Final = _PLAIN | {tuple}
_MOST_SPELLED: Final = 1 << 14
_plain: Final[set[bytes]] = set()


def _is_of(kinds: frozenset[object], value: Any) -> bool:  # noqa: ANN401 -- whatever stands in an attribute
    """Return whether a value is of some kinds, or a tuple of nothing else."""
    kind = type(value)
    return kind in kinds or (kind is tuple and kinds.issuperset(map(type, value)))
