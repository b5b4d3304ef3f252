"""Linear layers and products of matrices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from visunn_lint.pipeline.engines.native.specs.layout import (
    Layout,
    Outcome,
    fresh,
    functions_named,
    is_regular,
    of_size,
)

if TYPE_CHECKING:
    from visunn_lint.pipeline.calling import Function
    from visunn_lint.pipeline.engines.native.specs.layout import SpecFunction


def _linear(input: Layout, weight: Layout, bias: Layout | None = None) -> Outcome:  # noqa: A002 -- torch's name
    if not is_regular(input, weight, *([] if bias is None else [bias])) or len(weight.shape) != 2:  # noqa: PLR2004 -- a matrix
        return None
    wide, narrow = weight.shape
    if not input.shape or input.shape[-1] != narrow or not of_size(bias, wide):
        return None
    return fresh((*input.shape[:-1], wide), input.dtype)


def _matmul(input: Layout, other: Layout) -> Outcome:  # noqa: A002 -- torch's name
    rank = len(input.shape)
    if not is_regular(input, other) or rank != len(other.shape) or rank < 2:  # noqa: PLR2004 -- matrices
        return None
    if input.shape[:-2] != other.shape[:-2] or input.shape[-1] != other.shape[-2]:
        return None
    return fresh((*input.shape[:-1], other.shape[-1]), input.dtype)


SPECS: Final[dict[Function, SpecFunction]] = {
    **dict.fromkeys(functions_named("linear"), _linear),
    **dict.fromkeys(functions_named("matmul", "__matmul__"), _matmul),
}
