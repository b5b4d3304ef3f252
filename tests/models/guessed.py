"""Models whose inputs can be told from their layers and their errors, and two where that does not help."""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812 -- as everybody writes it
from torch import Tensor, nn


class LeNet(nn.Module):
    """Two convolutions and a linear layer: its size of image is in the last one."""

    def __init__(self, channels: int, features: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, 6, 5)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc = nn.Linear(features, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = F.max_pool2d(self.conv1(x), 2)
        x = F.max_pool2d(self.conv2(x), 2)
        return self.fc(x.view(-1, self.fc.in_features))


class Patches(nn.Module):
    """A vision transformer, as far as its input goes: patches, a token, and positions."""

    def __init__(self, side: int) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, 16, 8, 8)
        self.token = nn.Parameter(torch.zeros(1, 1, 16))
        self.positions = nn.Parameter(torch.zeros(1, (side // 8) ** 2 + 1, 16))

    def forward(self, x: Tensor) -> Tensor:
        x = self.patches(x).flatten(2).transpose(1, 2)
        return torch.cat([self.token.expand(len(x), -1, -1), x], 1) + self.positions


class HeadFirst(nn.Module):
    """Registers the last layer first."""

    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Linear(8, 3)
        self.stem = nn.Conv2d(3, 8, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.stem(x).mean((2, 3)))


class Rows(nn.Module):
    """Reads an image row by row."""

    def __init__(self) -> None:
        super().__init__()
        self.rnn = nn.GRU(28, 8, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        batch, _, height, width = x.shape
        return self.rnn(x.view(batch, height, width))[0]


class Points(nn.Module):
    """Swaps the axes before its convolution."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(3, 8, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(x.transpose(2, 1)).amax(-1)


class Classifier(nn.Module):
    """Tokens with their lengths, packed."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(50, 8)
        self.lstm = nn.LSTM(8, 4, batch_first=True)

    def forward(self, tokens: Tensor, lengths: Tensor) -> Tensor:
        embedded = self.embed(tokens)
        packed = nn.utils.rnn.pack_padded_sequence(embedded, lengths, batch_first=True, enforce_sorted=False)
        return self.lstm(packed)[1][0][-1]


class Block(nn.Module):
    """A language model with a bound on the length."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(50, 8)
        self.positions = nn.Embedding(6, 8)

    def forward(self, idx: Tensor, targets: Tensor | None = None) -> Tensor:
        del targets
        length = idx.size(1)
        assert length <= 6, f"Cannot forward sequence of length {length}, block size is only 6"
        return self.words(idx) + self.positions(torch.arange(length))


class Stepwise(nn.Module):
    """A recurrent network that is handed its state."""

    def __init__(self, kind: type[nn.RNNBase]) -> None:
        super().__init__()
        self.rnn: nn.Module = kind(8, 4, 2)  # type: ignore[arg-type]  # the base class alone takes a mode first

    def forward(self, x: Tensor, hidden: Tensor) -> Tensor:
        return self.rnn(x, hidden)[0]


class Translator(nn.Module):
    """Two embeddings, one for each language, by the names of the inputs."""

    def __init__(self) -> None:
        super().__init__()
        self.tgt_embed = nn.Embedding(50, 8)
        self.src_embed = nn.Embedding(40, 8)

    def forward(self, src: Tensor, tgt: Tensor, mask: Tensor) -> Tensor:
        return (self.src_embed(src) + self.tgt_embed(tgt)) * mask.unsqueeze(-1)


class Captions(nn.Module):
    """An image and a text: each goes to the layer that its name speaks of."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(50, 8)
        self.conv = nn.Conv2d(3, 8, 3)

    def forward(self, image: Tensor, input_ids: Tensor) -> Tensor:
        return self.conv(image).mean((2, 3)) + self.words(input_ids).mean(1)


class Ratings(nn.Module):
    """One index each of a user and an item."""

    def __init__(self) -> None:
        super().__init__()
        self.users = nn.Embedding(10, 4)
        self.items = nn.Embedding(20, 4)
        self.fc = nn.Linear(8, 1)

    def forward(self, user: Tensor, item: Tensor) -> Tensor:
        return self.fc(torch.cat([self.users(user), self.items(item)], 1))


class Bare(nn.Module):
    """No layers, one matrix."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(10, 20))

    def forward(self, x: Tensor) -> Tensor:
        return x @ self.weight


class Alone(nn.Module):
    """Takes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Parameter(torch.zeros(3))

    def forward(self) -> Tensor:
        return self.table * 2


class Grows(nn.Module):
    """Needs larger images in training."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3)
        self.wide = nn.Conv2d(4, 4, 31)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        return self.wide(x) if self.training else x


class Contradiction(nn.Module):
    """Two layers that do not fit together."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(10, 20)
        self.second = nn.Linear(21, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.second(self.first(x))


class Lacking(nn.Module):
    """Uses a layer that it has not."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        return self.cf(x)  # type: ignore[operator]  # this is what it is for


class Miscalling(nn.Module):
    """Gives a part of itself too little."""

    def __init__(self) -> None:
        super().__init__()
        self.bilinear = nn.Bilinear(4, 4, 4)

    def forward(self, x: Tensor) -> Tensor:
        return self.bilinear(x)


class Misspelt(nn.Module):
    """Uses a name that is not there."""

    def forward(self, x: Tensor) -> Tensor:
        return x + y  # type: ignore[name-defined]  # noqa: F821 -- this is what it is for
