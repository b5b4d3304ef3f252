"""A classifier that answers with samples: what a linter calls a mistake is meant, and says so."""

import torch
from torch import Tensor, nn
from torch.nn import functional


class MonteCarloClassifier(nn.Module):
    """A multilayer perceptron whose dropout stays on in eval, so that its answers spread as far as it is unsure."""

    example_inputs = (torch.zeros(2, 784),)

    def __init__(self, num_classes: int = 10) -> None:
        super().__init__()
        self.hidden = nn.Linear(784, 256)
        self.head = nn.Linear(256, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """Return one sample of logits N×classes for images N×784."""
        x = functional.relu(self.hidden(x))
        x = functional.dropout(x, 0.2)  # visunn: ignore[always-on-dropout] Monte Carlo: each answer is a sample
        return self.head(x)
