"""The values that tensors are made with: what their names ask for, so that they agree with each other."""

from __future__ import annotations

import re
from math import isqrt, prod
from typing import TYPE_CHECKING

import torch

from visunn_lint.errors import InputError
from visunn_lint.pipeline.inputs.consumers import is_length, words
from visunn_lint.text import dims

if TYPE_CHECKING:
    from torch import Tensor

    from visunn_lint.spec import InputSpec

_SIDES = re.compile(r"(\w+_)?grid_(thw|hw)|spatial_shapes|(tgt|target)_sizes")
_SEEN = re.compile(r"(\w+_)?(attention_mask|features_mask|pixel_mask)")
"""Masks that are 1 where there is something: of integers, where those of torch are of bool and say the contrary."""

_STRIP_RANK = 4
"""One, channels, the side of a patch, and those of all patches together."""

MOST_MADE = 1 << 26
"""A tensor of more elements is made without values, which take memory: a run that reads them finds zeros."""

_MOST_DRAWN = 1_000_003
"""A prime, so that what is repeated falls on other places of each row."""


def integers(name: str, shape: tuple[int, ...], dtype: torch.dtype, spec: InputSpec) -> Tensor:
    """Return integers or bools for the parameter of a name: lengths, sides of a grid, ones of a mask, else 0."""
    tensor = torch.zeros(shape, dtype=dtype)
    if dtype == torch.bool:
        return tensor
    if is_length(name):
        return tensor.fill_(first_length(spec))
    if _SEEN.fullmatch(name):
        return tensor.fill_(1)
    if _SIDES.fullmatch(name) and shape:
        tensor.fill_(1)
        tensor[..., -2:] = isqrt(_patches(spec))
        return tensor
    return tensor


def floats(name: str, shape: tuple[int, ...], random: torch.Generator) -> Tensor:
    """Return floats for the parameter of a name, from a normal distribution; boxes have a width and a height."""
    drawn = _drawn(prod(shape), random).view(shape)
    if "boxes" not in words(name) or not shape or shape[-1] != 4:  # noqa: PLR2004 -- two corners
        return drawn
    return torch.tensor([0.0, 0.0, 16.0, 16.0]).expand(shape).clone()


def without_values(shape: tuple[int, ...], dtype: torch.dtype) -> Tensor:
    """Return a tensor on meta, which takes no memory; raises InputError where torch cannot count its bytes."""
    try:
        return torch.empty(shape, dtype=dtype, device="meta")
    except (RuntimeError, TypeError):
        message = f"no tensor is as large as {dims(shape)}"
        raise InputError(message, hint="give smaller inputs") from None


def _drawn(count: int, random: torch.Generator) -> Tensor:
    """Return so many numbers from a normal distribution; many are the same ones over again, which is faster."""
    if count <= _MOST_DRAWN:
        return torch.randn(count, generator=random)
    return torch.randn(_MOST_DRAWN, generator=random).repeat(-(-count // _MOST_DRAWN))[:count]


def first_length(spec: InputSpec) -> int:
    """Return the length of the first sequence: the first axis of the first tensor that is no batch."""
    for tensor in spec.tensors:
        lengths = [dim for dim in tensor.dims if isinstance(dim, int)]
        if lengths and len(tensor.dims) > 1:
            return lengths[0] if "b" in tensor.dims else lengths[min(1, len(lengths) - 1)]
    return 1


def _patches(spec: InputSpec) -> int:
    """Return how many patches the first floating-point tensor holds: those of a sample, of a strip, or all."""
    for tensor in spec.tensors:
        counts = [dim for dim in tensor.dims if isinstance(dim, int)]
        if tensor.dtype is None and len(counts) > 1:
            return counts[0] if len(counts) < _STRIP_RANK else counts[-1] // counts[-2]
    return 1
