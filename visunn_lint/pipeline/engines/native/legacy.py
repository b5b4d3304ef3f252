"""Tensors that the constructors of torch's early days make, ``torch.FloatTensor`` and its like.

torch tells no mode of their calls, so that what they make is met like a tensor from elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import torch

from visunn_lint.pipeline.frames import user_frames

if TYPE_CHECKING:
    from types import FrameType

    from torch import Tensor

_CONSTRUCTORS: Final = {
    torch.float32: ("FloatTensor", "Tensor"),
    torch.float64: ("DoubleTensor",),
    torch.float16: ("HalfTensor",),
    torch.bfloat16: ("BFloat16Tensor",),
    torch.int64: ("LongTensor",),
    torch.int32: ("IntTensor",),
    torch.int16: ("ShortTensor",),
    torch.int8: ("CharTensor",),
    torch.uint8: ("ByteTensor",),
    torch.bool: ("BoolTensor",),
}


def constructor_of(tensor: Tensor, frame: FrameType) -> str:
    """Return the constructor that a tensor of unknown origin comes from, such as ``torch.IntTensor``; "" if none does.

    It is one of the tensor's dtype, named by a function that is running and that did not find the
    tensor among its globals or in what it closes over.
    """
    is_fresh = tensor.is_cpu and tensor.is_leaf and not tensor.requires_grad and type(tensor) is torch.Tensor
    names = _CONSTRUCTORS.get(tensor.dtype, ()) if is_fresh else ()
    for name in names:
        callers = [each for each in user_frames(frame) if name in each.f_code.co_names]
        if callers and not any(_finds(each, tensor) for each in user_frames(frame)):
            return f"torch.{name}"
    return ""


def _finds(frame: FrameType, tensor: Tensor) -> bool:
    """Return whether a running function comes by a tensor from outside: by a name, or in a container by a name."""
    code = frame.f_code
    named = [frame.f_globals.get(name) for name in code.co_names]
    closed_over = [frame.f_locals.get(name) for name in code.co_freevars]
    return any(held is tensor or _holds(held, tensor) for held in (*named, *closed_over))


def _holds(container: object, tensor: Tensor) -> bool:
    items = list(container.values()) if isinstance(container, dict) else container
    return isinstance(items, list | tuple) and any(item is tensor for item in items)
