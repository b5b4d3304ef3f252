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
