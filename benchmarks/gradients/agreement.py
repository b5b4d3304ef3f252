"""Which parameters the gradient reaches, by autograd itself and by the graph."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import torch
from torch.utils._pytree import tree_leaves

from visunn_lint import trace

if TYPE_CHECKING:
    from torch import nn


def by_autograd(model: nn.Module, *args: torch.Tensor) -> set[str]:
    """Return the parameters that ``torch.autograd.grad`` of all outputs of a run in train mode gives a gradient."""
    model.train()
    named = {name: param for name, param in model.named_parameters() if param.requires_grad}
    with torch.enable_grad(), warnings.catch_warnings(action="ignore"):
        results = [each for each in tree_leaves(model(*args)) if isinstance(each, torch.Tensor) and each.requires_grad]
        if not results:
            return set()
        sums = [each.sum() for each in results]
        found: tuple[torch.Tensor | None, ...] = torch.autograd.grad(sums, list(named.values()), allow_unused=True)
    return {name for name, gradient in zip(named, found, strict=True) if gradient is not None}


def by_graph(model: nn.Module, *args: torch.Tensor) -> set[str]:
    """Return the parameters that the gradient reaches by what the graph of a capture in train mode tells."""
    return {each.param.label for each in trace(model, args, mode="train").gradients if each.reaches}
