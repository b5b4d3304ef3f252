"""view in the place of transpose (Informer2020#59)."""

import math

import torch.nn.functional as F
from torch import Tensor, nn

INPUTS = "b x 12 x 16"
INPUTS2 = "b x 20:int64"
INPUTS3 = "b x 3 x 24 x 40"


class Bug(nn.Module):
    """Attention over a window of a time series whose heads are merged as they lie."""

    def __init__(self) -> None:
        super().__init__()
        self.heads = 2
        self.query, self.key, self.value = nn.Linear(16, 16), nn.Linear(16, 16), nn.Linear(16, 16)
        self.out = nn.Linear(16, 16)

    def split(self, x: Tensor) -> Tensor:
        batch, steps, dim = x.shape
        return x.view(batch, steps, self.heads, dim // self.heads).transpose(1, 2)

    def merge(self, x: Tensor) -> Tensor:
        batch, heads, steps, dim = x.shape
        return x.contiguous().view(batch, steps, heads * dim)  # <- Bug

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = self.split(self.query(x)), self.split(self.key(x)), self.split(self.value(x))
        scores = (q @ k.transpose(-2, -1)) / math.sqrt(q.shape[-1])
        return self.out(self.merge(scores.softmax(-1) @ v))


class Fixed(Bug):
    """The same, with the heads brought back to their features."""

    def merge(self, x: Tensor) -> Tensor:
        return x.transpose(1, 2).flatten(2)


class Bug2(nn.Module):
    """A convolution over text that wants the channels second."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(50, 8)
        self.conv3, self.conv5 = nn.Conv1d(8, 6, 3, padding=1), nn.Conv1d(8, 6, 5, padding=2)
        self.fc = nn.Linear(12, 2)

    def channels_first(self, x: Tensor) -> Tensor:
        return x.view(x.size(0), x.size(2), x.size(1))  # <- Bug2

    def forward(self, tokens: Tensor) -> Tensor:
        x = self.channels_first(self.embed(tokens))
        pooled = [F.relu(conv(x)).amax(2) for conv in (self.conv3, self.conv5)]
        return self.fc(F.dropout(pooled[0], 0.1, self.training).new_tensor(0) + _together(pooled))


def _together(pooled: list[Tensor]) -> Tensor:
    first, second = pooled
    return F.pad(first, (0, 6)) + F.pad(second, (6, 0))


class Fixed2(Bug2):
    """The same, transposed."""

    def channels_first(self, x: Tensor) -> Tensor:
        return x.transpose(1, 2)


class Bug3(nn.Module):
    """Features of an image as a sequence of tokens, each of them a mixture of pixels."""

    def __init__(self) -> None:
        super().__init__()
        self.backbone = nn.Sequential(nn.Conv2d(3, 16, 3, 4, 1), nn.ReLU(), nn.Conv2d(16, 16, 3, 1, 1))
        self.encoder = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)
        self.head = nn.Linear(16, 7)

    def tokens(self, x: Tensor) -> Tensor:
        batch, channels, height, width = x.shape
        return x.reshape(batch, height * width, channels)  # <- Bug3

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.encoder(self.tokens(self.backbone(x))).mean(1))


class Fixed3(Bug3):
    """The same, a token for each pixel."""

    def tokens(self, x: Tensor) -> Tensor:
        return x.flatten(2).transpose(1, 2)
