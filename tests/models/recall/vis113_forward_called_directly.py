"""Modules run by their forward: hooks do not see it (open_flamingo#91)."""

import torch
from torch import Tensor, nn

INPUTS = "b x 3 x 32 x 32, b x 8:int64"
INPUTS2 = "b x 10"


class VisionEncoder(nn.Module):
    """Patches, and a block of a transformer."""

    def __init__(self) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, 16, 8, 8)
        self.block = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)

    def forward(self, images: Tensor) -> Tensor:
        return self.block(self.patches(images).flatten(2).transpose(1, 2))


class Bug(nn.Module):
    """A model of text and images that reaches round the calls of its encoders."""

    def __init__(self) -> None:
        super().__init__()
        self.vision_encoder = VisionEncoder()
        self.lang_encoder = nn.Embedding(40, 16)
        self.head = nn.Linear(16, 40)

    def forward(self, vision_x: Tensor, lang_x: Tensor) -> Tensor:
        vision = self.vision_encoder.forward(vision_x)  # <- Bug in vision_encoder
        text = self.lang_encoder(lang_x)
        return self.head(torch.cat([vision, text], 1))


class Fixed(Bug):
    """The same, which calls its encoders."""

    def forward(self, vision_x: Tensor, lang_x: Tensor) -> Tensor:
        return self.head(torch.cat([self.vision_encoder(vision_x), self.lang_encoder(lang_x)], 1))


class Net(nn.Module):
    """Two layers."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(10, 20), nn.Linear(20, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc2(torch.relu(self.fc1(x)))


class Bug2(nn.Module):
    """An ensemble that asks its members in a loop."""

    def __init__(self) -> None:
        super().__init__()
        self.members = nn.ModuleList(Net() for _ in range(3))

    def forward(self, x: Tensor) -> Tensor:
        outputs = [member.forward(x) for member in self.members]  # <- Bug2 in members.0
        return torch.stack(outputs).mean(0)


class Fixed2(Bug2):
    """The same, by calls."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.stack([member(x) for member in self.members]).mean(0)
