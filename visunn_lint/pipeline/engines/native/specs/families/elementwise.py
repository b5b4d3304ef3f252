"""Arithmetic of two operands, element by element, with broadcasting."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Final

import torch

from visunn_lint.pipeline.engines.native.specs.layout import (
    IN_PLACE,
    Layout,
    Number,
    Outcome,
    Shape,
    fresh,
    functions_named,
    is_regular,
)

if TYPE_CHECKING:
    from visunn_lint.pipeline.calling import Function
    from visunn_lint.pipeline.engines.native.specs.layout import SpecFunction


def _arithmetic(input: Layout | Number, other: Layout | Number, *, alpha: int = 1) -> Outcome:  # noqa: A002 -- torch's name
    if type(alpha) is not int:
        return None
    if isinstance(input, Layout) and isinstance(other, Layout):
        return _of_two(input, other)
    layout, number = (input, other) if isinstance(input, Layout) else (other, input)
    return layout if isinstance(layout, Layout) and type(number) in {int, float} and is_regular(layout) else None


def _of_two(one: Layout, other: Layout) -> Outcome:
    if not is_regular(one, other):
        return None
    shape = _broadcast(one.shape, other.shape)
    return None if shape is None else fresh(shape, one.dtype)


def _broadcast(one: Shape, other: Shape) -> Shape | None:
    """Return the shape that two shapes are broadcast to; None if they do not fit."""
    if one == other:
        return one
    sizes: list[int] = []
    for a, b in zip_longest(reversed(one), reversed(other), fillvalue=1):
        if a not in {b, 1} and b != 1:
            return None
        sizes.append(max(a, b))
    return tuple(reversed(sizes))


def _into_first(input: Layout, other: Layout | Number, *, alpha: int = 1) -> Outcome:  # noqa: A002 -- torch's name
    outcome = _arithmetic(input, other, alpha=alpha)
    return IN_PLACE if isinstance(outcome, Layout) and outcome.shape == input.shape else None


def _without_alpha(input: Layout | Number, other: Layout | Number) -> Outcome:  # noqa: A002 -- torch's name
    return _arithmetic(input, other)


def _into_first_without_alpha(input: Layout, other: Layout | Number) -> Outcome:  # noqa: A002 -- torch's name
    return _into_first(input, other)


def _power(input: Layout, exponent: Number) -> Outcome:  # noqa: A002 -- torch's name
    return input if is_regular(input) and type(exponent) in {int, float} else None


def _clamped(input: Layout, min: Number | None = None, max: Number | None = None) -> Outcome:  # noqa: A002 -- torch's names
    kinds = {type(min), type(max)}
    return input if is_regular(input) and kinds <= {int, float, type(None)} and kinds != {type(None)} else None


SPECS: Final[dict[Function, SpecFunction]] = {
    **dict.fromkeys(functions_named("add", "sub"), _arithmetic),
    **dict.fromkeys(functions_named("mul", "div", "__radd__", "__rmul__"), _without_alpha),
    **dict.fromkeys(functions_named("add_", "sub_"), _into_first),
    **dict.fromkeys(
        functions_named("mul_", "div_", "__iadd__", "__isub__", "__imul__", "__itruediv__"), _into_first_without_alpha
    ),
    **dict.fromkeys(functions_named("pow"), _power),
    torch.clamp: _clamped,
    torch.Tensor.clamp: _clamped,
}
