"""Pooling over two spatial axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from visunn_lint.pipeline.engines.native.specs.layout import (
    Layout,
    Outcome,
    fresh,
    functions_named,
    is_regular,
    pair,
)

if TYPE_CHECKING:
    from visunn_lint.pipeline.calling import Function
    from visunn_lint.pipeline.engines.native.specs.layout import SpecFunction

_BATCH_OF_IMAGES = 4


def _max_pool(
    input: Layout,  # noqa: A002 -- torch's name
    kernel_size: object,
    stride: object = None,
    padding: object = 0,
    dilation: object = 1,
    ceil_mode: bool = False,  # noqa: FBT001, FBT002 -- torch's signature
    return_indices: bool = False,  # noqa: FBT001, FBT002 -- likewise
) -> Outcome:
    return None if return_indices else _pooled(input, kernel_size, stride, padding, dilation, ceil_mode=ceil_mode)


def _average_pool(
    input: Layout,  # noqa: A002 -- torch's name
    kernel_size: object,
    stride: object = None,
    padding: object = 0,
    ceil_mode: bool = False,  # noqa: FBT001, FBT002 -- torch's signature
    count_include_pad: bool = True,  # noqa: FBT001, FBT002 -- likewise
    divisor_override: int | None = None,
) -> Outcome:
    del count_include_pad
    return (
        None if divisor_override is not None else _pooled(input, kernel_size, stride, padding, 1, ceil_mode=ceil_mode)
    )


def _pooled(
    x: Layout, kernel_size: object, stride: object, padding: object, dilation: object, *, ceil_mode: bool
) -> Outcome:
    windows, pads, gaps = pair(kernel_size), pair(padding), pair(dilation)
    steps = windows if stride is None or stride == [] else pair(stride)
    if windows is None or pads is None or gaps is None or steps is None or not _is_batch_of_images(x):
        return None
    if min(windows) < 1 or min(steps) < 1 or min(gaps) < 1 or min(pads) < 0:
        return None
    if any(pad > window // 2 for pad, window in zip(pads, windows, strict=True)):
        return None
    sizes = [
        _pooled_size(*each, ceil_mode=ceil_mode) for each in zip(x.shape[2:], windows, steps, pads, gaps, strict=True)
    ]
    return fresh((*x.shape[:2], *sizes), x.dtype) if min(sizes) > 0 else None


def _pooled_size(size: int, window: int, step: int, pad: int, gap: int, *, ceil_mode: bool) -> int:
    """Return how many windows fit; one more in ceil mode, if it starts within the input or its left padding."""
    room = size + 2 * pad - gap * (window - 1) - 1
    count = (room + (step - 1 if ceil_mode else 0)) // step + 1
    return count - 1 if ceil_mode and (count - 1) * step >= size + pad else count


def _adaptive_pool(input: Layout, output_size: Any, return_indices: bool = False) -> Outcome:  # noqa: A002, ANN401, FBT001, FBT002 -- torch's signature
    sizes = pair(output_size)
    if return_indices or sizes is None or min(sizes) < 1 or not _is_batch_of_images(input):
        return None
    return fresh((*input.shape[:2], *sizes), input.dtype)


def _is_batch_of_images(layout: Layout) -> bool:
    return is_regular(layout) and len(layout.shape) == _BATCH_OF_IMAGES


SPECS: Final[dict[Function, SpecFunction]] = {
    **dict.fromkeys(functions_named("max_pool2d"), _max_pool),
    **dict.fromkeys(functions_named("avg_pool2d"), _average_pool),
    **dict.fromkeys(functions_named("adaptive_avg_pool2d"), _adaptive_pool),
}
