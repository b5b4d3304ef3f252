"""Outlines to compare, written down or captured."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn

from visunn_lint import trace
from visunn_lint.outline import Entry, Outline, outline


def outlined(kinds: Mapping[str, str], feeds: Mapping[str, tuple[str, ...]] | None = None) -> Outline:
    """Return the outline of a model with modules of these kinds, which hold a parameter each."""
    modules = {path: Entry(kind, params={"weight": "float32[2]"}) for path, kind in {"": "Net", **kinds}.items()}
    return Outline("", 2 * len(modules), modules, feeds or {})


def outline_of(model: nn.Module, *shape: int) -> Outline:
    """Return the outline of a model that is run with one float tensor."""
    return outline(trace(model, (torch.ones(shape),)))


class Block(nn.Module):
    """A residual block."""

    def __init__(self, width: int, **convolution: Any) -> None:  # noqa: ANN401 -- what Conv2d takes
        super().__init__()
        self.conv = nn.Conv2d(width, width, 3, padding=1, **convolution)
        self.norm = nn.BatchNorm2d(width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Add to the input what is made of it."""
        return x + torch.relu(self.norm(self.conv(x)))


class Net(nn.Module):
    """A stem, blocks and a head."""

    def __init__(self, *blocks: nn.Module, head: str = "head") -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 3)
        self.blocks = nn.Sequential(*blocks)
        self.add_module(head, nn.Linear(4, 2))
        self.last = head

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Run stem, blocks and head."""
        result: torch.Tensor = self.get_submodule(self.last)(self.blocks(self.stem(x)).mean((2, 3)))
        return result
