"""Functions of one tensor, element by element."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from visunn_lint.pipeline.engines.native.specs.layout import (
    IN_PLACE,
    Layout,
    Number,
    Outcome,
    axis_of,
    functions_named,
    is_regular,
    like,
)

if TYPE_CHECKING:
    from visunn_lint.pipeline.calling import Function
    from visunn_lint.pipeline.engines.native.specs.layout import SpecFunction


def _activation(input: Layout, *, inplace: bool = False) -> Outcome:  # noqa: A002 -- torch's name
    if not is_regular(input) or type(inplace) is not bool:
        return None
    return IN_PLACE if inplace else input


def _activation_by_position(input: Layout, inplace: bool = False) -> Outcome:  # noqa: A002, FBT001, FBT002 -- torch's signature
    return _activation(input, inplace=inplace)


def _with_number(input: Layout, value: Number = 0.0, inplace: bool = False) -> Outcome:  # noqa: A002, FBT001, FBT002 -- torch's signature
    return _activation(input, inplace=inplace) if type(value) in {int, float} else None


def _with_range(
    input: Layout,  # noqa: A002 -- torch's name
    min_val: Number = -1.0,
    max_val: Number = 1.0,
    inplace: bool = False,  # noqa: FBT001, FBT002 -- torch's signature
) -> Outcome:
    return _activation(input, inplace=inplace) if min_val <= max_val else None


def _gelu(input: Layout, *, approximate: str = "none") -> Outcome:  # noqa: A002 -- torch's name
    return like(input) if approximate in {"none", "tanh"} else None


def _in_place(input: Layout) -> Outcome:  # noqa: A002 -- torch's name
    return IN_PLACE if is_regular(input) else None


def _softmax(
    input: Layout,  # noqa: A002 -- torch's name
    dim: int | None = None,
    *,
    _stacklevel: int = 3,
    dtype: object = None,
) -> Outcome:
    if dtype is not None or axis_of(dim, len(input.shape)) is None:
        return None
    return like(input)


SPECS: Final[dict[Function, SpecFunction]] = {
    **dict.fromkeys(
        functions_named("relu", "relu6", "silu", "mish", "hardswish", "hardsigmoid", "selu"), _activation_by_position
    ),
    **dict.fromkeys(functions_named("leaky_relu", "elu", "celu"), _with_number),
    **dict.fromkeys(functions_named("hardtanh"), _with_range),
    **dict.fromkeys(functions_named("gelu"), _gelu),
    **dict.fromkeys(functions_named("softmax", "log_softmax"), _softmax),
    **dict.fromkeys(
        functions_named(
            "sigmoid", "tanh", "exp", "log", "log1p", "expm1", "sqrt", "rsqrt", "square", "sin", "cos", "erf", "floor",
            "ceil", "round", "reciprocal", "neg", "abs", "logsigmoid", "tanhshrink", "softsign",
        ),
        like,
    ),
    **dict.fromkeys(
        functions_named("relu_", "relu6_", "sigmoid_", "tanh_", "exp_", "sqrt_", "abs_", "neg_"), _in_place
    ),
}  # fmt: skip
