"""The model that the assertions speak of."""

import pytest
import torch
from torch import Tensor, nn

import visunn_lint
from visunn_lint import Topology


class Block(nn.Module):
    """Two convolutions around a skip, with one ReLU for both."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(8, 8, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(8)
        self.relu = nn.ReLU()
        self.conv2 = nn.Conv2d(8, 8, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(8)

    def forward(self, x: Tensor) -> Tensor:
        """Return activations of the same shape."""
        y = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        z: Tensor = self.relu(x + y)
        return z


class Net(nn.Module):
    """A trunk of two blocks, a head, a branch that leads nowhere, and an input that passes by."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, padding=1)
        self.layer1 = nn.Sequential(Block(), Block())
        self.drop = nn.Dropout(0.1)
        self.same = nn.Identity()
        self.aux = nn.Linear(8, 3)
        self.unused = nn.Linear(8, 3)
        self.head = nn.Linear(8, 10)

    def forward(self, x: Tensor, mask: Tensor) -> dict[str, Tensor]:
        """Return logits, and twice the mask."""
        y = self.layer1(self.stem(x)).mean((2, 3))
        torch.softmax(self.aux(y), -1)
        return {"logits": self.head(self.same(self.drop(y))), "twice": mask * 2}


@pytest.fixture(scope="session")
def topology() -> Topology:
    """Return the topology of ``Net``."""
    return visunn_lint.trace(Net(), inputs="2x3x8x8, 2x4")
