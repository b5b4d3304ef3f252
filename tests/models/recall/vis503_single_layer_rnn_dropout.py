"""Dropout between the layers of a network that has one (pytorch#5985)."""

import warnings

from torch import Tensor, nn

warnings.filterwarnings("ignore", message="dropout option adds dropout")

INPUTS = "ids=2x9:int64"
INPUTS2 = "b x 20 x 6"


class Bug(nn.Module):
    """Sentiment by an LSTM's last state."""

    def __init__(self, hidden: int = 32, dropout: float = 0.5) -> None:
        super().__init__()
        self.embedding = nn.Embedding(100, 16, padding_idx=0)
        self.lstm = nn.LSTM(16, hidden, batch_first=True, dropout=dropout, bidirectional=True)  # <- Bug in lstm
        self.fc = nn.Linear(2 * hidden, 2)

    def forward(self, ids: Tensor) -> Tensor:
        states, _ = self.lstm(self.embedding(ids))
        out: Tensor = self.fc(states[:, -1])
        return out


class Fixed(nn.Module):
    """The same, with two layers to drop values between."""

    def __init__(self, hidden: int = 32, dropout: float = 0.5) -> None:
        super().__init__()
        self.embedding = nn.Embedding(100, 16, padding_idx=0)
        self.lstm = nn.LSTM(16, hidden, 2, batch_first=True, dropout=dropout, bidirectional=True)
        self.fc = nn.Linear(2 * hidden, 2)

    def forward(self, ids: Tensor) -> Tensor:
        states, _ = self.lstm(self.embedding(ids))
        out: Tensor = self.fc(states[:, -1])
        return out


class Forecaster(nn.Module):
    """Forecasts the next values of a few series from a GRU's last state."""

    def __init__(self, layers: int, dropout: float) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(6)
        self.gru = nn.GRU(6, 24, num_layers=layers, dropout=dropout, batch_first=True)  # <- Bug2 in gru
        self.head = nn.Sequential(nn.Dropout(0.1), nn.Linear(24, 6))

    def forward(self, series: Tensor) -> Tensor:
        _, state = self.gru(self.norm(series))
        out: Tensor = self.head(state[-1])
        return out


class Bug2(Forecaster):
    """As a sweep over the number of layers leaves it."""

    def __init__(self) -> None:
        super().__init__(1, 0.2)


class Fixed2(Forecaster):
    """Without what has no effect."""

    def __init__(self) -> None:
        super().__init__(1, 0.0)
