"""Layers that are built where they are called, anew each time (pytorch#1291)."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

INPUTS = "b x 3 x 32 x 32"
INPUTS2 = "b x 7 x 16"


class Residual(nn.Module):
    """A residual block that builds its shortcut when it needs one."""

    def __init__(self, channels: int, out: int, stride: int) -> None:
        super().__init__()
        self.out, self.stride = out, stride
        self.conv1 = nn.Conv2d(channels, out, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(out)
        self.conv2 = nn.Conv2d(out, out, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(out)

    def shortcut(self, x: Tensor) -> Tensor:
        if x.shape[1] == self.out and self.stride == 1:
            return x
        projection = nn.Conv2d(x.shape[1], self.out, 1, self.stride)
        return projection(x)  # <- Bug in layer2.<Conv2d>

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu(self.bn1(self.conv1(x)))
        return F.relu(self.bn2(self.conv2(y)) + self.shortcut(x))


class ResidualWithProjection(Residual):
    """The same, whose shortcut is built with the block."""

    def __init__(self, channels: int, out: int, stride: int) -> None:
        super().__init__(channels, out, stride)
        needed = channels != out or stride != 1
        self.projection = nn.Conv2d(channels, out, 1, stride) if needed else nn.Identity()

    def shortcut(self, x: Tensor) -> Tensor:
        return self.projection(x)


class Bug(nn.Module):
    """A small ResNet."""

    block: type[Residual] = Residual

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 16, 3, 1, 1)
        self.layer1 = self.block(16, 16, 1)
        self.layer2 = self.block(16, 32, 2)
        self.fc = nn.Linear(32, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.layer2(self.layer1(F.relu(self.stem(x))))
        return self.fc(F.adaptive_avg_pool2d(x, 1).flatten(1))


class Fixed(Bug):
    """The same, with shortcuts that are trained."""

    block = ResidualWithProjection


class Bug2(nn.Module):
    """An attention pooling whose score is a layer of its own in every call."""

    def __init__(self) -> None:
        super().__init__()
        self.rnn = nn.GRU(16, 16, batch_first=True)
        self.out = nn.Linear(16, 2)

    def forward(self, x: Tensor) -> Tensor:
        states, _ = self.rnn(x)
        scores = nn.Linear(16, 1).to(x.device)(torch.tanh(states))  # <- Bug2 in <Linear>
        return self.out((scores.softmax(1) * states).sum(1))


class Fixed2(Bug2):
    """The same, with a score that is built once."""

    def __init__(self) -> None:
        super().__init__()
        self.score = nn.Linear(16, 1)

    def forward(self, x: Tensor) -> Tensor:
        states, _ = self.rnn(x)
        return self.out((self.score(torch.tanh(states)).softmax(1) * states).sum(1))
