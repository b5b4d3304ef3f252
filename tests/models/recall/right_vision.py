"""Right models of images that look wrong to who only reads their layers."""

import torch
import torch.nn.functional as F
from torch import nn

INPUTS = "b x 3 x 32 x 32"


class Right(nn.Module):
    """A siamese network: one encoder called twice, on purpose, and an auxiliary head for training alone."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Conv2d(3, 8, 3, bias=False), nn.BatchNorm2d(8), nn.ReLU())
        self.head = nn.Linear(8, 4)
        self.aux = nn.Linear(8, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor | tuple[torch.Tensor, torch.Tensor]:
        features = self.encoder(x).mean((2, 3))
        logits: torch.Tensor = self.head(features)
        if self.training:
            return logits, self.aux(F.dropout(features, 0.1, training=True))
        return logits
