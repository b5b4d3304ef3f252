"""Shallow copies of tensors: ``copy.copy`` gives another tensor of the same memory, but not of one on meta."""

from __future__ import annotations

import copy
import sys
from typing import TYPE_CHECKING, Final

import torch

if TYPE_CHECKING:
    from torch import Tensor

    from visunn_lint.pipeline.calling import Function

_REDUCE: Final = torch.Tensor.__reduce_ex__
_COPYING: Final = copy.copy.__code__


def is_copied(func: Function) -> bool:
    """Return whether a call of torch's on this stack is ``copy.copy`` asking how a tensor is made anew."""
    if func is not _REDUCE:
        return False
    frame = sys._getframe()  # noqa: SLF001 -- the documented way, without building a stack
    while frame.f_back is not None and frame.f_code is not _REDUCE.__code__:
        frame = frame.f_back
    return frame.f_back is not None and frame.f_back.f_code is _COPYING


def as_alias(tensor: Tensor) -> tuple[Function, tuple[object, ...]]:
    """Return what makes a shallow copy of a tensor: of what its memory holds, and of what hangs on it."""
    return _alias, (tensor, {name: value for name, value in tensor.__dict__.items() if not name.startswith("_visunn")})


def _alias(tensor: Tensor, attributes: dict[str, object]) -> Tensor:
    """Return another tensor of the same memory, a leaf as copies are."""
    made = tensor.detach()
    made.__dict__.update(attributes)
    return made.requires_grad_(tensor.requires_grad)
