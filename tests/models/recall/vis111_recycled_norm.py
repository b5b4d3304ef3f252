"""One batch norm for several layers: good in train, bad in eval (pytorch#1738)."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

INPUTS = "b x 3 x 24 x 24"
INPUTS2 = "b x 1 x 24 x 24, b x 1 x 24 x 24"


class Bug(nn.Module):
    """Five convolutions of one width that share a norm."""

    def __init__(self) -> None:
        super().__init__()
        self.conv0 = nn.Conv2d(3, 16, 3, padding=1, bias=False)
        self.conv1 = nn.Conv2d(16, 16, 3, padding=1, bias=False)
        self.conv2 = nn.Conv2d(16, 16, 3, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(16)
        self.fc = nn.Linear(16, 5)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.bn(self.conv0(x)))  # <- Bug in bn
        x = F.relu(self.bn(self.conv1(x)))
        x = F.relu(self.bn(self.conv2(x)))
        return self.fc(x.mean((2, 3)))


class Fixed(Bug):
    """The same, with a norm for each."""

    def __init__(self) -> None:
        super().__init__()
        del self.bn
        self.bn0, self.bn1, self.bn2 = nn.BatchNorm2d(16), nn.BatchNorm2d(16), nn.BatchNorm2d(16)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.bn0(self.conv0(x)))
        x = F.relu(self.bn1(self.conv1(x)))
        x = F.relu(self.bn2(self.conv2(x)))
        return self.fc(x.mean((2, 3)))


class Bug2(nn.Module):
    """A siamese verifier that normalises the two images of a pair apart."""

    def __init__(self) -> None:
        super().__init__()
        self.cnn = nn.Sequential(
            nn.Conv2d(1, 8, 3, bias=False), nn.BatchNorm2d(8), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()
        )
        self.fc = nn.Linear(8, 1)

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        left = self.cnn(first)  # <- Bug2 in cnn
        right = self.cnn(second)
        return self.fc((left - right).abs())


class Fixed2(Bug2):
    """The same, with both images in one batch."""

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        left, right = self.cnn(torch.cat([first, second])).chunk(2)
        return self.fc((left - right).abs())
