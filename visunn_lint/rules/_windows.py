"""The windows of convolutions and poolings: kernel, stride and dilation along each axis."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visunn_lint.records import Node

_OPS = re.compile(r"(conv|conv_transpose|max_pool|avg_pool|lp_pool)([123])d(_with_indices)?")


class Window(NamedTuple):
    """Kernel, stride and dilation along one axis."""

    kernel: int
    stride: int
    dilation: int

    @property
    def extent(self) -> int:
        """How many places the kernel spans, gaps included."""
        return (self.kernel - 1) * self.dilation + 1


def windows(node: Node) -> tuple[str, list[Window]]:
    """Return which kind of op slides a window, and the window along each axis; "" and none for other ops."""
    match = _OPS.fullmatch(node.short_op)
    if match is None:
        return "", []
    axes = int(match[2])
    kernels = _kernels(node, axes)
    strides = _each(node.attributes.get("stride"), axes) or (kernels if "pool" in match[1] else [1] * axes)
    dilations = _each(node.attributes.get("dilation"), axes) or [1] * axes
    return match[1], [Window(*each) for each in zip(kernels, strides, dilations, strict=False)]


def _kernels(node: Node, axes: int) -> list[int]:
    """Return the kernel along each axis: a convolution's is that of its weight."""
    if "conv" in node.short_op:
        weight = node.input_specs[1] if len(node.input_specs) > 1 else None
        return list(weight.shape[-axes:]) if weight is not None else []
    # a pooling that may return indices is a dispatcher, whose arguments have no names
    return _each(node.attributes.get("kernel_size", node.attributes.get("arg1")), axes)


def _each(value: object, axes: int) -> list[int]:
    if isinstance(value, int):
        return [value] * axes
    if not isinstance(value, tuple):
        return []
    numbers: Iterator[int] = (each for each in value if isinstance(each, int))
    found = list(numbers)
    return found * axes if len(found) == 1 else found
