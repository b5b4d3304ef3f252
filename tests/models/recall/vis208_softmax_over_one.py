"""Softmax of a single number (PyTorch-NLP#2)."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

INPUTS = "b x 15:int64"
INPUTS2 = "b x 3 x 16 x 16"


class Bug(nn.Module):
    """Additive attention over the states of an LSTM, along the axis of its scores."""

    axis = -1

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(40, 12)
        self.lstm = nn.LSTM(12, 16, batch_first=True)
        self.attention, self.score = nn.Linear(16, 16), nn.Linear(16, 1)
        self.out = nn.Linear(16, 2)

    def forward(self, tokens: Tensor) -> Tensor:
        states, _ = self.lstm(self.embed(tokens))
        scores = self.score(torch.tanh(self.attention(states)))
        weights = F.softmax(scores, dim=self.axis)  # <- Bug
        return self.out((weights * states).sum(1))


class Fixed(Bug):
    """The same, along the steps."""

    axis = 1


class Bug2(nn.Module):
    """A detector of defects, yes or no, with a softmax behind its one logit."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.classifier = nn.Linear(8, 1)
        self.activation = nn.Softmax(dim=1)  # <- Bug2 in activation

    def forward(self, x: Tensor) -> Tensor:
        x = self.classifier(self.features(x))
        return self.activation(x)


class Fixed2(Bug2):
    """The same, with a sigmoid."""

    def __init__(self) -> None:
        super().__init__()
        self.activation = nn.Sigmoid()  # type: ignore[assignment]  # in the place of a softmax
