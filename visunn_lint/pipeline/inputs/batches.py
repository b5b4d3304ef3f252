"""The first batch of a data loader, and what of it goes to forward.

A batch of several items, such as ``(images, labels)``, is more than a model takes; what it takes its signature says:

- a tensor is the one argument;
- of a tuple or list go as many of the first items as forward has parameters without default, at least one: what is
  behind them are labels. So ``(x, y)`` is an input with its label for ``forward(x)`` and for ``forward(x, mask=None)``,
  and two inputs for ``forward(x, y)``. Where the first item alone is a tuple or list of just so many tensors, these
  go: ``((left, right), y)``; if it is a dict, that goes by name: ``({"ids": …}, y)``;
- of a dict go the items whose names forward has, by name; if it has none of them, the dict is its one argument.
"""

from __future__ import annotations

import copy
import random
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from inspect import Parameter
from typing import TYPE_CHECKING, Any, TypeAlias

import torch
from torch import Tensor
from torch.utils import _pytree as pytree
from torch.utils.data import DataLoader

from visunn_lint.errors import InputError
from visunn_lint.pipeline.engines.native.surroundings import same_surroundings
from visunn_lint.pipeline.inputs.signature import needed, parameters, signature, spelled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from torch import nn

Given: TypeAlias = "tuple[tuple[Any, ...], dict[str, Any]]"

_ALONE = frozenset({Parameter.VAR_POSITIONAL, Parameter.KEYWORD_ONLY})


def first_batch(loader: Iterable[object]) -> object:
    """Return the first batch of a loader, and leave the loader and all random generators as they were.

    A ``DataLoader`` is asked in this process, whatever its ``num_workers``: none is started. Raises InputError
    for a loader without batches, and for an iterator, whose first batch would be missing afterwards.
    """
    if isinstance(loader, Iterator):
        message = f"the data loader is a {type(loader).__name__}, and its first batch would be lost to the training"
        raise InputError(message, hint="give what it iterates over, such as a DataLoader or a list of batches")
    asked = _without_workers(loader) if isinstance(loader, DataLoader) else loader
    with same_surroundings(), _same_generators(loader):
        for batch in asked:
            return batch
    message = "the data loader has no batch"
    raise InputError(message, hint="give one with at least one batch")


def _without_workers(loader: DataLoader[Any]) -> DataLoader[Any]:
    """Return a loader with the same data that loads them itself."""
    twin = copy.copy(loader)
    vars(twin).update(
        num_workers=0, timeout=0, persistent_workers=False, prefetch_factor=None, pin_memory=False, _iterator=None
    )  # past __setattr__, which takes no changes
    return twin


@contextmanager
def _same_generators(loader: object) -> Iterator[None]:
    """Restore on leaving the generators that a loader, its samplers or its data keep."""
    restores = [restore for owner in _parts(loader) for value in vars(owner).values() for restore in _restore(value)]
    try:
        yield
    finally:
        for restore in restores:
            restore()


def _parts(loader: object) -> Iterator[object]:
    """Yield a loader, and the samplers and data sets behind it, which may be wrapped around others."""
    seen: set[int] = set()
    stack = [loader]
    while stack:
        owner = stack.pop()
        if id(owner) in seen or not hasattr(owner, "__dict__"):
            continue
        seen.add(id(owner))
        yield owner
        names = ("sampler", "batch_sampler", "dataset", "datasets", "transform", "transforms")
        for value in (vars(owner).get(name) for name in names):
            stack.extend(value if isinstance(value, list | tuple) else [value])


def _restore(value: object) -> Iterator[Callable[[], object]]:
    """Yield a function that puts a random generator back to its present state; nothing for what is none."""
    numpy = sys.modules.get("numpy")
    if isinstance(value, torch.Generator):
        state = value.get_state()
        yield lambda: value.set_state(state)
    elif isinstance(value, random.Random):
        kept = value.getstate()
        yield lambda: value.setstate(kept)
    elif numpy is not None and isinstance(value, numpy.random.Generator):
        inner = value.bit_generator.state
        yield lambda: setattr(value.bit_generator, "state", inner)
    elif numpy is not None and isinstance(value, numpy.random.RandomState):
        legacy = value.get_state()
        yield lambda: value.set_state(legacy)


def arguments_of(batch: object, model: nn.Module) -> Given:
    """Return what of a batch forward is called with, on the device of the model; see above.

    Raises InputError for a batch that holds less than forward needs.
    """
    args, kwargs = _chosen(batch, model)
    moved = {name: _moved(value, model) for name, value in kwargs.items()}
    return tuple(_moved(value, model) for value in args), moved


def _chosen(batch: object, model: nn.Module) -> Given:
    if isinstance(batch, Mapping):
        return _by_name(batch, model)
    if not isinstance(batch, tuple | list) or not batch:
        return (batch,), {}
    first, *others = batch
    count = _number_of_arguments(model)
    if isinstance(first, tuple | list) and _holds_all(first, others, count):
        return tuple(first), {}
    if isinstance(first, Mapping) and (count == 1 or not others):
        return _by_name(first, model)
    if len(batch) < count:
        message = f"{spelled(model)} needs {count} inputs, and a batch has {len(batch)}"
        raise InputError(message, hint="give a loader whose batches hold what forward takes")
    return tuple(batch[:count]), {}


def _holds_all(first: tuple[Any, ...] | list[Any], others: list[Any], count: int) -> bool:
    """Return whether the first item of a batch holds the arguments, and the others are labels."""
    return 1 < len(first) == count and all(isinstance(item, Tensor) for item in [*first, *others])


def _by_name(items: Mapping[Any, Any], model: nn.Module) -> Given:
    found = parameters(model)
    if any(each.kind is Parameter.VAR_KEYWORD for each in found):
        return (), dict(items)
    names = {each.name for each in found if each.kind not in {Parameter.VAR_POSITIONAL, Parameter.POSITIONAL_ONLY}}
    known = {name: value for name, value in items.items() if name in names}
    return ((), known) if known else ((items,), {})


def _number_of_arguments(model: nn.Module) -> int:
    """Return how many positional arguments forward needs, at least one."""
    if signature(model) is None:
        return 1
    return max(1, sum(each.kind not in _ALONE for each in needed(model)))


def _moved(value: Any, model: nn.Module) -> Any:  # noqa: ANN401 -- whatever a batch holds
    """Return a value with its tensors on the device of the model's first parameter."""
    device = next((parameter.device for parameter in model.parameters()), None)
    if device is None or device.type in {"cpu", "meta"}:
        return value
    return pytree.tree_map(lambda leaf: leaf.to(device) if isinstance(leaf, Tensor) else leaf, value)
