"""What runs on meta in place of a function whose meta kernel refuses operands that the real one takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import torch
from torch.nn import functional

from visunn_lint.pipeline.engines.native.verdict import UndecidedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from visunn_lint.pipeline.calling import Function, Value

    Substitute = Callable[..., Value]


def on_meta(func: Function) -> Function:
    """Return what computes on meta tensors what a function does: itself, but for a few."""
    return _SUBSTITUTES.get(func, func)


def _grouped_mm(func: Function) -> Substitute:
    """Return a grouped product that takes every dtype which the CPU takes: on meta it is for bfloat16 alone."""

    def run(mat_a: Tensor, mat_b: Tensor, *args: Value, **kwargs: Value) -> Value:
        dtype = mat_a.dtype
        if dtype not in {torch.float32, torch.float16} or mat_b.dtype != dtype:
            return func(mat_a, mat_b, *args, **kwargs)
        try:
            product = func(mat_a.to(torch.bfloat16), mat_b.to(torch.bfloat16), *args, **kwargs)
        except RuntimeError as error:  # the strides that it takes depend on the size of an element
            message = f"grouped_mm of {str(dtype).removeprefix('torch.')}: a real run decides"
            raise UndecidedError(message) from error
        return product if kwargs.get("out_dtype") is not None else product.to(dtype)

    return run


_GROUPED_PRODUCTS: Final = (getattr(torch, "_grouped_mm", None), getattr(functional, "grouped_mm", None))
"""The names that torch releases have for it; older ones have none."""

_SUBSTITUTES: Final[dict[Function, Substitute]] = {
    product: _grouped_mm(product) for product in _GROUPED_PRODUCTS if product is not None
}
