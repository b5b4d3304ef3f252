"""Tensors joined to one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import torch

from visunn_lint.pipeline.engines.native.specs.layout import (
    Layout,
    Outcome,
    axis_of,
    fresh,
    is_regular,
    is_regular_by_item,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from visunn_lint.pipeline.calling import Function
    from visunn_lint.pipeline.engines.native.specs.layout import SpecFunction


def _joined(tensors: Sequence[Layout], dim: int = 0) -> Outcome:
    if not tensors or not is_regular_by_item(*tensors):
        return None
    first = tensors[0].shape
    axis = axis_of(dim, len(first))
    if axis is None or len({(len(each.shape), each.shape[:axis], each.shape[axis + 1 :]) for each in tensors}) > 1:
        return None
    return fresh((*first[:axis], sum([each.shape[axis] for each in tensors]), *first[axis + 1 :]), tensors[0].dtype)


def _stacked(tensors: Sequence[Layout], dim: int = 0) -> Outcome:
    if not tensors or not is_regular(*tensors) or len({each.shape for each in tensors}) > 1:
        return None
    shape = list(tensors[0].shape)
    axis = axis_of(dim, len(shape) + 1)
    if axis is None:
        return None
    return fresh((*shape[:axis], len(tensors), *shape[axis:]), tensors[0].dtype)


SPECS: Final[dict[Function, SpecFunction]] = {
    torch.cat: _joined,
    torch.concat: _joined,
    torch.stack: _stacked,
}
