"""Tells what a call will make, before it runs, from the specs of its operands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec
import torch
from torch._C import _functorch

from visunn_lint.pipeline.engines.native.arguments import is_in_place
from visunn_lint.pipeline.engines.native.lineage import storage_id
from visunn_lint.pipeline.engines.native.specs import spec_functions
from visunn_lint.pipeline.engines.native.specs.layout import IN_PLACE, VIEWS, Layout, layout_of
from visunn_lint.pipeline.engines.native.specs.memory import (
    MEMORY,
    Entry,
    SpecMismatchError,
    is_checking,
    key_of_plain,
    same_outcome,
)
from visunn_lint.pipeline.engines.native.structure import PLAIN_TENSORS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor, nn

    from visunn_lint.pipeline.calling import Args, Function, Kwargs, Value
    from visunn_lint.pipeline.engines.native.lineage import Lineage, Reference
    from visunn_lint.pipeline.engines.native.plans import PlannedOp
    from visunn_lint.pipeline.engines.native.record import OpCall
    from visunn_lint.pipeline.engines.native.specs.layout import Outcome
    from visunn_lint.pipeline.engines.native.specs.memory import Key

Operands: TypeAlias = "list[tuple[Tensor, Reference]]"
"""The tensors among the arguments of a call, in their order; each has a layout."""


class Foreseen(msgspec.Struct, frozen=True, eq=False):
    """A call of which the outcome may be known; its operands are tensors, each with its reference."""

    key: Key
    entry: Entry
    operands: Operands

    @property
    def outcome(self) -> Outcome:
        """What the call makes; None if it has to be run and looked at."""
        return self.entry.outcome


class Foresight:
    """Looks calls up in what the process remembers, for the tensors of one run."""

    def __init__(self, lineage: Lineage) -> None:
        self._lineage = lineage
        self._known = spec_functions()
        self.checks = is_checking()

    def of(self, func: Function, args: Args, kwargs: Kwargs) -> Foreseen | None:
        """Return what is known of a call; None if it is one of those that always run."""
        if func not in self._known or "device" in kwargs or not is_plain_moment():
            return None
        operands: Operands = []
        parts: list[Key] = [func, *[self._part(value, operands) for value in args]]
        for name, value in kwargs.items():
            parts += (name, self._part(value, operands))
        if None in parts or not operands:
            return None
        key = (_default_dtype(), *parts)
        entry = MEMORY.find(key) or MEMORY.add(key, func, args, kwargs, _layouts(operands))
        return self._foreseen(key, entry, operands)

    def foretells(self, func: Function) -> bool:
        """Return whether what a function makes is told without running it, now and here."""
        return func in self._known and not self.checks and not is_in_place(func) and is_plain_moment()

    def of_layer(self, planned: PlannedOp, layer: nn.Module, x: Tensor, handed: bytes) -> Foreseen | None:
        """Return what is known of a layer's call at a plain moment, on plain tensors; None if it has to be run."""
        held, foreseeable = layer.__dict__, self._lineage.foreseeable
        operands: Operands = []
        for place, name in planned.operands:
            known = foreseeable(held[place][name] if name else x)
            if known is None:
                return None
            operands.append(known)
        key = (_default_dtype(), handed, *[reference.layout for _, reference in operands])
        entry = planned.entries.get(key) or planned.learn(key, handed, layer, x, _layouts(operands))
        outcome = entry.outcome
        if type(outcome) is Layout:
            return Foreseen(key, entry, operands)
        return None if outcome is None or outcome is VIEWS else self._foreseen(key, entry, operands)

    def _foreseen(self, key: Key, entry: Entry, operands: Operands) -> Foreseen | None:
        """Return a call with what is known of it; None if that does not hold of these operands."""
        if entry.outcome is IN_PLACE and not self._can_be_written(operands):
            return None
        if entry.outcome is VIEWS and any(reference.since < 0 for _, reference in operands):
            return None  # a tensor of the user's needs its stand-in first
        return Foreseen(key, entry, operands)

    def _part(self, value: Value, operands: Operands) -> Key:
        """Return what stands for an argument in a key, its tensors taken down; None if it is out of the ordinary."""
        kind = type(value)
        if kind in PLAIN_TENSORS:
            known = self._lineage.foreseeable(value)
            if known is None:
                return None
            operands.append(known)
            return known[1].layout
        if kind is int or kind is bool:
            return kind, value
        if (kind is list or kind is tuple) and value and isinstance(value[0], torch.Tensor):
            return self._parts(value, operands)
        return key_of_plain(value)

    def _parts(self, values: Sequence[Value], operands: Operands) -> Key:
        """Return the same for tensors, and what else there is beside them, in a list or a tuple."""
        foreseeable = self._lineage.foreseeable
        parts: list[Key] = [type(values)]
        for value in values:
            if type(value) not in PLAIN_TENSORS:
                part = self._part(value, operands)
                if part is None:
                    return None
            else:
                known = foreseeable(value)
                if known is None:
                    return None
                operands.append(known)
                part = known[1].layout
            parts.append(part)
        return tuple(parts)

    def _can_be_written(self, operands: Operands) -> bool:
        """Return whether the first operand is the run's own, and no other one shares its memory."""
        target = operands[0][0]
        if not self._lineage.knows(target):
            return False
        memory = storage_id(target)
        return all(self._lineage.memory(*each) != memory for each in operands[1:])

    def learn(self, foreseen: Foreseen, call: OpCall, result: Value, written: list[Tensor]) -> None:
        """Take note of what a call made, or compare it with what was foreseen."""
        made = VIEWS if foreseen.outcome is VIEWS and not written else _outcome(call, result, written)
        if foreseen.outcome is None:
            if isinstance(made, Layout):
                MEMORY.learn(foreseen.key, foreseen.entry, made)
        elif not same_outcome(foreseen.outcome, made):
            message = f"{foreseen.entry.op} of {call.seen} makes {made}, foreseen was {foreseen.outcome}"
            raise SpecMismatchError(message)


