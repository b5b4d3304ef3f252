"""Norms: they give back what they take, on the condition that all their statistics fit."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Final

from torch.nn import functional

from visunn_lint.pipeline.engines.native.specs.layout import Layout, Outcome, is_regular, of_size

if TYPE_CHECKING:
    from visunn_lint.pipeline.calling import Function
    from visunn_lint.pipeline.engines.native.specs.layout import SpecFunction

_LEAST_RANK = 2


def _batch_norm(
    input: Layout,  # noqa: A002 -- torch's name
    running_mean: Layout | None,
    running_var: Layout | None,
    weight: Layout | None = None,
    bias: Layout | None = None,
    training: bool = False,  # noqa: FBT001, FBT002 -- torch's signature
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Outcome:
    operands = [operand for operand in (running_mean, running_var, weight, bias) if operand is not None]
    if not is_regular(input, *operands) or len(input.shape) < _LEAST_RANK:
        return None
    statistics = (input.shape[1],)
    if not all(operand.shape == statistics for operand in operands) or type(momentum) is not float or eps < 0:
        return None
    if training:
        return input if prod(input.shape) > input.shape[1] and eps > 0 else None
    return input if running_mean is not None and running_var is not None else None


def _layer_norm(
    input: Layout,  # noqa: A002 -- torch's name
    normalized_shape: tuple[int, ...],
    weight: Layout | None = None,
    bias: Layout | None = None,
    eps: float = 1e-5,
) -> Outcome:
    shape = tuple(normalized_shape)
    operands = [operand for operand in (weight, bias) if operand is not None]
    if not is_regular(input, *operands) or not shape or input.shape[-len(shape) :] != shape or eps < 0:
        return None
    return input if all(operand.shape == shape for operand in operands) else None


def _group_norm(
    input: Layout,  # noqa: A002 -- torch's name
    num_groups: int,
    weight: Layout | None = None,
    bias: Layout | None = None,
    eps: float = 1e-5,
) -> Outcome:
    operands = [operand for operand in (weight, bias) if operand is not None]
    if not is_regular(input, *operands) or len(input.shape) < _LEAST_RANK or eps < 0:
        return None
    channels = input.shape[1]
    if num_groups < 1 or channels % num_groups or prod(input.shape) <= input.shape[0] * num_groups:
        return None
    return input if all(of_size(operand, channels) for operand in operands) else None


SPECS: Final[dict[Function, SpecFunction]] = {
    functional.batch_norm: _batch_norm,
    functional.layer_norm: _layer_norm,
    functional.group_norm: _group_norm,
}
