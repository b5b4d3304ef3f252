"""Batches that are read as sequences (dqn-pytorch#1, TabFormer#14)."""

import torch.nn.functional as F
from torch import Tensor, nn

INPUTS = "b x 4 x 36 x 36"
INPUTS2 = "b x 12:int64"
INPUTS3 = "b x 9 x 5"


class Bug(nn.Module):
    """A recurrent Q-network: the frames of a batch become the steps of one sequence."""

    def __init__(self, *, batch_first: bool = False) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(4, 16, 8, stride=4)
        self.conv2 = nn.Conv2d(16, 16, 4, stride=2)
        self.lstm = nn.LSTM(144, 32, batch_first=batch_first)
        self.head = nn.Linear(32, 6)

    def forward(self, frames: Tensor) -> Tensor:
        x = F.relu(self.conv2(F.relu(self.conv1(frames))))
        x = x.flatten(1).unsqueeze(1)
        x, _ = self.lstm(x)  # <- Bug in lstm
        return self.head(x.squeeze(1))


class Fixed(Bug):
    """The same: each frame is a sequence of one step."""

    def __init__(self) -> None:
        super().__init__(batch_first=True)


class Bug2(nn.Module):
    """A transformer over the fields of a table row, with torch's default order of axes."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(60, 16)
        self.encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(16, 4, 32), 2, enable_nested_tensor=False)
        self.head = nn.Linear(16, 2)

    def encode(self, x: Tensor) -> Tensor:
        return self.encoder(x)  # <- Bug2 in encoder

    def forward(self, fields: Tensor) -> Tensor:
        return self.head(self.encode(self.embed(fields)).mean(1))


class Fixed2(Bug2):
    """The same, with the axes as the encoder has them."""

    def encode(self, x: Tensor) -> Tensor:
        return self.encoder(x.transpose(0, 1)).transpose(0, 1)


class Bug3(nn.Module):
    """A pooling by attention after a GRU, whose heads look across the batch."""

    def __init__(self, *, batch_first: bool = False) -> None:
        super().__init__()
        self.gru = nn.GRU(5, 8, batch_first=True, bidirectional=True)
        self.attention = nn.MultiheadAttention(16, 4, batch_first=batch_first)
        self.fc = nn.Linear(16, 1)

    def forward(self, x: Tensor) -> Tensor:
        states, _ = self.gru(x)
        mixed, _ = self.attention(states, states, states, need_weights=False)  # <- Bug3 in attention
        return self.fc(mixed.mean(1))


class Fixed3(Bug3):
    """The same, told of the order."""

    def __init__(self) -> None:
        super().__init__(batch_first=True)
