"""Norms that see one value for each channel (pytorch#13223)."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

INPUTS = "b x 3 x 64 x 64"
INPUTS2 = "b x 8 x 16 x 16"
INPUTS3 = "b x 10"


class Pooling(nn.Module):
    """The image-level branch of atrous pooling, with a norm or without one."""

    def __init__(self, norm: nn.Module) -> None:
        super().__init__()
        self.gap = nn.AdaptiveAvgPool2d(1)
        self.conv = nn.Conv2d(16, 8, 1, bias=isinstance(norm, nn.Identity))
        self.norm, self.relu = norm, nn.ReLU()  # <- Bug in pooling.norm

    def forward(self, x: Tensor) -> Tensor:
        size = x.shape[-2:]
        x = self.relu(self.norm(self.conv(self.gap(x))))
        return F.interpolate(x, size=size, mode="bilinear", align_corners=False)


class Segmenter(nn.Module):
    """Convolutions at several rates beside the image-level branch."""

    def __init__(self, norm: nn.Module) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 16, 3, 4, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU())
        self.rates = nn.ModuleList(nn.Conv2d(16, 8, 3, padding=rate, dilation=rate) for rate in (1, 2, 4))
        self.pooling = Pooling(norm)
        self.head = nn.Conv2d(32, 5, 1)

    def forward(self, images: Tensor) -> Tensor:
        x = self.stem(images)
        branches = [F.relu(conv(x)) for conv in self.rates]
        out: Tensor = self.head(torch.cat([*branches, self.pooling(x)], 1))
        return out


class Bug(Segmenter):
    """A batch norm behind the global pooling."""

    def __init__(self) -> None:
        super().__init__(nn.BatchNorm2d(8))


class Fixed(Segmenter):
    """None there."""

    def __init__(self) -> None:
        super().__init__(nn.Identity())


class Bug2(nn.Module):
    """Squeeze and excitation with a norm between its layers."""

    def __init__(self) -> None:
        super().__init__()
        self.squeeze = nn.Sequential(
            nn.Conv2d(8, 4, 1, bias=False),
            nn.BatchNorm2d(4),  # <- Bug2 in squeeze.1
            nn.ReLU(),
            nn.Conv2d(4, 8, 1),
            nn.Sigmoid(),
        )

    def forward(self, x: Tensor) -> Tensor:
        gate: Tensor = self.squeeze(x.mean((2, 3), keepdim=True))
        return x * gate


class Fixed2(nn.Module):
    """Without."""

    def __init__(self) -> None:
        super().__init__()
        self.squeeze = nn.Sequential(nn.Conv2d(8, 4, 1), nn.ReLU(), nn.Conv2d(4, 8, 1), nn.Sigmoid())

    def forward(self, x: Tensor) -> Tensor:
        gate: Tensor = self.squeeze(x.mean((2, 3), keepdim=True))
        return x * gate


class QNetwork(nn.Module):
    """Values of actions, with a norm over groups of the hidden features."""

    def __init__(self, groups: int) -> None:
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(10, 32), nn.Linear(32, 4)
        self.norm = nn.GroupNorm(groups, 32)  # <- Bug3 in norm

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.fc2(F.relu(self.norm(self.fc1(x))))
        return out


class Bug3(QNetwork):
    """As many groups as features."""

    def __init__(self) -> None:
        super().__init__(32)


class Fixed3(QNetwork):
    """A few groups."""

    def __init__(self) -> None:
        super().__init__(4)
