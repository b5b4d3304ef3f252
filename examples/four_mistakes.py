"""An image classifier with four mistakes that run without an error: what visunn is for."""

import torch
from torch import Tensor, nn
from torch.nn import functional


class Classifier(nn.Module):
    """A convolutional network that trains, and is not the one that its author meant."""

    example_inputs = (torch.zeros(2, 3, 32, 32),)

    def __init__(self, num_classes: int = 10) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 64, 3, padding=1)
        self.norm = nn.BatchNorm2d(64)
        self.blocks = [nn.Conv2d(64, 64, 3, padding=1) for _ in range(2)]
        self.attention = nn.Linear(64, 64)
        self.head = nn.Linear(64, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """Return logits N×classes for images N×3×32×32."""
        x = functional.relu(self.norm(self.stem(x)))
        for block in self.blocks:
            x = functional.relu(block(x))
        x = functional.dropout(x.mean(dim=(2, 3)), 0.2)
        return self.head(x)
