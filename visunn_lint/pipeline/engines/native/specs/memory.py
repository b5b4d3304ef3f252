"""What the process remembers of calls: the outcome, and how the call is written down, by the specs of its operands.

A call is remembered only if it is of a function that some family knows, its operands are plain tensors and
its other arguments plain values; a run of it told that it makes one fresh tensor, or a spec function did.
"""

from __future__ import annotations

import os
from itertools import islice
from types import EllipsisType
from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec
import torch
from msgspec import structs

from visunn_lint.pipeline.engines.native.arguments import arguments, op_name
from visunn_lint.pipeline.engines.native.specs import spec_functions
from visunn_lint.pipeline.engines.native.specs.layout import Layout
from visunn_lint.pipeline.engines.native.structure import PLAIN_TENSORS

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

    from visunn_lint.pipeline.calling import Args, Function, Kwargs, Value
    from visunn_lint.pipeline.engines.native.plans import Plan
    from visunn_lint.pipeline.engines.native.specs.layout import Outcome
    from visunn_lint.spec import Plain

CHECKING: Final = "VISUNN_CHECK_SPECS"
"""Set in the environment, every remembered or foretold outcome is compared with that of a meta kernel."""

_MOST_ENTRIES = 1 << 16
_PLAIN: Final = frozenset({bool, int, str, type(None), EllipsisType, torch.dtype, torch.memory_format, torch.Size})
Key: TypeAlias = "Hashable"


class SpecMismatchError(AssertionError):
    """An outcome that was foretold is not that of the meta kernel."""


class Entry(msgspec.Struct, frozen=True, eq=False):
    """What is known of a call before it runs; ``outcome`` None: it has to be run."""

    outcome: Outcome
    op: str
    arguments: dict[str, Plain]


class SpecMemory:
    """The entries of this process, by function and specs; ``plans`` are those of layers, by what decides them."""

    def __init__(self) -> None:
        self._entries: dict[Key, Entry] = {}
        self.plans: dict[Key, Plan | None] = {}

    def find(self, key: Key) -> Entry | None:
        """Return the entry of a call; None if there has been no such call."""
        return self._entries.get(key)

    def add(self, key: Key, func: Function, args: Args, kwargs: Kwargs, layouts: list[Layout]) -> Entry:
        """Return, and keep, what is known of a call from its function, and from how its tensors lie."""
        lying = iter(layouts)
        positional = [_with_layouts(value, lying) for value in args]
        named = {name: _with_layouts(value, lying) for name, value in kwargs.items()}
        outcome = foretold(func, positional, named)
        return self._keep(key, Entry(outcome, op_name(func), arguments(func, args, kwargs)))

    def learn(self, key: Key, entry: Entry, made: Layout) -> None:
        """Take note of what a run of a call made: one fresh tensor."""
        self._keep(key, structs.replace(entry, outcome=made))

    def keep_plan(self, key: Key, plan: Plan | None) -> Plan | None:
        """Return the plan of a layer that is kept: this one, if there was none."""
        if len(self.plans) >= _MOST_ENTRIES:
            self.plans.clear()
        return self.plans.setdefault(key, plan)

    def forget(self) -> None:
        """Start anew, as a fresh process does."""
        self._entries.clear()
        self.plans.clear()

    def _keep(self, key: Key, entry: Entry) -> Entry:
        if len(self._entries) >= _MOST_ENTRIES:
            self._entries.clear()
        self._entries[key] = entry
        return entry


MEMORY: Final = SpecMemory()


def is_checking() -> bool:
    """Return whether outcomes are to be compared with those of the meta kernels."""
    return bool(os.environ.get(CHECKING))


def foretold(func: Function, args: Sequence[Value], kwargs: Kwargs) -> Outcome:
    """Return what a spec function says of arguments with layouts for tensors; None for a form that it does not take."""
    try:
        return spec_functions()[func](*args, **kwargs)
    except (TypeError, AttributeError):  # a number where a tensor is meant, an option that the function does not know
        return None


def _with_layouts(value: Value, lying: Iterator[Layout]) -> Value:
    if isinstance(value, torch.Tensor):
        return next(lying)
    if not isinstance(value, list | tuple):
        return value
    if PLAIN_TENSORS.issuperset(map(type, value)):
        return list(islice(lying, len(value)))
    return [_with_layouts(item, lying) for item in value]


def key_of_plain(value: object) -> Key:
    """Return what tells an argument that is no tensor from any other; None for what cannot be told.

    ``True``, ``1`` and ``1.0`` are equal, and so are the two zeros: they go with their types and spellings.
    """
    kind = type(value)
    if kind in _PLAIN:
        return kind, value
    if kind is float:
        return kind, repr(value)
    if kind is slice:
        items = [key_of_plain(item) for item in (value.start, value.stop, value.step)]  # type: ignore[attr-defined]  # likewise
        return None if None in items else (kind, *items)
    if kind is tuple or kind is list:
        items = [key_of_plain(item) for item in value]  # type: ignore[attr-defined]  # the line above says what it is
        return None if None in items else (kind, *items)
    return None


def same_outcome(told: Outcome, made: Outcome) -> bool:
    """Return whether an outcome is the one that was told; what is None was not told."""
    return told == made if isinstance(told, Layout) and isinstance(made, Layout) else told is made
