"""What a spec function tells of a call is what the meta kernel makes; where it cannot tell, it says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from visunn_lint.pipeline.engines.native.specs import spec_functions
from visunn_lint.pipeline.engines.native.specs.layout import IN_PLACE, VIEWS, Layout

if TYPE_CHECKING:
    from visunn_lint.pipeline.calling import Function
    from visunn_lint.pipeline.engines.native.specs.layout import Outcome


def meta(*shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
    """Return a meta tensor."""
    return torch.empty(shape, dtype=dtype, device="meta")


X = meta(2, 8, 9, 7)
IMAGES_LAST = X.to(memory_format=torch.channels_last)
TOKENS = meta(2, 5, 8)

TOLD: dict[str, tuple[Function, tuple[Any, ...], dict[str, Any]]] = {
    "conv1d": (torch.conv1d, (TOKENS, meta(4, 5, 3), meta(4)), {}),
    "conv2d": (torch.conv2d, (X, meta(16, 8, 3, 2), None, (2, 1), (1, 0), (1, 2), 1), {}),
    "conv2d in groups": (torch.conv2d, (X, meta(16, 2, 3, 3), meta(16), 1, 1, 1, 4), {}),
    "conv3d": (torch.conv3d, (meta(1, 2, 5, 6, 7), meta(4, 2, 3, 3, 3)), {"stride": 2}),
    "conv1d of a part": (torch.conv1d, (TOKENS[:, 1:3], meta(4, 2, 3)), {}),
    "conv2d of a part": (torch.conv2d, (X[:, 4:], meta(16, 4, 3, 3), meta(16)), {"padding": 1}),
    "conv2d of a part of one item": (torch.conv2d, (X[:1, 4:], meta(16, 4, 1, 1)), {}),
    "conv3d of a part": (torch.conv3d, (meta(2, 4, 5, 6, 7)[:, :1], meta(4, 1, 3, 3, 3)), {}),
    "linear": (functional.linear, (TOKENS, meta(3, 8), meta(3)), {}),
    "matmul": (torch.matmul, (meta(2, 3, 4, 5), meta(2, 3, 5, 6)), {}),
    "batch_norm": (functional.batch_norm, (X, meta(8), meta(8), meta(8), meta(8)), {}),
    "batch_norm in training": (functional.batch_norm, (X, meta(8), meta(8)), {"training": True}),
    "layer_norm": (functional.layer_norm, (TOKENS, (8,), meta(8), meta(8)), {}),
    "group_norm": (functional.group_norm, (X, 4, meta(8), meta(8)), {}),
    "relu": (functional.relu, (X,), {}),
    "hardtanh": (functional.hardtanh, (X, 0.0, 6.0), {}),
    "gelu": (functional.gelu, (X,), {"approximate": "tanh"}),
    "softmax": (functional.softmax, (TOKENS,), {"dim": -1}),
    "sigmoid of half": (torch.sigmoid, (meta(3, dtype=torch.float16),), {}),
    "add": (torch.add, (X, X), {"alpha": 2}),
    "add a number": (torch.add, (X, 1), {}),
    "mul broadcast": (torch.mul, (X, meta(2, 8, 1, 1)), {}),
    "mul by a row": (torch.mul, (meta(7), X), {}),
    "pow": (torch.pow, (X, 2), {}),
    "clamp": (torch.clamp, (X,), {"min": 0.0}),
    "max_pool2d": (functional.max_pool2d, (X, 3, 2, 1), {}),
    "max_pool2d ceil": (functional.max_pool2d, (X, 2, 2), {"ceil_mode": True}),
    "avg_pool2d": (functional.avg_pool2d, (X, 2), {}),
    "avg_pool2d ceil": (functional.avg_pool2d, (X, 3, 2, 1, True), {}),
    "adaptive_avg_pool2d": (functional.adaptive_avg_pool2d, (X, (3, 1)), {}),
    "cat": (torch.cat, ([X, meta(2, 3, 9, 7)], 1), {}),
    "cat of parts": (torch.cat, ([X[:, :4], meta(2, 3, 9, 7), X[:, 1:2]], 1), {}),
    "cat of parts alone": (torch.cat, ([TOKENS[:, :2], TOKENS[:, 3:]], 2), {}),
    "contiguous that copies": (torch.Tensor.contiguous, (X.transpose(1, 2),), {}),
    "contiguous of a part": (torch.Tensor.contiguous, (X[:, 4:],), {}),
    "stack": (torch.stack, ([TOKENS, TOKENS],), {"dim": -1}),
    "mean": (torch.mean, (X, [2, 3]), {"keepdim": True}),
    "sum": (torch.sum, (X, -1), {}),
    "dropout in training": (functional.dropout, (X, 0.3), {"training": True}),
}

UNTOLD: dict[str, tuple[Function, tuple[Any, ...], dict[str, Any]]] = {
    "other memory format": (torch.conv2d, (IMAGES_LAST, meta(16, 8, 3, 3)), {}),
    "wrong channels": (torch.conv2d, (X, meta(16, 7, 3, 3)), {}),
    "kernel larger than the input": (torch.conv2d, (X, meta(16, 8, 11, 3)), {}),
    "padding by name": (torch.conv2d, (X, meta(16, 8, 3, 3)), {"padding": "same"}),
    "mixed dtypes": (functional.linear, (TOKENS, meta(3, 8, dtype=torch.float64)), {}),
    "wrong features": (functional.linear, (TOKENS, meta(3, 7)), {}),
    "statistics of another size": (functional.batch_norm, (X, meta(7), meta(7)), {}),
    "one value a channel": (functional.batch_norm, (meta(1, 8, 1, 1), None, None), {"training": True}),
    "conv2d with the channels last": (torch.conv2d, (IMAGES_LAST, meta(4, 8, 1, 1)), {}),
    "conv2d of a part without extent": (torch.conv2d, (meta(2, 8, 1, 1)[:, :4], meta(4, 4, 1, 1)), {}),
    "conv2d of every other row": (torch.conv2d, (X[:, :, ::2], meta(4, 8, 1, 1)), {}),
    "cat with the channels last": (torch.cat, ([IMAGES_LAST, IMAGES_LAST], 1), {}),
    "integers": (functional.relu, (meta(3, dtype=torch.int64),), {}),
    "shapes that do not fit": (torch.add, (X, meta(3)), {}),
    "division with rounding": (torch.div, (X, 2), {"rounding_mode": "floor"}),
    "out of range": (torch.cat, ([X, X], 4), {}),
    "padding beyond half the window": (functional.max_pool2d, (X, 2, 2, 2), {}),
    "dropout that gives back its operand": (functional.dropout, (X,), {"training": False}),
    "sum over everything": (torch.sum, (X,), {}),
    "write into a smaller one": (torch.Tensor.add_, (meta(7), X), {}),
}

WRITES: dict[str, tuple[Function, tuple[Any, ...], dict[str, Any]]] = {
    "relu": (functional.relu, (X,), {"inplace": True}),
    "relu6": (functional.relu6, (X, True), {}),
    "silu": (functional.silu, (X,), {"inplace": True}),
    "add_": (torch.Tensor.add_, (X, meta(7)), {}),
    "+=": (torch.Tensor.__iadd__, (X, X), {}),
}

LOOKS: dict[str, tuple[Function, tuple[Any, ...], dict[str, Any]]] = {
    "view": (torch.Tensor.view, (X, 2, -1), {}),
    "permute": (torch.permute, (X, (0, 2, 3, 1)), {}),
    "reshape that copies": (torch.reshape, (IMAGES_LAST, (-1,)), {}),
    "contiguous": (torch.Tensor.contiguous, (X,), {}),
    "contiguous of one item": (torch.Tensor.contiguous, (X[:1, :1].transpose(0, 1),), {}),
    "contiguous of nothing": (torch.Tensor.contiguous, (meta(2, 0, 3).transpose(0, 2),), {}),
    "contiguous with the channels last": (
        torch.Tensor.contiguous,
        (X,),
        {"memory_format": torch.channels_last},
    ),
    "chunk": (torch.chunk, (X, 2), {"dim": 1}),
    "split": (torch.Tensor.split, (X, [3, 5], 1), {}),
    "transpose": (torch.transpose, (X, 1, 2), {}),
    "cut": (torch.Tensor.__getitem__, (X, (slice(None), 0, ..., None, slice(1, 5, 2))), {}),
}


def layouts(value: object) -> object:
    """Return an argument with layouts in the place of tensors."""
    if isinstance(value, Tensor):
        return Layout(value.shape, value.stride(), value.dtype)
    return [layouts(item) for item in value] if isinstance(value, list | tuple) else value


def told(func: Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Outcome:
    """Return what the spec function of a call says; None too for a call of a form that it does not take."""
    try:
        return spec_functions()[func](*map(layouts, args), **{name: layouts(value) for name, value in kwargs.items()})
    except TypeError:
        return None


@pytest.mark.parametrize("call", TOLD.values(), ids=TOLD)
def test_outcome_is_that_of_the_meta_kernel(call: tuple[Function, tuple[Any, ...], dict[str, Any]]) -> None:
    """Shape, strides and dtype are those of the kernel, to the last stride."""
    func, args, kwargs = call
    assert told(func, args, kwargs) == layouts(func(*args, **kwargs))


@pytest.mark.parametrize("call", UNTOLD.values(), ids=UNTOLD)
def test_what_is_out_of_the_ordinary_is_left_to_the_kernel(
    call: tuple[Function, tuple[Any, ...], dict[str, Any]],
) -> None:
    """Errors, other layouts and aliases are the kernel's to tell."""
    assert told(*call) is None


