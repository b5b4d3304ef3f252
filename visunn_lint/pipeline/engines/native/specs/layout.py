"""What a spec function takes and returns: how a tensor lies in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import accumulate
from math import prod
from operator import attrgetter, mul
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import msgspec
import torch
from torch.nn import functional

if TYPE_CHECKING:
    from torch import Tensor

    from visunn_lint.pipeline.calling import Function

Shape: TypeAlias = tuple[int, ...]

_BATCH_AND_CHANNELS: Final = 2
_FLOATS: Final = frozenset({torch.float32, torch.float64, torch.float16, torch.bfloat16})


class Layout(msgspec.Struct, frozen=True, cache_hash=True):
    """Shape, strides and dtype of a strided tensor: all that decides what a pure op makes of it."""

    shape: Shape
    stride: Shape
    dtype: torch.dtype


_LAYOUTS: Final = frozenset({Layout})
_DTYPE: Final = attrgetter("dtype")


class InPlace:
    """Says of an op that it writes into its first operand and gives it back."""


IN_PLACE: Final = InPlace()


class Views:
    """Says of an op that it writes nothing, and makes plain tensors that may share memory with its operands."""


VIEWS: Final = Views()

Outcome: TypeAlias = Layout | InPlace | Views | None
SpecFunction: TypeAlias = Callable[..., Outcome]
Number: TypeAlias = float | int | bool


@lru_cache(maxsize=65536)
def contiguous_stride(shape: Shape) -> Shape:
    """Return the strides of a new tensor of a shape."""
    sizes = [max(size, 1) for size in shape] if 0 in shape else shape
    return tuple(accumulate(sizes[:0:-1], mul, initial=1))[::-1] if shape else ()


def fresh(shape: Iterable[int], dtype: torch.dtype) -> Layout:
    """Return the layout of a new, contiguous tensor."""
    shape = tuple(shape)
    return Layout(shape, contiguous_stride(shape), dtype)


def like(layout: Layout) -> Layout | None:
    """Return the layout of what an elementwise op makes of a tensor; None where torch decides by rules of its own."""
    return layout if is_regular(layout) else None


def is_regular(*layouts: object) -> bool:
    """Return whether all are layouts of contiguous, floating tensors of one dtype that hold something."""
    return _are_all(_is_regular, layouts)


def is_regular_by_item(*layouts: object) -> bool:
    """Return whether all are so, or would be but for gaps between the items of a batch: parts of its channels.

    What torch makes of such is new and contiguous where it goes by what the strides suggest: they do not suggest that
    the channels come last.
    """
    return _are_all(_is_regular_by_item, layouts)


def _are_all(is_so: Callable[[Layout], bool], layouts: Sequence[object]) -> bool:
    if len(layouts) == 1:
        layout = layouts[0]
        return isinstance(layout, Layout) and is_so(layout)
    return (
        _LAYOUTS.issuperset(map(type, layouts))
        and all(map(is_so, layouts))  # type: ignore[arg-type]  # the line before says what they are
        and len(set(map(_DTYPE, layouts))) == 1
    )


@lru_cache(maxsize=65536)
def _is_regular(layout: Layout) -> bool:
    shape = layout.shape
    return layout.dtype in _FLOATS and 0 not in shape and layout.stride == contiguous_stride(shape)


@lru_cache(maxsize=65536)
def _is_regular_by_item(layout: Layout) -> bool:
    if _is_regular(layout):
        return True
    shape, stride = layout.shape, layout.stride
    if len(shape) <= _BATCH_AND_CHANNELS or layout.dtype not in _FLOATS or prod(shape[_BATCH_AND_CHANNELS:]) <= 1:
        return False
    dense = contiguous_stride(shape)
    return 0 not in shape and stride[1:] == dense[1:] and stride[0] > dense[0]


def layout_of(tensor: Tensor) -> Layout:
    """Return the layout of a strided tensor."""
    return Layout(tensor.shape, tensor.stride(), tensor.dtype)


def of_size(layout: object, *shape: int) -> bool:
    """Return whether an optional operand is absent, or a tensor of just this shape."""
    return layout is None or (isinstance(layout, Layout) and layout.shape == shape)


def pair(value: Any) -> tuple[int, int] | None:  # noqa: ANN401 -- an argument of the user's
    """Return an argument that is one int or two; None for anything else."""
    if type(value) is int:
        return value, value
    if isinstance(value, tuple | list) and len(value) == 2 and all(type(item) is int for item in value):  # noqa: PLR2004 -- height, width
        return value[0], value[1]
    return None


def axis_of(dim: object, rank: int) -> int | None:
    """Return an axis counted from the front; None if there is no such axis."""
    if type(dim) is not int or not -rank <= dim < rank:
        return None
    return dim % rank


_HOMES: Final = (torch, torch.Tensor, functional, torch._C._nn)  # noqa: SLF001 -- where torch keeps F.linear and others


def functions_named(*names: str) -> set[Function]:
    """Return torch's own functions and methods of some names, wherever torch keeps them."""
    return {getattr(home, name) for home in _HOMES for name in names if hasattr(home, name)}
