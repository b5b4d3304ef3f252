"""squeeze() that takes the batch along when it is one (tacotron2#303)."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

INPUTS = "b x 3 x 32 x 32"
INPUTS2 = "b x 7 x 20"


class Bug(nn.Module):
    """A classifier that gets rid of the axes that pooling left."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, 16, 3, 2, 1), nn.ReLU(), nn.Conv2d(16, 32, 3, 2, 1), nn.ReLU())
        self.fc = nn.Linear(32, 10)

    def pooled(self, x: Tensor) -> Tensor:
        return F.adaptive_avg_pool2d(x, 1).squeeze()  # <- Bug

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.pooled(self.features(x)))


class Fixed(Bug):
    """The same, by the axes that go."""

    def pooled(self, x: Tensor) -> Tensor:
        return F.adaptive_avg_pool2d(x, 1).squeeze(-1).squeeze(-1)


class Bug2(nn.Module):
    """A decoder that predicts when speech ends, one gate for each step."""

    def __init__(self) -> None:
        super().__init__()
        self.rnn = nn.GRU(20, 24, batch_first=True)
        self.mel = nn.Linear(24, 20)
        self.gate = nn.Linear(24, 1)

    def forward(self, mels: Tensor) -> tuple[Tensor, Tensor]:
        states, _ = self.rnn(mels)
        gates = torch.squeeze(self.gate(states))  # <- Bug2
        return self.mel(states), torch.sigmoid(gates)


class Fixed2(Bug2):
    """The same, with the axis named."""

    def forward(self, mels: Tensor) -> tuple[Tensor, Tensor]:
        states, _ = self.rnn(mels)
        return self.mel(states), torch.sigmoid(torch.squeeze(self.gate(states), -1))
