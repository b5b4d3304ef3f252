"""Models that know the batch size of their training script."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

ALSO = ("VIS213",)
INPUTS = "b x 10 x 8"
INPUTS2 = "b x 1 x 28 x 28"
INPUTS3 = "b x 6 x 8"


class Bug(nn.Module):
    """An LSTM whose first state is made for batches of 16."""

    def __init__(self, batch_size: int = 16) -> None:
        super().__init__()
        self.batch_size = batch_size
        self.lstm = nn.LSTM(8, 12, num_layers=2, batch_first=True)
        self.fc = nn.Linear(12, 3)

    def init_hidden(self, x: Tensor) -> tuple[Tensor, Tensor]:
        shape = (2, self.batch_size, 12)
        return torch.zeros(shape, device=x.device), torch.zeros(shape, device=x.device)

    def forward(self, x: Tensor) -> Tensor:
        states, _ = self.lstm(x, self.init_hidden(x))  # <- Bug in lstm
        return self.fc(states[:, -1])


class Fixed(Bug):
    """The same, with a state for as many as there are."""

    def init_hidden(self, x: Tensor) -> tuple[Tensor, Tensor]:
        shape = (2, x.size(0), 12)
        return torch.zeros(shape, device=x.device), torch.zeros(shape, device=x.device)


class Bug2(nn.Module):
    """A network of the first tutorials that flattens by the numbers of its author's loader."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 10, 5), nn.Conv2d(10, 20, 5)
        self.fc1, self.fc2 = nn.Linear(320, 50), nn.Linear(50, 10)

    def flatten(self, x: Tensor) -> Tensor:
        return x.view(64, 320)  # <- Bug2

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(F.max_pool2d(self.conv1(x), 2))
        x = F.relu(F.max_pool2d(self.conv2(x), 2))
        return self.fc2(F.relu(self.fc1(self.flatten(x))))


class Fixed2(Bug2):
    """The same, for any batch."""

    def flatten(self, x: Tensor) -> Tensor:
        return x.view(x.size(0), 320)


class Bug3(nn.Module):
    """A class token for each sample of a batch of two, as a parameter."""

    def __init__(self) -> None:
        super().__init__()
        self.cls_token = nn.Parameter(torch.zeros(2, 1, 8))
        self.encoder = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
        self.head = nn.Linear(8, 4)

    def tokens(self, x: Tensor) -> Tensor:
        return torch.cat([self.cls_token, x], dim=1)  # <- Bug3

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.encoder(self.tokens(x))[:, 0])


class Fixed3(Bug3):
    """The same, with one token for all."""

    def __init__(self) -> None:
        super().__init__()
        self.cls_token = nn.Parameter(torch.zeros(1, 1, 8))

    def tokens(self, x: Tensor) -> Tensor:
        return torch.cat([self.cls_token.expand(x.shape[0], -1, -1), x], dim=1)
