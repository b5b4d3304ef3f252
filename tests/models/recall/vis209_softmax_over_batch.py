"""Probabilities that the samples of a batch share."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

INPUTS = "b x 1 x 28 x 28"
INPUTS2 = "b x 9 x 8"


class Bug(nn.Module):
    """A classifier of digits that is sure of one image of the batch for each digit."""

    axis = 0

    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(784, 64), nn.Linear(64, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu(self.fc1(x.flatten(1)))
        return F.log_softmax(self.fc2(x), dim=self.axis)  # <- Bug


class Fixed(Bug):
    """The same, along the digits."""

    axis = 1


class Bug2(nn.Module):
    """Pooling by attention, computed on all steps of all samples at once, and normalised so."""

    def __init__(self) -> None:
        super().__init__()
        self.score = nn.Sequential(nn.Linear(8, 8), nn.Tanh(), nn.Linear(8, 1))
        self.fc = nn.Linear(8, 3)

    def weights(self, x: Tensor) -> Tensor:
        batch, steps, dim = x.shape
        scores = self.score(x.reshape(batch * steps, dim))
        return torch.softmax(scores, dim=0).view(batch, steps, 1)  # <- Bug2

    def forward(self, x: Tensor) -> Tensor:
        return self.fc((self.weights(x) * x).sum(1))


class Fixed2(Bug2):
    """The same, normalised over the steps of each sample."""

    def weights(self, x: Tensor) -> Tensor:
        batch, steps, dim = x.shape
        return torch.softmax(self.score(x.reshape(batch * steps, dim)).view(batch, steps, 1), dim=1)
