"""Softmax without an axis (OpenNMT-py#487)."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

INPUTS = "b x 6 x 16, b x 11 x 16"
INPUTS2 = "b x 1 x 28 x 28"


class Bug(nn.Module):
    """Global attention of a decoder over its source, by the module of torch."""

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.linear_in = nn.Linear(16, 16, bias=False)
        self.linear_out = nn.Linear(32, 16, bias=False)
        self.sm = nn.Softmax(dim=dim)  # <- Bug in sm

    def forward(self, target: Tensor, source: Tensor) -> Tensor:
        scores = self.linear_in(target) @ source.transpose(1, 2)
        weights = self.sm(scores)
        return torch.tanh(self.linear_out(torch.cat([weights @ source, target], -1)))


class Fixed(Bug):
    """The same, over the source."""

    def __init__(self) -> None:
        super().__init__(dim=-1)


class Bug2(nn.Module):
    """The digits of the oldest example, as it was written in 2017."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 10, 5), nn.Conv2d(10, 20, 5)
        self.fc1, self.fc2 = nn.Linear(320, 50), nn.Linear(50, 10)

    def features(self, x: Tensor) -> Tensor:
        x = F.relu(F.max_pool2d(self.conv1(x), 2))
        x = F.relu(F.max_pool2d(self.conv2(x), 2))
        return self.fc2(F.relu(self.fc1(x.view(-1, 320))))

    def forward(self, x: Tensor) -> Tensor:
        return F.log_softmax(self.features(x))  # <- Bug2


class Fixed2(Bug2):
    """The same, told of the digits."""

    def forward(self, x: Tensor) -> Tensor:
        return F.log_softmax(self.features(x), dim=1)
