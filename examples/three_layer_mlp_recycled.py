"""A perceptron of three layers for CIFAR-10 that uses one ReLU twice: a cycle in its module graph."""

import torch
from torch import Tensor, nn


class ThreeLayerMLP(nn.Module):
    """Three linear layers with one activation module between them all."""

    example_inputs = (torch.zeros(2, 3, 32, 32),)

    def __init__(self, num_classes: int = 10) -> None:
        super().__init__()
        self.flatten = nn.Flatten()
        self.linear1 = nn.Linear(3 * 32 * 32, 1024)
        self.linear2 = nn.Linear(1024, 256)
        self.linear3 = nn.Linear(256, num_classes)
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        """Return logits N×classes for images N×3×32×32."""
        x = self.flatten(x)
        x = self.linear1(x)
        x = self.relu(x)
        x = self.linear2(x)
        x = self.relu(x)
        return self.linear3(x)
