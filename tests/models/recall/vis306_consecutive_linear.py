"""Linear layers in a row (stanza#1610)."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

INPUTS = "b x 9 x 20"
INPUTS2 = "b x 3 x 16 x 16"


class Bug(nn.Module):
    """A tagger whose hidden layer lost its activation."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(20, 16, batch_first=True, bidirectional=True)
        self.hidden = nn.Linear(32, 64)
        self.tags = nn.Linear(64, 12)  # <- Bug in tags

    def forward(self, words: Tensor) -> Tensor:
        states, _ = self.lstm(words)
        return F.log_softmax(self.tags(self.hidden(states)), dim=-1)


class Fixed(Bug):
    """It has one."""

    def forward(self, words: Tensor) -> Tensor:
        states, _ = self.lstm(words)
        return F.log_softmax(self.tags(torch.relu(self.hidden(states))), dim=-1)


class Head(nn.Module):
    """Scores of all pixels."""

    def __init__(self, *between: nn.Module) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 16, 3, padding=1), nn.ReLU())
        self.project, self.between = nn.Conv2d(16, 32, 1), nn.Sequential(*between)
        self.classify = nn.Conv2d(32, 5, 1)  # <- Bug2 in classify

    def forward(self, images: Tensor) -> Tensor:
        out: Tensor = self.classify(self.between(self.project(self.stem(images))))
        return out


class Bug2(Head):
    """Two convolutions of one pixel, one behind the other."""


class Fixed2(Head):
    """With an activation between them."""

    def __init__(self) -> None:
        super().__init__(nn.ReLU())
