"""Calls on which the meta device is no judge: it lets pass what raises for real, or knows no autocast.

Such a call ends the first rung; the real one then gives its own verdict.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeGuard

import torch

from visunn_lint.pipeline.engines.native.arguments import op_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from visunn_lint.pipeline.calling import Args, Function

    Doubt = Callable[[list[Tensor], Args], str]


class UndecidedError(RuntimeError):
    """Only a real run can tell what a call does."""


_OF_VALUES: Final = re.compile(r"\bmeta\b|register_meta|fake impl|data-dependent", re.IGNORECASE)
"""What torch says where values are missing: it has no class of errors for that."""


def is_undecided(error: BaseException) -> bool:
    """Return whether an op failed on the first rung for want of values, which says nothing of the model."""
    return isinstance(error, UndecidedError) or _OF_VALUES.search(str(error)) is not None


def check_decidable(func: Function, tensors: list[Tensor], args: Args) -> None:
    """Raise UndecidedError for a call that meta tensors and real ones may judge differently.

    ``tensors`` are the operands as they are: those that are not on meta have known values.
    """
    name = op_name(func)
    for doubt in _DOUBTS.get(name, ()):
        reason = doubt(tensors, args)
        if reason:
            message = f"{name} {reason}: a real run decides"
            raise UndecidedError(message)


def _mixed(tensors: list[Tensor], _args: Args) -> str:
    """Kernels of products and norms take operands of one floating dtype; meta takes any."""
    dtypes = {tensor.dtype for tensor in tensors if tensor.dtype != torch.bool}
    if len(dtypes) > 1 or not all(dtype.is_floating_point or dtype.is_complex for dtype in dtypes):
        return "of " + " and ".join(sorted(str(dtype).removeprefix("torch.") for dtype in dtypes))
    return ""


def _cast(_tensors: list[Tensor], _args: Args) -> str:
    """Autocast has no effect on meta tensors."""
    return "under autocast" if any(torch.is_autocast_enabled(device) for device in ("cpu", "cuda")) else ""


def _transposed_channels(tensors: list[Tensor], _args: Args) -> str:
    x, weight = tensors[:2]
    axis = -weight.dim() + 1
    return "" if x.dim() < -axis or x.shape[axis] == weight.shape[0] else "of other channels"


def _integers(tensors: list[Tensor], _args: Args) -> str:
    return "" if tensors[0].is_floating_point() or tensors[0].is_complex() else "of integers"


def _floats(tensors: list[Tensor], _args: Args) -> str:
    return "of floats" if any(tensor.is_floating_point() for tensor in tensors) else ""


def _rows_out_of_range(tensors: list[Tensor], _args: Args) -> str:
    index, table = tensors[:2]
    return _beyond(index, table.shape[0]) if table.dim() else ""


def _index_out_of_range(tensors: list[Tensor], args: Args) -> str:
    if len(args) < 3 or not isinstance(args[1], int) or len(tensors) < 2:  # noqa: PLR2004 -- (tensor, dim, index)
        return ""
    return _beyond(tensors[1], tensors[0].shape[args[1]])


def _item_out_of_range(_tensors: list[Tensor], args: Args) -> str:
    """Look at the index tensors of ``x[:, index]``, up to an ellipsis."""
    x, items = args[0], args[1] if isinstance(args[1], tuple) else (args[1],)
    axis = 0
    for item in items:
        if item is Ellipsis or axis >= x.dim():
            break
        if isinstance(item, torch.Tensor) and item.dtype == torch.int64 and _beyond(item, x.shape[axis]):
            return _beyond(item, x.shape[axis])
        axis += 0 if item is None else item.dim() if _is_mask(item) else 1
    return ""


def _is_mask(item: object) -> TypeGuard[Tensor]:
    return isinstance(item, torch.Tensor) and item.dtype == torch.bool


def _beyond(index: Tensor, size: int) -> str:
    """Return a doubt if known indices lie beyond a size."""
    if index.is_meta or not index.numel():
        return ""
    return "with an index out of range" if int(index.max()) >= size or int(index.min()) < -size else ""


_PRODUCTS: Final = (
    "linear", "bilinear", "matmul", "rmatmul", "mm", "bmm", "mv", "dot", "inner", "addmm", "addmv", "addbmm", "baddbmm",
    "einsum", "tensordot", "chain_matmul", "multi_dot", "conv1d", "conv2d", "conv3d", "conv_transpose1d",
    "conv_transpose2d", "conv_transpose3d", "convolution", "conv_tbc", "lstm", "gru", "rnn_tanh", "rnn_relu",
    "lstm_cell", "gru_cell", "rnn_tanh_cell", "rnn_relu_cell", "scaled_dot_product_attention",
    "multi_head_attention_forward",
)  # fmt: skip
_NORMS: Final = ("layer_norm", "batch_norm", "group_norm", "instance_norm", "rms_norm")
_SOFTMAXES: Final = ("softmax", "log_softmax", "softmin", "logsumexp", "gumbel_softmax")
_BITWISE: Final = (
    "bitwise_and",
    "bitwise_or",
    "bitwise_xor",
    "bitwise_not",
    "bitwise_left_shift",
    "bitwise_right_shift",
)

_DOUBTS: Final[dict[str, tuple[Doubt, ...]]] = {
    **{f"aten::{name}": (_mixed, _cast) for name in _PRODUCTS},
    **{f"aten::conv_transpose{n}d": (_mixed, _cast, _transposed_channels) for n in (1, 2, 3)},
    **{f"aten::{name}": (_mixed,) for name in _NORMS},
    **{f"aten::{name}": (_integers,) for name in _SOFTMAXES},
    **{f"aten::{name}": (_floats,) for name in _BITWISE},
    "aten::embedding": (_rows_out_of_range,),
    "aten::embedding_bag": (_rows_out_of_range,),
    "aten::index_select": (_index_out_of_range,),
    "aten::getitem": (_item_out_of_range,),
}
