"""What lies outside a model and is reached by the names in its code: there a forward may keep tensors too.

Function caches, containers in globals and in defaults of arguments, and globals that a function binds. Only
what the code names is looked at, in the functions that it calls as well: files and libraries hold far more than a
forward touches.
"""

from __future__ import annotations

import dis
import gc
import sys
from functools import lru_cache
from types import CellType, CodeType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from weakref import WeakKeyDictionary, WeakSet

from visunn_lint.pipeline.engines.native.atoms import MUTABLE
from visunn_lint.pipeline.engines.native.structure import output_leaves

if TYPE_CHECKING:
    from collections.abc import Iterator

FunctionCache: Final = type(lru_cache(lambda: None))
"""The class of what ``functools.cache`` and ``lru_cache`` return: it has no public name."""


class GlobalName(NamedTuple):
    """A global name that some function binds."""

    namespace: dict[str, Any]
    name: str


def outside(code: type | FunctionType) -> Iterator[object]:
    """Yield what a module class or a function reaches: function caches, containers, and names that are bound."""
    reach = _known.get(code)
    if reach is None:
        reach = _known[code] = _Reach(code)
    yield from reach.caches
    for function in reach.keeping:
        yield from filter(_is_mutable, _defaults(function))
    for function, names in reach.names.items():
        namespace = function.__globals__
        yield from (GlobalName(namespace, name) for name in names.bound)
        yield from (held for held in map(namespace.get, names.read) if isinstance(held, MUTABLE))


def holds_tensors(cache: object) -> bool:
    """Return whether tensors are among the arguments and results that a function cache keeps."""
    held = gc.get_referents(cache)
    arguments = [list(entries) for entries in held if isinstance(entries, dict)]
    return bool(output_leaves([held, arguments]))


class _Names(NamedTuple):
    """The global names that a function binds, and those that it reads containers by."""

    bound: tuple[str, ...]
    read: tuple[str, ...]


class _Reach:
    """Goes from function to function by the names in their code, and gathers what it comes by.

    It keeps nothing of the user's alive: a file may be imported anew and anew.
    """

    def __init__(self, code: type | FunctionType) -> None:
        self.caches: WeakSet[Any] = WeakSet()
        self.names: WeakKeyDictionary[FunctionType, _Names] = WeakKeyDictionary()
        self.keeping: WeakSet[FunctionType] = WeakSet()
        """Functions with a default that can change."""
        if isinstance(code, FunctionType):
            self._follow([code], ())
        else:
            bases = tuple(base for base in code.__mro__ if _is_a_users(base.__module__))
            self._follow([method for base in bases if "forward" in vars(base) for method in _methods(base)], bases)

    def _follow(self, stack: list[object], bases: tuple[type, ...]) -> None:
        """Go on from values that a class holds or that code names, where they are functions of some kind."""
        seen: set[int] = set()
        while stack:
            value = stack.pop()
            if id(value) in seen:
                continue
            seen.add(id(value))
            stack.extend(_behind(value))
            if isinstance(value, FunctionCache):
                self.caches.add(value)
            elif isinstance(value, FunctionType) and _is_a_users(value.__module__):
                codes = list(_codes(value.__code__))
                names = {name for code in codes for name in code.co_names}
                reached = {name: value.__globals__[name] for name in names if name in value.__globals__}
                self._note(value, codes, reached)
                stack.extend(reached.values())
                for owner in (*bases, *filter(_has_members, reached.values())):
                    stack.extend(vars(owner)[name] for name in names.intersection(vars(owner)))

    def _note(self, function: FunctionType, codes: list[CodeType], reached: dict[str, object]) -> None:
        if any(map(_is_mutable, _defaults(function))):
            self.keeping.add(function)
        bound = tuple(name for code in codes for name in _bound_in(code))
        read = tuple(name for name, value in reached.items() if isinstance(value, MUTABLE))
        if bound or read:
            self.names[function] = _Names(bound, read)


_known: Final[WeakKeyDictionary[type | FunctionType, _Reach]] = WeakKeyDictionary()
_STORE: Final = dis.opmap["STORE_GLOBAL"]
_NOT_A_USERS: Final = frozenset({"torch", "numpy", "visunn_lint", *sys.stdlib_module_names})


def _defaults(function: FunctionType) -> list[object]:
    """Return the defaults of a function's arguments: a cache may be one."""
    return [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()]


def _is_mutable(value: object) -> bool:
    return isinstance(value, MUTABLE)


def _methods(cls: type) -> Iterator[object]:
    """Yield what may run when an instance is called: ``__init__`` and its like do not."""
    yield from (value for name, value in vars(cls).items() if name == "__call__" or not name.startswith("__"))


def _behind(value: object) -> Iterator[object]:
    """Yield the functions that one is made of: what it decorates, closes over, or gives access to."""
    if isinstance(value, staticmethod | classmethod):
        yield value.__func__
    elif isinstance(value, property):
        yield value.fget
    elif isinstance(value, FunctionType | FunctionCache):
        yield getattr(value, "__wrapped__", None)
    if isinstance(value, FunctionType):
        closed_over = (cell.cell_contents for cell in filled_cells(value))
        yield from (item for item in closed_over if isinstance(item, FunctionType | FunctionCache))


def filled_cells(function: FunctionType) -> list[CellType]:
    """Return the cells of what a function closes over, without those that hold nothing as yet."""
    return [cell for cell in function.__closure__ or () if _is_filled(cell)]


def _is_filled(cell: CellType) -> bool:
    try:
        _ = cell.cell_contents
    except ValueError:
        return False
    return True


def _codes(code: CodeType) -> Iterator[CodeType]:
    """Yield a function's code and that of all functions defined in it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _bound_in(code: CodeType) -> Iterator[str]:
    """Yield the global names that code binds."""
    if _STORE in code.co_code[::2]:
        yield from (str(each.argval) for each in dis.get_instructions(code) if each.opcode == _STORE)


def _has_members(value: object) -> bool:
    """Return whether code that names a value reaches what is in it by a dot: in a user's module or class."""
    name = getattr(value, "__name__" if isinstance(value, ModuleType) else "__module__", None)
    return isinstance(value, ModuleType | type) and _is_a_users(name)


def _is_a_users(module: str | None) -> bool:
    return module is not None and module.partition(".")[0] not in _NOT_A_USERS
