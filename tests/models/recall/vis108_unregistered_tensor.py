"""Tensors on plain attributes: they stay on the CPU when the model moves (RT-DETR#677)."""

import math

import torch
from torch import Tensor, nn

INPUTS = "b x 3 x 64 x 64"
INPUTS3 = "b x 20:int64"


def make_anchors(height: int, width: int, stride: int) -> Tensor:
    """The centres of the cells of a feature map."""
    ys, xs = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    return (torch.stack([xs, ys], -1).reshape(1, -1, 2) + 0.5) * stride


class Bug(nn.Module):
    """A detector that makes its anchors once, in the constructor."""

    def __init__(self) -> None:
        super().__init__()
        self.backbone = nn.Sequential(nn.Conv2d(3, 16, 3, stride=4, padding=1), nn.ReLU(), nn.Conv2d(16, 16, 3, 2, 1))
        self.boxes = nn.Conv2d(16, 4, 1)
        self.scores = nn.Conv2d(16, 5, 1)
        self.anchors = make_anchors(8, 8, 8)  # <- Bug

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        features = self.backbone(images)
        offsets = self.boxes(features).flatten(2).transpose(1, 2)
        centres = offsets[..., :2] * 8 + self.anchors
        return torch.cat([centres, offsets[..., 2:].exp()], -1), self.scores(features).flatten(2).transpose(1, 2)


class Fixed(Bug):
    """The same, with the anchors in a buffer."""

    def __init__(self) -> None:
        super().__init__()
        del self.anchors
        self.register_buffer("anchors", make_anchors(8, 8, 8), persistent=False)


class Bug2(nn.Module):
    """A perceptual loss network that normalises its images with plain tensors."""

    def __init__(self) -> None:
        super().__init__()
        self.mean = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)  # <- Bug2
        self.std = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)  # <- Bug2
        self.features = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 8, 3))

    def forward(self, images: Tensor) -> Tensor:
        return self.features((images - self.mean) / self.std)


class Fixed2(Bug2):
    """The same, which takes them along to where the images are."""

    def forward(self, images: Tensor) -> Tensor:
        return self.features((images - self.mean.to(images)) / self.std.to(images))


class PositionalEncoding(nn.Module):
    """Sines and cosines, kept as an attribute."""

    def __init__(self, dim: int, length: int = 64) -> None:
        super().__init__()
        position = torch.arange(length).unsqueeze(1)
        frequency = torch.exp(torch.arange(0, dim, 2) * (-math.log(10000.0) / dim))
        pe = torch.zeros(1, length, dim)
        pe[0, :, 0::2] = torch.sin(position * frequency)
        pe[0, :, 1::2] = torch.cos(position * frequency)
        self.pe = pe  # <- Bug3 in positions

    def forward(self, x: Tensor) -> Tensor:
        return x + self.pe[:, : x.size(1)]


class PositionalBuffer(PositionalEncoding):
    """The same, kept as a buffer."""

    def __init__(self, dim: int, length: int = 64) -> None:
        super().__init__(dim, length)
        pe = self.pe
        del self.pe
        self.register_buffer("pe", pe)


class Bug3(nn.Module):
    """A text classifier with the positions of the tutorial, all but register_buffer."""

    positions_class: type[PositionalEncoding] = PositionalEncoding

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(100, 16)
        self.positions = self.positions_class(16)
        self.encoder = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)
        self.fc = nn.Linear(16, 4)

    def forward(self, tokens: Tensor) -> Tensor:
        return self.fc(self.encoder(self.positions(self.embed(tokens))).mean(1))


class Fixed3(Bug3):
    """The same, with positions in a buffer."""

    positions_class = PositionalBuffer