def _layouts(operands: Operands) -> list[Layout]:
    return [reference.layout for _, reference in operands]  # type: ignore[misc]  # operands have one


_default_dtype: Final = torch.get_default_dtype
_grad_is_on: Final = torch.is_grad_enabled
_inference_is_on: Final = torch.is_inference_mode_enabled
_autocast_is_on: Final = torch._C._is_any_autocast_enabled  # noqa: SLF001 -- the public question is one for each device
_dispatch_modes: Final = torch._C._len_torch_dispatch_stack  # noqa: SLF001 -- modes have no public question
_function_modes: Final = torch._C._len_torch_function_stack  # noqa: SLF001 -- likewise
_transform: Final = _functorch.peek_interpreter_stack


def is_plain_moment(function_modes: int = 0) -> bool:
    """Return whether nothing but its operands decides what an op does: no grad, autocast, transform or mode.

    ``function_modes`` are the ones that there should be: ours, where it does not handle a call.
    """
    return not (
        _grad_is_on()
        or _inference_is_on()
        or _autocast_is_on()
        or _dispatch_modes()
        or _function_modes() != function_modes
        or _transform() is not None
    )


def _outcome(call: OpCall, result: Value, written: list[Tensor]) -> Outcome:
    """Return the outcome of a call that was run; None if it is more than one fresh tensor, or one write."""
    if type(result) is not torch.Tensor or not result.is_meta or result.layout is not torch.strided or result.is_nested:
        return None
    if written:
        return IN_PLACE if len(written) == 1 and result is written[0] is call.tensors[0] else None
    if result.requires_grad or result.storage_offset() or result.is_inference():
        return None
    memory = storage_id(result)
    if any(storage_id(tensor) == memory for tensor in call.tensors):
        return None
    return layout_of(result)
