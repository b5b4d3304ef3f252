"""Skips that an in-place activation overwrites (vq-vae-2-pytorch#60)."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

INPUTS = "b x 3 x 32 x 32"
INPUTS2 = "b x 8 x 16 x 16"
INPUTS3 = "b x 6 x 16"


class ResBlock(nn.Module):
    """A residual block that begins with an activation."""

    def __init__(self, channels: int, hidden: int, *, inplace: bool) -> None:
        super().__init__()
        self.conv = nn.Sequential(
            nn.ReLU(inplace=inplace),
            nn.Conv2d(channels, hidden, 3, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(hidden, channels, 1),
        )

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.conv(x)  # <- Bug in res.conv.0
        out += x
        return out


class Encoder(nn.Module):
    """Strided convolutions, a residual block, an activation."""

    def __init__(self, *, inplace: bool) -> None:
        super().__init__()
        self.down = nn.Sequential(nn.Conv2d(3, 8, 4, 2, 1), nn.ReLU(inplace=True), nn.Conv2d(8, 16, 3, padding=1))
        self.res = ResBlock(16, 8, inplace=inplace)

    def forward(self, images: Tensor) -> Tensor:
        return torch.relu(self.res(self.down(images)))


class Bug(Encoder):
    """The first activation of the block works in place."""

    def __init__(self) -> None:
        super().__init__(inplace=True)


class Fixed(Encoder):
    """It does not."""

    def __init__(self) -> None:
        super().__init__(inplace=False)


class PreAct(nn.Module):
    """Two convolutions of a block with a projected skip."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(8, 8, 3, 1, 1), nn.Conv2d(8, 8, 3, 1, 1)
        self.stem, self.shortcut = nn.Conv2d(8, 8, 1), nn.Conv2d(8, 8, 1)


class Bug2(PreAct):
    """The activation's result has a name of its own, and the memory of its operand."""

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(x)
        out = F.leaky_relu(x, 0.2, inplace=True)  # <- Bug2
        out = self.conv2(F.leaky_relu(self.conv1(out), 0.2, inplace=True))
        return out + self.shortcut(x)


class Fixed2(PreAct):
    """It has memory of its own."""

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(x)
        out = F.leaky_relu(x, 0.2)
        out = self.conv2(F.leaky_relu(self.conv1(out), 0.2, inplace=True))
        return out + self.shortcut(x)


class FeedForward(nn.Module):
    """The feed-forward part of a transformer's block, with an activation first."""

    def __init__(self, *, inplace: bool) -> None:
        super().__init__()
        self.act = nn.SiLU(inplace=inplace)
        self.up, self.down = nn.Linear(16, 32), nn.Linear(32, 16)

    def forward(self, x: Tensor) -> Tensor:
        x = self.up(self.act(x))
        out: Tensor = self.down(x)
        return out


class Mixer(nn.Module):
    """A projection, and the feed-forward part added to it."""

    def __init__(self, *, inplace: bool) -> None:
        super().__init__()
        self.project, self.ff = nn.Linear(16, 16), FeedForward(inplace=inplace)

    def forward(self, x: Tensor) -> Tensor:
        x = self.project(x)
        return x + self.ff(x)  # <- Bug3 in ff.act


class Bug3(Mixer):
    """The activation works on what is the residual stream outside."""

    def __init__(self) -> None:
        super().__init__(inplace=True)


class Fixed3(Mixer):
    """It makes a new tensor."""

    def __init__(self) -> None:
        super().__init__(inplace=False)
