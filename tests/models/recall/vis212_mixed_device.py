"""Two devices in one op: seen without either of them."""

import torch
from torch import Tensor, nn

INPUTS = "b x 7 x 8"
INPUTS2 = "b x 16"


class Bug(nn.Module):
    """An encoder that moves itself to the GPU and adds noise that was left behind."""

    def __init__(self) -> None:
        super().__init__()
        self.rnn = nn.GRU(8, 8, batch_first=True)

    def noise(self, x: Tensor) -> Tensor:
        return 0.1 * torch.randn(x.shape)

    def forward(self, x: Tensor) -> Tensor:
        states, _ = self.rnn(x.cuda())
        return states + self.noise(states)  # <- Bug


class Fixed(Bug):
    """The same, with noise where the states are."""

    def noise(self, x: Tensor) -> Tensor:
        return 0.1 * torch.randn(x.shape, device=x.device)


class Bug2(nn.Module):
    """A model on two GPUs with a skip that stays on the first."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(16, 16).to("cuda:0")
        self.second = nn.Linear(16, 16).to("cuda:1")

    def join(self, x: Tensor, skip: Tensor) -> Tensor:
        return x + skip  # <- Bug2

    def forward(self, x: Tensor) -> Tensor:
        skip = torch.relu(self.first(x.to("cuda:0")))
        return self.join(self.second(skip.to("cuda:1")), skip)


class Fixed2(Bug2):
    """The same, with the skip brought along."""

    def join(self, x: Tensor, skip: Tensor) -> Tensor:
        return x + skip.to(x.device)
