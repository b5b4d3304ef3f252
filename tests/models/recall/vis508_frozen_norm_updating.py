"""Frozen norms whose running statistics move (pytorch#86590)."""

import torch
from torch import Tensor, nn

INPUTS = "b x 3 x 64 x 64"


class Backbone(nn.Module):
    """A residual network of two blocks."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(16)  # <- Bug in backbone.bn1
        self.conv2 = nn.Conv2d(16, 16, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(16)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu(self.bn1(self.conv1(x)))
        return torch.relu(x + self.bn2(self.conv2(x)))


class Detector(nn.Module):
    """Boxes and scores from a backbone that comes pretrained."""

    def __init__(self) -> None:
        super().__init__()
        self.backbone = Backbone()
        self.scores, self.boxes = nn.Conv2d(16, 3, 1), nn.Conv2d(16, 4, 1)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        features = self.backbone(images)
        return self.scores(features), self.boxes(features)


class Bug(Detector):
    """Every parameter of the backbone is frozen, and nothing else."""

    def __init__(self) -> None:
        super().__init__()
        for parameter in self.backbone.parameters():
            parameter.requires_grad = False


class Fixed(Bug):
    """Its norms stay in eval mode as well."""

    def train(self, mode: bool = True) -> "Fixed":
        super().train(mode)
        self.backbone.eval()
        return self


class Probe(nn.Module):
    """A linear probe on frozen features, normalised once more."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(3, 8, 3, 2, bias=False),
            nn.BatchNorm2d(8),  # <- Bug2 in encoder.1
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
        ).requires_grad_(False)
        self.head = nn.Sequential(nn.BatchNorm1d(8, affine=False), nn.Linear(8, 10))


class Bug2(Probe):
    """The encoder runs in the mode of the whole."""

    def forward(self, images: Tensor) -> Tensor:
        with torch.no_grad():
            features = self.encoder(images)
        out: Tensor = self.head(features)
        return out


class Fixed2(Probe):
    """The encoder is put into eval mode at each call."""

    def forward(self, images: Tensor) -> Tensor:
        self.encoder.eval()
        with torch.no_grad():
            features = self.encoder(images)
        out: Tensor = self.head(features)
        return out
