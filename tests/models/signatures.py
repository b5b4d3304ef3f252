"""Models with several inputs."""

from __future__ import annotations

from torch import Tensor, nn


class Masked(nn.Module):
    """Tokens with a mask and lengths."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(10, 4)

    def forward(self, tokens: Tensor, mask: Tensor, lengths: Tensor | None = None, *, scale: float = 1.0) -> Tensor:
        del lengths
        return self.embed(tokens) * mask.unsqueeze(-1) * scale


class Two(nn.Module):
    """Takes two tensors."""

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        return x + y


class Conditioned(nn.Module):
    """Registers the table of its condition before what reads its image."""

    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Embedding(10, 8)
        self.conv = nn.Conv2d(4, 8, 3, padding=1)

    def forward(self, x: Tensor, t: Tensor) -> Tensor:
        return self.conv(x) + self.table(t)[:, :, None, None]


class Wrapper(nn.Module):
    """Hands its inputs on, under other names."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        out: Tensor = self.model(first, second)
        return out


class Numbers(nn.Module):
    """Takes plain numbers beside its tensor."""

    def forward(self, x: Tensor, steps: int, *, rate: float | None = None, bias: float = 1.0) -> Tensor:
        return x * steps * (rate or 1.0) + bias


class Kernel(nn.Module):
    """Is called with less than its forward takes."""

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        return x + y

    def __call__(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        out: Tensor = super().__call__(x, x if y is None else y)
        return out


class Open(Two):
    """Has a call of its own that hands on whatever it gets."""

    def __call__(self, *args: Tensor, **kwargs: Tensor) -> Tensor:
        out: Tensor = super().__call__(*args, **kwargs)
        return out
