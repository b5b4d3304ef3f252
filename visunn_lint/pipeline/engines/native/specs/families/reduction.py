"""Sums and means over axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from visunn_lint.pipeline.engines.native.specs.layout import (
    Layout,
    Outcome,
    axis_of,
    fresh,
    functions_named,
    is_regular,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from visunn_lint.pipeline.calling import Function
    from visunn_lint.pipeline.engines.native.specs.layout import SpecFunction


def _reduced(input: Layout, dim: int | Sequence[int], keepdim: bool = False) -> Outcome:  # noqa: A002, FBT001, FBT002 -- torch's signature
    if not is_regular(input):
        return None
    rank = len(input.shape)
    axes = [axis_of(each, rank) for each in (dim if isinstance(dim, tuple | list) else (dim,))]
    if not axes or None in axes or len(set(axes)) < len(axes):
        return None
    kept = [1 if axis in axes else size for axis, size in enumerate(input.shape) if keepdim or axis not in axes]
    return fresh(kept, input.dtype)


SPECS: Final[dict[Function, SpecFunction]] = dict.fromkeys(functions_named("mean", "sum"), _reduced)
