"""Other ways to look at a tensor: its axes in another order, split, joined or cut; where that takes a copy, a copy.

What they make shares memory with what they are given, so they are run: that costs little, for no kernel is written in
Python. That they write nothing and make plain tensors of a plain one is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import torch

from visunn_lint.pipeline.engines.native.passive import getter
from visunn_lint.pipeline.engines.native.specs.layout import (
    VIEWS,
    Layout,
    Outcome,
    contiguous_stride,
    fresh,
    functions_named,
)

if TYPE_CHECKING:
    from visunn_lint.pipeline.calling import Function
    from visunn_lint.pipeline.engines.native.specs.layout import SpecFunction


def _viewed(*_args: Any, **_kwargs: Any) -> Outcome:  # noqa: ANN401 -- arguments of the user's
    return VIEWS


def _contiguous(input: Layout, *, memory_format: torch.memory_format = torch.contiguous_format) -> Outcome:  # noqa: A002 -- torch's name
    shape = input.shape
    placed = zip(shape, input.stride, contiguous_stride(shape), strict=True)
    is_there = 0 in shape or all(size == 1 or stride == dense for size, stride, dense in placed)
    return VIEWS if is_there or memory_format is not torch.contiguous_format else fresh(shape, input.dtype)


def _item(_input: Layout, index: Any) -> Outcome:  # noqa: ANN401 -- likewise
    items = index if isinstance(index, list) else [index]
    return None if any(isinstance(item, Layout | list) for item in items) else VIEWS


SPECS: Final[dict[Function, SpecFunction]] = {
    **dict.fromkeys(
        functions_named(
            "view", "view_as", "reshape", "reshape_as", "permute", "transpose", "swapaxes", "swapdims", "movedim",
            "moveaxis", "t", "flatten", "unflatten", "ravel", "unsqueeze", "squeeze", "expand", "expand_as",
            "broadcast_to", "chunk", "split", "split_with_sizes", "tensor_split", "unbind", "narrow", "select",
            "diagonal",
        ),
        _viewed,
    ),
    **dict.fromkeys(filter(None, map(getter, ("T", "mT"))), _viewed),
    torch.Tensor.__getitem__: _item,
    torch.Tensor.contiguous: _contiguous,
}  # fmt: skip
