"""Convolutions of plain batches."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

import torch

from visunn_lint.pipeline.engines.native.specs.layout import (
    Layout,
    Outcome,
    fresh,
    is_regular,
    is_regular_by_item,
    of_size,
)

if TYPE_CHECKING:
    from visunn_lint.pipeline.calling import Function
    from visunn_lint.pipeline.engines.native.specs.layout import Shape, SpecFunction


def _convolution(
    spatial: int,
    input: Layout,  # noqa: A002 -- torch's name
    weight: Layout,
    bias: Layout | None = None,
    stride: object = 1,
    padding: object = 0,
    dilation: object = 1,
    groups: int = 1,
) -> Outcome:
    if not is_regular_by_item(input) or not (is_regular(weight) if bias is None else is_regular(weight, bias)):
        return None
    if input.dtype is not weight.dtype or type(groups) is not int or len(weight.shape) != spatial + 2:
        return None
    steps, pads, gaps = _each(stride, spatial), _each(padding, spatial), _each(dilation, spatial)
    if steps is None or pads is None or gaps is None or min(steps) < 1 or min(pads) < 0 or min(gaps) < 1:
        return None
    if not _fits(input.shape, weight.shape, groups) or not of_size(bias, weight.shape[0]):
        return None
    sizes = [
        (size + 2 * pad - gap * (kernel - 1) - 1) // step + 1
        for size, kernel, step, pad, gap in zip(input.shape[2:], weight.shape[2:], steps, pads, gaps, strict=True)
    ]
    return fresh((input.shape[0], weight.shape[0], *sizes), input.dtype) if min(sizes) > 0 else None


def _fits(x: Shape, weight: Shape, groups: int) -> bool:
    """Return whether a batch has the channels that a weight takes."""
    return len(x) == len(weight) and groups > 0 and x[1] == weight[1] * groups and weight[0] % groups == 0


def _each(value: Any, count: int) -> Shape | None:  # noqa: ANN401 -- an argument of the user's
    """Return an argument for each spatial axis; None for one that is no such."""
    if type(value) is tuple and len(value) == count and _INTS.issuperset(map(type, value)):
        return value
    if type(value) is int:
        return (value,) * count
    if not isinstance(value, tuple | list) or not _INTS.issuperset(map(type, value)):
        return None
    items = tuple(value)
    return items if len(items) == count else items * count if len(items) == 1 else None


_INTS: Final = frozenset({int})
"""True and a size that is a tensor are ints for isinstance(), and none for torch."""


SPECS: Final[dict[Function, SpecFunction]] = {
    torch.conv1d: partial(_convolution, 1),
    torch.conv2d: partial(_convolution, 2),
    torch.conv3d: partial(_convolution, 3),
}
