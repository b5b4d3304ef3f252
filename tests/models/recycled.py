"""Models that use a module more than once, in each of the ways that there are."""

from __future__ import annotations

from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from tests.models.case import Case, floats


class RecycledRelu(nn.Module):
    """One ReLU after each of two linear layers."""

    def __init__(self) -> None:
        super().__init__()
        self.linear1 = nn.Linear(4, 4)
        self.linear2 = nn.Linear(4, 4)
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        x = self.relu(self.linear1(x))
        return self.relu(self.linear2(x))


class Siamese(nn.Module):
    """One encoder of two layers, run on each of two inputs."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(4, 4), nn.ReLU())
        self.head = nn.Bilinear(4, 4, 2)

    def forward(self, left: Tensor, right: Tensor) -> Tensor:
        return self.head(self.encoder(left), self.encoder(right))


class TwoNames(nn.Module):
    """One linear layer that is registered, and called, under two names."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(4, 4)
        self.between = nn.ReLU()
        self.second = self.first

    def forward(self, x: Tensor) -> Tensor:
        return self.second(self.between(self.first(x)))


class Loop(nn.Module):
    """One cell that is fed its own output, three times."""

    def __init__(self) -> None:
        super().__init__()
        self.cell = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        for _ in range(3):
            x = self.cell(x)
        return x


class Recursive(nn.Module):
    """A module that calls itself until a depth is reached."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 4)

    def forward(self, x: Tensor, depth: int = 2) -> Tensor:
        x = self.linear(x)
        return self(x, depth - 1) if depth else x


class Checkpointed(nn.Module):
    """A block that is called through torch.utils.checkpoint, after a plain layer."""

    def __init__(self, *, use_reentrant: bool) -> None:
        super().__init__()
        self.stem = nn.Linear(4, 4)
        self.block = nn.Sequential(nn.Linear(4, 4), nn.ReLU())
        self.use_reentrant = use_reentrant

    def forward(self, x: Tensor) -> Tensor:
        return checkpoint(self.block, self.stem(x), use_reentrant=self.use_reentrant)


def _reentrant() -> nn.Module:
    return Checkpointed(use_reentrant=True)


def _not_reentrant() -> nn.Module:
    return Checkpointed(use_reentrant=False)


_rows = floats((2, 4))
RECYCLED_RELU = Case("recycled relu", RecycledRelu, _rows)
SIAMESE = Case("siamese", Siamese, floats((2, 4), (2, 4)))
TWO_NAMES = Case("two names", TwoNames, _rows)
LOOP = Case("loop", Loop, _rows)
RECURSIVE = Case("recursion", Recursive, _rows)
CHECKPOINTED = Case("checkpoint", _not_reentrant, _rows)
CHECKPOINTED_REENTRANT = Case("reentrant checkpoint", _reentrant, _rows)
RECYCLED = (RECYCLED_RELU, SIAMESE, TWO_NAMES, LOOP, RECURSIVE, CHECKPOINTED, CHECKPOINTED_REENTRANT)
