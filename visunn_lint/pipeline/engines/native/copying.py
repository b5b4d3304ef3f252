"""Copies of tensors: ``copy.copy`` makes one of the same memory, but not of one on meta; pickle takes values."""

from __future__ import annotations

import copy
import sys
from typing import TYPE_CHECKING, Final

import torch

from visunn_lint.pipeline.engines.native.lineage import REFERENCE

if TYPE_CHECKING:
    from torch import Tensor

    from visunn_lint.pipeline.calling import Function, Value

_REDUCING: Final = torch.Tensor.__reduce_ex__.__code__
_COPYING: Final = copy.copy.__code__


def is_copied() -> bool:
    """Return whether it is ``copy.copy`` on this stack that asks how a tensor is made anew."""
    frame = sys._getframe()  # noqa: SLF001 -- the documented way, without building a stack
    while frame.f_back is not None and frame.f_code is not _REDUCING:
        frame = frame.f_back
    return frame.f_back is not None and frame.f_back.f_code is _COPYING


def without_reference(reduced: tuple[Function, tuple[Value, ...]]) -> tuple[Function, tuple[Value, ...]]:
    """Return what a tensor is made anew of without what the run has hung on it."""
    make, arguments = reduced
    return make, tuple([_plain(each) if type(each) is dict else each for each in arguments])


def _plain(attributes: dict[str, Value]) -> dict[str, Value]:
    return {name: value for name, value in attributes.items() if name != REFERENCE}


def as_alias(tensor: Tensor) -> tuple[Function, tuple[object, ...]]:
    """Return what makes a shallow copy of a tensor: of what its memory holds, and of what hangs on it."""
    return _alias, (tensor, _plain(tensor.__dict__))


def _alias(tensor: Tensor, attributes: dict[str, object]) -> Tensor:
    """Return another tensor of the same memory, a leaf as copies are."""
    made = tensor.detach()
    made.__dict__.update(attributes)
    return made.requires_grad_(tensor.requires_grad)
