"""Probabilities into a loss that takes the sigmoid itself (Merlin models#1175)."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import visunn_lint

INPUTS = "b x 3 x 32 x 32"
INPUTS2 = "b x 24"
INPUTS3 = "b x 3 x 32 x 32"


class DoubleConv(nn.Sequential):
    """Two convolutions, each with norm and activation."""

    def __init__(self, inside: int, outside: int) -> None:
        super().__init__(
            nn.Conv2d(inside, outside, 3, padding=1, bias=False),
            nn.BatchNorm2d(outside),
            nn.ReLU(inplace=True),
            nn.Conv2d(outside, outside, 3, padding=1, bias=False),
            nn.BatchNorm2d(outside),
            nn.ReLU(inplace=True),
        )


class TinyUNet(nn.Module):
    """A U-Net of one step down and up."""

    def __init__(self) -> None:
        super().__init__()
        self.down, self.bottom, self.up = DoubleConv(3, 8), DoubleConv(8, 16), DoubleConv(24, 8)
        self.out = nn.Conv2d(8, 1, 1)
        self.criterion = nn.BCEWithLogitsLoss()

    def decoded(self, x: Tensor) -> Tensor:
        """The scores of all pixels."""
        skip = self.down(x)
        deep = F.interpolate(self.bottom(F.max_pool2d(skip, 2)), scale_factor=2)
        out: Tensor = self.out(self.up(torch.cat([skip, deep], 1)))
        return out

    def loss(self, images: Tensor, masks: Tensor) -> Tensor:
        """How far the predicted masks are from the true ones."""
        predicted = self(images).squeeze(1)
        out: Tensor = self.criterion(predicted, masks)
        return out


class Bug(TinyUNet):
    """Forward returns probabilities."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.sigmoid(self.decoded(x))  # <- Bug


class Fixed(TinyUNet):
    """Forward returns scores."""

    def forward(self, x: Tensor) -> Tensor:
        return self.decoded(x)


class TwoTowers(nn.Module):
    """Users and items, scored by a small network over both."""

    def __init__(self) -> None:
        super().__init__()
        self.user, self.item = nn.Linear(12, 16), nn.Linear(12, 16)
        self.top = nn.Sequential(nn.Linear(32, 16), nn.ReLU(), nn.Linear(16, 1))

    def score(self, x: Tensor) -> Tensor:
        """The score of each pair."""
        user, item = x.chunk(2, dim=1)
        out: Tensor = self.top(torch.cat([F.relu(self.user(user)), F.relu(self.item(item))], 1))
        return out


@visunn_lint.model(loss="BCEWithLogitsLoss")
class Bug2(TwoTowers):
    """A click model that predicts probabilities; its trainer uses BCEWithLogitsLoss."""

    def forward(self, x: Tensor) -> Tensor:
        return self.score(x).sigmoid().squeeze(-1)  # <- Bug2


@visunn_lint.model(loss="BCEWithLogitsLoss")
class Fixed2(TwoTowers):
    """The same, scored."""

    def forward(self, x: Tensor) -> Tensor:
        return self.score(x).squeeze(-1)


class Discriminator(nn.Module):
    """A DCGAN's discriminator, with the loss for real images within it."""

    def __init__(self, *last: nn.Module) -> None:
        super().__init__()
        self.main = nn.Sequential(
            nn.Conv2d(3, 16, 4, 2, 1),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(16, 32, 4, 2, 1, bias=False),
            nn.BatchNorm2d(32),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(32, 1, 8),
        )
        self.last = nn.Sequential(*last)

    def forward(self, images: Tensor) -> Tensor:
        scores = self.last(self.main(images)).flatten()
        return F.binary_cross_entropy_with_logits(scores, torch.ones_like(scores))


class Bug3(Discriminator):
    """It ends in a sigmoid, as the paper has it, and the loss was changed."""

    def __init__(self) -> None:
        super().__init__(nn.Sigmoid())  # <- Bug3 in last.0


class Fixed3(Discriminator):
    """It ends in scores."""

    def __init__(self) -> None:
        super().__init__(nn.Identity())
