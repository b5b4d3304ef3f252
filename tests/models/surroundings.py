"""Models whose forward touches what lies outside them: random numbers, settings of torch, caches of a file."""

from __future__ import annotations

import random
from functools import cache

import numpy as np
import torch
from torch import Tensor, nn

from tests.models.case import Case, floats
from tests.models.hard import tables


class GlobalRandomness(nn.Module):
    """Numbers from the generators of Python, numpy and torch."""

    def forward(self, x: Tensor) -> Tensor:
        noise = torch.rand_like(x) + torch.randn(4)
        factor = random.random() + float(np.random.rand())  # noqa: NPY002, S311 -- the state that must be put back
        return nn.functional.dropout(x + noise, training=True) * factor


class Reseeding(nn.Module):
    """A forward that seeds every generator."""

    def forward(self, x: Tensor) -> Tensor:
        random.seed(1)
        np.random.seed(2)  # noqa: NPY002 -- the state that must be put back
        torch.manual_seed(3)
        return x + torch.rand(4) + random.random()  # noqa: S311 -- nothing is kept secret with it


class OwnGenerators(nn.Module):
    """Generators that the model keeps."""

    def __init__(self) -> None:
        super().__init__()
        self.python = random.Random(0)  # noqa: S311 -- nothing is kept secret with it
        self.numpy = np.random.default_rng(0)
        self.torch = torch.Generator().manual_seed(0)

    def forward(self, x: Tensor) -> Tensor:
        noise = torch.rand(4, generator=self.torch)
        return x * noise.to(x.device) * self.python.random() * float(self.numpy.random())


class GlobalSettings(nn.Module):
    """A forward that changes settings of torch and leaves them changed."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        y = self.linear(x)
        torch.set_grad_enabled(False)
        torch.set_default_dtype(torch.float64)
        return y + torch.ones(4)


_windows: dict[int, Tensor] = {}


@cache
def _ramp(length: int, device: torch.device) -> Tensor:
    return torch.arange(length, dtype=torch.float32, device=device)


class FileCaches(nn.Module):
    """Tensors that depend on the length of the input alone, made once for all instances."""

    def __init__(self) -> None:
        super().__init__()
        _windows.clear()
        _ramp.cache_clear()

    def forward(self, x: Tensor) -> Tensor:
        length = x.shape[-1]
        if length not in _windows:
            _windows[length] = torch.hann_window(length, device=x.device)
        return x * _windows[length] + _ramp(length, x.device)


class LargeTables(nn.Module):
    """Tables too large to be carried for real on the first rung, kept in all places of a file."""

    def __init__(self) -> None:
        super().__init__()
        tables.forget()

    def forward(self, x: Tensor) -> Tensor:
        return tables.function_cache(x) + tables.global_dictionary(x) + tables.global_name(x)


_rows = floats((2, 4))
SURROUNDINGS = (
    Case("global randomness", GlobalRandomness, _rows),
    Case("reseeding", Reseeding, _rows),
    Case("own generators", OwnGenerators, _rows),
    Case("global settings", GlobalSettings, _rows),
    Case("file caches", FileCaches, _rows),
    Case("large tables", LargeTables, _rows),
)