@pytest.mark.parametrize("call", WRITES.values(), ids=WRITES)
def test_writes_are_told(call: tuple[Function, tuple[Any, ...], dict[str, Any]]) -> None:
    """An op that writes into its first operand is known to, and the kernel gives that operand back."""
    func, args, kwargs = call
    before = args[0]._version  # noqa: SLF001 -- how often it was written has no public name
    assert told(func, args, kwargs) is IN_PLACE
    assert func(*args, **kwargs) is args[0]
    assert args[0]._version > before  # noqa: SLF001 -- likewise


@pytest.mark.parametrize("call", LOOKS.values(), ids=LOOKS)
def test_looks_write_nothing_and_are_plain(call: tuple[Function, tuple[Any, ...], dict[str, Any]]) -> None:
    """A look at a plain tensor gives plain ones, whether it shares memory or copies."""
    func, args, kwargs = call
    before = args[0]._version  # noqa: SLF001 -- how often it was written has no public name
    assert told(func, args, kwargs) is VIEWS
    made = func(*args, **kwargs)
    assert args[0]._version == before  # noqa: SLF001 -- likewise
    assert all(_is_plain(each) for each in ([made] if isinstance(made, Tensor) else made))


def test_an_item_by_tensors_is_no_look() -> None:
    """An index or a mask makes a tensor of its own, and may need values."""
    assert told(torch.Tensor.__getitem__, (X, meta(2, dtype=torch.int64)), {}) is None
    assert told(torch.Tensor.__getitem__, (X, (slice(None), [0, 1])), {}) is None


def _is_plain(tensor: Tensor) -> bool:
    return type(tensor) is Tensor and tensor.is_meta and tensor.layout is torch.strided and not tensor.is_conj()
