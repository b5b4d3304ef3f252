"""float64 that came in with numpy, and widens all that it meets."""

import numpy as np
import torch
from torch import Tensor, nn

INPUTS = "b x 16 x 20"
INPUTS2 = "b x 10:int64"


def _filters() -> Tensor:
    """A bank of triangles, made by numpy."""
    grid = np.abs(np.linspace(0, 7, 16)[:, None] - np.arange(8)[None])
    return torch.from_numpy(np.clip(1 - grid, 0, None))


class Bug(nn.Module):
    """Energies of sound in bands, weighted with what numpy made."""

    def __init__(self, filters: Tensor | None = None) -> None:
        super().__init__()
        self.register_buffer("weights", (_filters() if filters is None else filters).sum(1).view(1, 16, 1))
        self.norm = nn.InstanceNorm1d(16)

    def forward(self, spectrum: Tensor) -> Tensor:
        energy = self.norm(spectrum) * self.weights  # <- Bug
        return torch.log1p(energy.abs()).mean(2)


class Fixed(Bug):
    """The same, in the dtype of the model."""

    def __init__(self) -> None:
        super().__init__(_filters().float())


def _table(length: int, dim: int) -> np.ndarray:
    angles = np.arange(length)[:, None] / np.power(10000, 2 * (np.arange(dim) // 2) / dim)[None]
    return np.concatenate([np.sin(angles[:, 0::2]), np.cos(angles[:, 1::2])], axis=1)


class Bug2(nn.Module):
    """A table of positions as the papers' code has it."""

    dtype = torch.float64

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(30, 8)
        table = torch.from_numpy(_table(32, 8)).to(self.dtype)
        self.positions = nn.Parameter(table, requires_grad=False)
        self.scale = 8**0.5

    def forward(self, tokens: Tensor) -> Tensor:
        x = self.embed(tokens) * self.scale
        return x + self.positions[: tokens.shape[1]]  # <- Bug2


class Fixed2(Bug2):
    """The same, in float32."""

    dtype = torch.float32
