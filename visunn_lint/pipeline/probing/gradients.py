"""Which parameters the outputs of a model have no gradient for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import torch

from visunn_lint.pipeline.probing.copies import outputs_of, running_copy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor, nn


def without_gradient(model: nn.Module, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> list[str]:
    """Return the names of the parameters that require a gradient and get none from a backward in train."""
    with running_copy(model) as copy, torch.enable_grad():
        named = {name: param for name, param in copy.named_parameters() if param.requires_grad}
        outputs = [each for each in outputs_of(copy.train(), args, kwargs) if each.requires_grad]
        if not outputs or not named:
            return list(named)
        total = sum((_sum(each) for each in outputs), start=torch.zeros(()))
        found = torch.autograd.grad(total, list(named.values()), allow_unused=True)
        gradients = cast("tuple[Tensor | None, ...]", found)  # torch's types leave out what allow_unused brings
        return [name for name, gradient in zip(named, gradients, strict=True) if gradient is None]


def _sum(tensor: Tensor) -> Tensor:
    real = tensor.abs() if tensor.is_complex() else tensor
    return real.float().sum().cpu()
