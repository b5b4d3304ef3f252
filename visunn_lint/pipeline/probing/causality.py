"""Which later position of a sequence an earlier output depends on: one position at a time is changed."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.nn.modules.module import register_module_forward_hook
from torch.utils import _pytree as pytree

from visunn_lint.errors import InputError
from visunn_lint.pipeline.probing.copies import outputs_of, running_copy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from torch import nn

_MOST = 16
"""How many positions of a long sequence are changed."""


@dataclass(frozen=True, slots=True)
class Leak:
    """An output position that changes with a later input position, and the module where that is first seen."""

    output: int
    input: int
    module: str


@dataclass(frozen=True, slots=True)
class _Step:
    """One call of a module: what went in and came out."""

    module: str
    inputs: list[Tensor]
    outputs: list[Tensor]


@dataclass(slots=True)
class _Run:
    """What a run put out, and its steps."""

    outputs: list[Tensor] = field(default_factory=list)
    steps: list[_Step] = field(default_factory=list)


def find_leak(model: nn.Module, args: tuple[Any, ...], kwargs: Mapping[str, Any], axis: int) -> Leak | None:
    """Return the first leak from a later position along an axis to an earlier one, None if there is none.

    Raises InputError if no input, or no output, has positions along the axis, or if two equal runs differ.
    """
    length, batch = _positions(args, kwargs, axis)
    with running_copy(model) as copy, torch.no_grad():
        copy.eval()
        before = _run(copy, args, kwargs)
        if not any(_has(each, axis, length) for each in before.outputs):
            message = f"no output has {length} positions along axis {axis}"
            raise InputError(message, hint="say which axis the positions are on: axis=…")
        if not _equal(before.outputs, _run(copy, args, kwargs).outputs):
            message = "two runs on the same inputs differ: what depends on what cannot be told"
            raise InputError(message, hint="let the model draw its random numbers from torch's generator")
        random = torch.Generator().manual_seed(0)
        for position in _sample(length):
            changed = _changed((args, dict(kwargs)), axis, length, batch, position, random)
            after = _run(copy, *changed)
            output = _first_change(before.outputs, after.outputs, axis, length, position)
            if output is not None:
                return Leak(output, position, _culprit(before, after, axis, length, position))
    return None


def _positions(args: tuple[Any, ...], kwargs: Mapping[str, Any], axis: int) -> tuple[int, int]:
    """Return the number of positions, and the batch size, of the first input that has that axis."""
    for leaf in pytree.tree_leaves((args, dict(kwargs))):
        if isinstance(leaf, Tensor) and leaf.dim() > axis and leaf.dtype != torch.bool and leaf.shape[axis] > 1:
            return leaf.shape[axis], leaf.shape[0]
    message = f"no input has two positions or more along axis {axis}"
    raise InputError(message, hint='give a longer sequence, such as inputs="2x8x16", or another axis')


def _sample(length: int) -> list[int]:
    if length <= _MOST:
        return list(range(1, length))
    return sorted({1 + step * (length - 2) // (_MOST - 1) for step in range(_MOST)})


def _changed(
    arguments: Any,  # noqa: ANN401 -- whatever forward takes
    axis: int,
    length: int,
    batch: int,
    position: int,
    random: torch.Generator,
) -> Any:  # noqa: ANN401 -- as above
    """Return the arguments with one position changed in each tensor that has the positions."""

    def change(leaf: object) -> object:
        if not isinstance(leaf, Tensor) or not _has(leaf, axis, length) or leaf.dtype == torch.bool:
            return leaf
        return _with_other(leaf, axis, position, random) if leaf.shape[0] == batch else leaf

    return pytree.tree_map(change, arguments)


def _with_other(tensor: Tensor, axis: int, position: int, random: torch.Generator) -> Tensor:
    """Return a copy with other values at a position; an index stays one that the model knows.

    Each element changes by an amount of its own: norms, softmax and differences do not see what is added to all alike.
    """
    copy = tensor.clone()
    place = copy.select(axis, position)
    if tensor.is_floating_point() or tensor.is_complex():
        amounts = torch.randn(place.shape, generator=random, dtype=place.dtype) * _scale(tensor)
        place.add_(amounts.to(place.device))
    else:
        shares = torch.rand(place.shape, generator=random, dtype=torch.float64)
        lower = (place.cpu() * shares).to(place)
        place.copy_(torch.where(place > 0, lower, torch.ones_like(place)))
    return copy


def _scale(tensor: Tensor) -> float:
    """Return the mean size of the finite values of a tensor, 1 if they are all 0 or there are none."""
    sizes = tensor.abs().cpu().double()
    finite = sizes[sizes.isfinite()]
    return finite.mean().item() or 1.0 if finite.numel() else 1.0


def _run(model: nn.Module, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> _Run:
    run = _Run()
    with _watched(model, run):
        run.outputs = [each.clone() for each in outputs_of(model, args, kwargs)]
    return run


@contextmanager
def _watched(model: nn.Module, run: _Run) -> Iterator[None]:
    """Note the calls of the model's modules as they end, the inner before the outer."""
    paths = {id(module): path for path, module in model.named_modules()}

    def note(module: nn.Module, inputs: object, output: object) -> None:
        if id(module) in paths:
            run.steps.append(_Step(paths[id(module)], _tensors(inputs), _tensors(output)))

    handle = register_module_forward_hook(note)
    try:
        yield
    finally:
        handle.remove()


def _tensors(values: object) -> list[Tensor]:
    return [leaf.clone() for leaf in pytree.tree_leaves(values) if isinstance(leaf, Tensor)]


def _has(tensor: Tensor, axis: int, length: int) -> bool:
    return tensor.dim() > axis and tensor.shape[axis] == length


def _first_change(before: list[Tensor], after: list[Tensor], axis: int, length: int, end: int) -> int | None:
    """Return the first position in front of ``end`` at which tensors differ."""
    found: list[int] = []
    for one, other in zip(before, after, strict=False):
        if _has(one, axis, length) and one.shape == other.shape:
            differs = ~torch.isclose(one, other, rtol=0, atol=0, equal_nan=True)
            positions = differs.movedim(axis, 0)[:end].flatten(1).any(1).nonzero()
            found.extend(positions[:1].flatten().tolist())
    return min(found, default=None)


def _culprit(before: _Run, after: _Run, axis: int, length: int, end: int) -> str:
    """Return the first module that is given the same up to a position, and puts out something else; "" if none is."""
    for one, other in zip(before.steps, after.steps, strict=False):
        is_sequence = any(_has(each, axis, length) for each in one.inputs)
        was_given = _first_change(one.inputs, other.inputs, axis, length, end)
        if (
            is_sequence
            and was_given is None
            and _first_change(one.outputs, other.outputs, axis, length, end) is not None
        ):
            return one.module
    return ""


def _equal(before: list[Tensor], after: list[Tensor]) -> bool:
    pairs = zip(before, after, strict=True)
    return all(torch.isclose(one, other, rtol=0, atol=0, equal_nan=True).all() for one, other in pairs)
