"""A perceptron of three layers for CIFAR-10."""

import torch
from torch import Tensor, nn


class ThreeLayerMLP(nn.Module):
    """Three linear layers; each activation is a module of its own."""

    example_inputs = (torch.zeros(2, 3, 32, 32),)

    def __init__(self, num_classes: int = 10) -> None:
        super().__init__()
        self.flatten = nn.Flatten()
        self.linear1 = nn.Linear(3 * 32 * 32, 1024)
        self.relu1 = nn.ReLU()
        self.linear2 = nn.Linear(1024, 256)
        self.relu2 = nn.ReLU()
        self.linear3 = nn.Linear(256, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """Return logits N×classes for images N×3×32×32."""
        x = self.flatten(x)
        x = self.linear1(x)
        x = self.relu1(x)
        x = self.linear2(x)
        x = self.relu2(x)
        return self.linear3(x)
