"""The plan of a layer's call: which ops it makes, of which of its tensors and with which values."""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import is_
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

import torch

from visunn_lint.pipeline.engines.native.arguments import arguments, is_in_place, op_name
from visunn_lint.pipeline.engines.native.specs import spec_functions
from visunn_lint.pipeline.engines.native.specs.memory import Entry, foretold, key_of_plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor, nn

    from visunn_lint.pipeline.calling import Args, Function, Kwargs, Value
    from visunn_lint.pipeline.engines.native.specs.layout import Layout
    from visunn_lint.pipeline.engines.native.specs.memory import Key
    from visunn_lint.spec import Plain

_MOST_ENTRIES: Final = 1 << 12
_INPUT, _GIVEN, _ATTRIBUTE = "input", "given", "attribute"
_VALUES: Final = frozenset({_GIVEN, _ATTRIBUTE})
_PLACES: Final = ("_parameters", "_buffers")
_RANK: Final = frozenset({torch.Tensor.dim, torch.Tensor.ndim.__get__})  # type: ignore[attr-defined]  # it is a getter


class Slot(NamedTuple):
    """One argument of an op: the input, what the layer holds in ``place`` or as attribute ``name``, or a plain value.

    ``key`` tells plain values apart that are equal, such as 1 and True.
    """

    place: str
    name: str = ""
    value: Plain = None
    key: Key = None

    def of(self, held: Kwargs, x: Tensor) -> Value:
        """Return the argument for the layer with these attributes."""
        if self.place == _GIVEN:
            return self.value
        if self.place == _ATTRIBUTE:
            return held[self.name]
        return x if self.place == _INPUT else held[self.place][self.name]


@dataclass(slots=True)
class PlannedOp:
    """One op of a layer: the function, and its arguments.

    ``op`` is how it is written down, ``named`` its arguments that are no tensors, by what the layer hands on;
    ``operands`` are place and name of each tensor among the arguments; ``entries`` are what is known of a call, by how
    its tensors lie and what the layer hands on.
    """

    func: Function
    args: tuple[Slot, ...]
    kwargs: tuple[tuple[str, Slot], ...]
    op: str = field(init=False, compare=False)
    named: dict[bytes, dict[str, Plain]] = field(default_factory=dict, compare=False)
    operands: tuple[tuple[str, str], ...] = field(init=False, compare=False)
    entries: dict[Key, Entry] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        """Set what follows from function and arguments."""
        self.op = op_name(self.func)
        slots = (*self.args, *(slot for _, slot in self.kwargs))
        self.operands = tuple((slot.place, slot.name) for slot in slots if slot.place not in _VALUES)

    def arguments(self, layer: nn.Module, x: Tensor) -> tuple[Args, Kwargs]:
        """Return the arguments for one layer and its input."""
        held = layer.__dict__
        return tuple([slot.of(held, x) for slot in self.args]), {name: slot.of(held, x) for name, slot in self.kwargs}

    def learn(self, key: Key, handed: bytes, layer: nn.Module, x: Tensor, layouts: list[Layout]) -> Entry:
        """Return, and keep, what the op's spec function says of tensors that lie so."""
        if len(self.entries) >= _MOST_ENTRIES:
            self.entries.clear()
            self.named.clear()
        held, lying = layer.__dict__, iter(layouts)
        args = [slot.of(held, x) if slot.place in _VALUES else next(lying) for slot in self.args]
        kwargs = {name: slot.of(held, x) if slot.place in _VALUES else next(lying) for name, slot in self.kwargs}
        named = self.named.get(handed)
        if named is None:
            named = self.named[handed] = arguments(self.func, *self.arguments(layer, x))
        entry = self.entries[key] = Entry(foretold(self.func, args, kwargs), self.op, named)
        return entry


Plan: TypeAlias = tuple[PlannedOp, ...]
"""The ops of a layer in their order: the last one makes its result, those before it count something in a buffer."""


class FirstCall:
    """The first call of a layer that is set up so, while it runs: its ops are planned as they come.

    ``handed_on`` are the attributes that are the last arguments of its op, ``handed`` spells their values.
    """

    def __init__(self, layer: nn.Module, x: Tensor, handed: bytes, handed_on: tuple[str, ...]) -> None:
        self.layer, self.x, self.handed = layer, x, handed
        self._handed_on = handed_on
        self._stored = _tensors(layer, x)
        self._seen: list[_Seen] = []

    def planned(self, func: Function, args: Args, kwargs: Kwargs) -> PlannedOp | None:
        """Return the plan of an op; None if an argument is from elsewhere, or what is handed on is not at the end."""
        given = len(args) - len(self._handed_on)
        handed = [self.layer.__dict__[name] for name in self._handed_on]
        slots = [_slot(value, self._stored) for value in args[:given]]
        named = [(name, _slot(value, self._stored)) for name, value in kwargs.items()]
        if given < 0 or None in slots or any(slot is None for _, slot in named):
            return None
        if not all(map(is_, args[given:], handed)):
            return None
        slots += [Slot(_ATTRIBUTE, name) for name in self._handed_on]
        return PlannedOp(func, tuple(slots), tuple(named))  # type: ignore[arg-type]  # none is None

    def saw(self, func: Function, planned: PlannedOp | None, result: Value) -> None:
        """Take note of a call that was made, and of what it gave."""
        if func not in _RANK:
            self._seen.append(_Seen(func, planned, result))

    def plan(self, result: Value) -> Plan | None:
        """Return the plan of the call; None if its ops read more than the layer holds, or each other."""
        seen = self._seen
        plan = tuple([each.planned for each in seen if each.planned is not None])
        if not seen or len(plan) < len(seen) or seen[-1].result is not result or seen[-1].func not in spec_functions():
            return None
        counts = all(is_in_place(each.func) and isinstance(each.result, torch.Tensor) for each in seen[:-1])
        return plan if counts else None


class _Seen(NamedTuple):
    """A call of torch, and what it gave."""

    func: Function
    planned: PlannedOp | None
    result: Value


def is_told_apart(layer: nn.Module, x: Tensor) -> bool:
    """Return whether each tensor of a layer's call is in one place: one in two could stand for either in a plan."""
    stored = [each for place in _PLACES for each in layer.__dict__[place].values() if each is not None]
    return len({id(each) for each in (x, *stored)}) == 1 + len(stored)


def _tensors(layer: nn.Module, x: Tensor) -> dict[int, Slot]:
    """Return what stands for each tensor of a call, by its identity."""
    found = {id(x): Slot(_INPUT)}
    for place in _PLACES:
        found |= {id(tensor): Slot(place, name) for name, tensor in layer.__dict__[place].items() if tensor is not None}
    return found


def _slot(value: Value, tensors: Mapping[int, Slot]) -> Slot | None:
    """Return what stands for an argument; None for one that may be another in the next call."""
    if isinstance(value, torch.Tensor):
        return tensors.get(id(value))
    key = None if isinstance(value, list) else key_of_plain(value)
    return None if key is None else Slot(_GIVEN, value=value, key=key)
