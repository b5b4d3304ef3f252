"""How each kind of mutable object is remembered and put back; modules, classes, dicts and tensors: see the snapshot."""

from __future__ import annotations

import random
from collections import deque
from functools import partial, singledispatch
from operator import is_
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any, NamedTuple

import torch

from visunn_lint.pipeline.engines.native.atoms import contents
from visunn_lint.pipeline.engines.native.outside import FunctionCache, GlobalName, filled_cells, outside
from visunn_lint.pipeline.engines.native.restoring import Restore, binding, emptying, items, numpy_state

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Memory(NamedTuple):
    """What puts an object back as it was (None: nothing in it can change), and what it holds."""

    restore: Restore | None = None
    inside: Iterable[object] = ()


@singledispatch
def remember(value: object) -> Memory:
    """Return what puts an object back as it is now: here its class and attributes."""
    if type(value).__module__.partition(".")[0] == "numpy":
        return Memory(numpy_state(value))
    attributes, slots, cls = getattr(value, "__dict__", None), _slots(value), type(value)
    if not isinstance(attributes, dict) and not slots:
        return Memory()
    put_back = items(attributes) if isinstance(attributes, dict) else None

    def restore() -> None:
        if type(value) is not cls:
            object.__setattr__(value, "__class__", cls)
        if put_back is not None:
            put_back()
        for name, item in slots.items():
            object.__setattr__(value, name, item)

    return Memory(restore, [*(attributes.values() if isinstance(attributes, dict) else ()), *slots.values()])


@remember.register(FunctionCache)
def _(value: Any) -> Memory:  # noqa: ANN401 -- the class has no public name
    return Memory(emptying(value))


@remember.register
def _(value: GlobalName) -> Memory:
    return Memory(binding(value), [held for held in [value.namespace.get(value.name)] if held is not None])


@remember.register
def _(value: dict) -> Memory:  # type: ignore[type-arg]  # singledispatch wants the bare class
    return Memory(items(value), contents(value))


@remember.register(list)
@remember.register(deque)
def _(value: list[Any] | deque[Any]) -> Memory:
    saved = contents(value)
    base: Any = list if isinstance(value, list) else deque

    def restore() -> None:
        now = contents(value)
        if len(now) != len(saved) or not all(map(is_, now, saved)):
            base.clear(value)
            base.extend(value, saved)

    return Memory(restore, saved)


@remember.register
def _(value: bytearray) -> Memory:
    saved = bytes(value)

    def restore() -> None:
        if value != saved:
            value[:] = saved

    return Memory(restore)


@remember.register
def _(value: set) -> Memory:  # type: ignore[type-arg]  # singledispatch wants the bare class
    saved = contents(value)

    def restore() -> None:
        set.clear(value)
        set.update(value, saved)

    return Memory(restore, saved)


@remember.register(tuple)
@remember.register(frozenset)
def _(value: tuple[Any, ...] | frozenset[Any]) -> Memory:
    return Memory(None, contents(value))


@remember.register
def _(value: FunctionType) -> Memory:
    """Remember what a hook or a callback closes over, and what its code reaches."""
    cells = filled_cells(value)
    saved = [cell.cell_contents for cell in cells]
    inside = [*saved, *outside(value)]

    def restore() -> None:
        for cell, content in zip(cells, saved, strict=True):
            cell.cell_contents = content

    return Memory(restore if cells else None, inside)


@remember.register
def _(value: MethodType) -> Memory:
    return Memory(None, (value.__self__, value.__func__))


@remember.register(partial)
def _(value: partial[Any]) -> Memory:
    return Memory(None, (value.func, value.args, value.keywords))


@remember.register
def _(value: torch.Generator) -> Memory:
    state = value.get_state()

    def restore() -> None:
        value.set_state(state)

    return Memory(restore)


@remember.register
def _(value: random.Random) -> Memory:
    state = value.getstate()
    return Memory(lambda: value.setstate(state))


def _slots(value: object) -> Mapping[str, object]:
    """Return what stands in an object's slots, by name."""
    declared = (cls.__dict__.get("__slots__", ()) for cls in type(value).__mro__)
    names = (name for slots in declared for name in ((slots,) if isinstance(slots, str) else slots))
    return {name: getattr(value, name) for name in names if not name.startswith("__") and hasattr(value, name)}
