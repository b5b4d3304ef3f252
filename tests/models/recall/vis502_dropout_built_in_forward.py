"""Dropout modules that forward makes anew (NTS-Net#14)."""

import torch
from torch import Tensor, nn

INPUTS = "b x 3 x 32 x 32"
INPUTS2 = "ids=2x9:int64"


class Bug(nn.Module):
    """A fine-grained classifier with a pooled feature vector."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, 16, 3, 2), nn.ReLU(), nn.Conv2d(16, 32, 3, 2), nn.ReLU())
        self.fc = nn.Linear(32, 20)

    def forward(self, x: Tensor) -> Tensor:
        x = self.features(x)
        x = nn.AdaptiveAvgPool2d(1)(x).flatten(1)
        x = nn.Dropout(p=0.5)(x)  # <- Bug
        out: Tensor = self.fc(x)
        return out


class Fixed(nn.Module):
    """The same, with the dropout of the constructor."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, 16, 3, 2), nn.ReLU(), nn.Conv2d(16, 32, 3, 2), nn.ReLU())
        self.dropout, self.fc = nn.Dropout(p=0.5), nn.Linear(32, 20)

    def forward(self, x: Tensor) -> Tensor:
        x = nn.AdaptiveAvgPool2d(1)(self.features(x)).flatten(1)
        out: Tensor = self.fc(self.dropout(x))
        return out


class Encoder(nn.Module):
    """A recurrent encoder of tokens."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(50, 16)
        self.rnn = nn.GRU(16, 16, batch_first=True)
        self.rate = 0.3

    def forward(self, ids: Tensor) -> Tensor:
        embedded = nn.Dropout(self.rate)(self.embedding(ids))  # <- Bug2 in encoder
        out: Tensor = self.rnn(embedded)[0]
        return out


class FixedEncoder(Encoder):
    """The same, with a dropout that is told of the mode."""

    def forward(self, ids: Tensor) -> Tensor:
        embedded = nn.functional.dropout(self.embedding(ids), self.rate, self.training)
        out: Tensor = self.rnn(embedded)[0]
        return out


class Tagger(nn.Module):
    """Tags each token by what an encoder says of it."""

    def __init__(self, encoder: nn.Module) -> None:
        super().__init__()
        self.encoder, self.tags = encoder, nn.Linear(16, 7)

    def forward(self, ids: Tensor) -> Tensor:
        return torch.log_softmax(self.tags(self.encoder(ids)), dim=-1)


class Bug2(Tagger):
    """A tagger on the encoder with the bug."""

    def __init__(self) -> None:
        super().__init__(Encoder())


class Fixed2(Tagger):
    """A tagger on the other one."""

    def __init__(self) -> None:
        super().__init__(FixedEncoder())
