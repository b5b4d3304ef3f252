"""Modules that wrap another so that its forward ends badly, or needs the values of tensors."""

from __future__ import annotations

from dataclasses import fields, is_dataclass

import torch
from torch import nn
from torch.utils import _pytree as pytree


class FailsAtTheEnd(nn.Module):
    """A forward that raises once the wrapped module has run, with all that it changed."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, *args: object, **kwargs: object) -> None:
        self.inner(*args, **kwargs)
        msg = "the end"
        raise RuntimeError(msg)


class NeedsValues(nn.Module):
    """A forward that reads a value of the wrapped module's output, which a meta tensor has not."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, *args: object, **kwargs: object) -> object:
        output = self.inner(*args, **kwargs)
        self.total = sum(tensor.sum().item() for tensor in tensors(output))
        return output


def tensors(value: object) -> list[torch.Tensor]:
    """Return the tensors in a value, those in dataclasses too."""
    if is_dataclass(value) and not isinstance(value, type):
        value = {field.name: getattr(value, field.name) for field in fields(value)}
    return [leaf for leaf in pytree.tree_leaves(value) if isinstance(leaf, torch.Tensor)]
