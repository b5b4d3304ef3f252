"""Documents to be drawn, of models that are easy to read and of ones that are not."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

import visunn_lint
from tests.models.structures import NASTY_KEYS
from visunn_lint.document import Document, Older, build
from visunn_lint.finding import Finding, Severity
from visunn_lint.outline import outline

ATTACKS = (
    *NASTY_KEYS,
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "\u202egnp.exe",
    "a\0b",
    "\ud800",
    "\ufffe",
    "\x1b[31mred",
    "a\nb",
    "[bold]x[/bold]",
    "]]>",
    "<!--",
    "%%{init: {}}%%",
    "end",
    '"] --> z["',
    "\\",
    "\\N",
    "#quot;",
    "`code`",
    "x" * 100_000,
)


class Block(nn.Module):
    """A residual block."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Linear(width, width)
        self.act = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        """Return its sum with its input."""
        made: Tensor = self.act(self.first(x)) + x
        return made


class Net(nn.Module):
    """Three blocks that are alike and a head."""

    def __init__(self, depth: int = 3) -> None:
        super().__init__()
        self.blocks = nn.Sequential(*[Block(4) for _ in range(depth)])
        self.head = nn.Linear(4, 2)

    def forward(self, x: Tensor) -> Tensor:
        """Return what the head makes of it."""
        made: Tensor = self.head(self.blocks(x))
        return made


class Named(nn.Module):
    """Layers under names that mean something in some format or other."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleDict({key.replace(".", "_"): nn.Linear(4, 4) for key in ATTACKS})

    def forward(self, x: Tensor) -> Tensor:
        """Return what all of them make of it."""
        for layer in self.layers.values():
            x = layer(x)
        return x


class Dense(nn.Module):
    """Layers each of which reads all before it."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the sum of everything."""
        made = [x]
        for _ in range(60):
            made.append(torch.stack(made).sum(0))
        return made[-1]


def plain() -> Document:
    """Return the document of a small model, with a finding."""
    topology = visunn_lint.trace(Net(), inputs="2x4")
    finding = Finding("VIS999", "no-such-rule", Severity.WARNING, "look <here>", "head")
    return build(topology, root=Path.cwd(), findings=[finding])


def changed() -> Document:
    """Return the document of a model that lost two of its blocks."""
    before, after = (visunn_lint.trace(Net(depth), inputs="2x4") for depth in (3, 1))
    return build(after, root=Path.cwd(), against=Older("before", outline(before)))


def nasty() -> Document:
    """Return the document of a model with names that are attacks."""
    return build(visunn_lint.trace(Named(), inputs="2x4"), root=Path.cwd())


def dense() -> Document:
    """Return the document of a model with more edges than boxes."""
    return build(visunn_lint.trace(Dense(), inputs="2x4"), root=Path.cwd())


def chain(length: int) -> Document:
    """Return the document of a chain of ops."""
    ops = nn.Sequential(*[nn.Sequential(nn.Tanh(), nn.ReLU()) for _ in range(length // 2)])
    return build(visunn_lint.trace(ops, inputs="2x4"), root=Path.cwd())
