"""VIS510: which modules without a gradient are targets that a trained twin moves."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

import visunn_lint


class _Behind(nn.Module):
    """A layer that reads what another of the same shape made without autograd."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder, self.head = nn.Linear(8, 8), nn.Linear(8, 8)

    def forward(self, x: Tensor) -> Tensor:
        with torch.no_grad():
            x = self.encoder(x)
        out: Tensor = self.head(x)
        return out


class _Beside(nn.Module):
    """A target beside what is trained, as in BYOL."""

    def __init__(self) -> None:
        super().__init__()
        self.online, self.target = nn.Linear(8, 8), nn.Linear(8, 8)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        with torch.no_grad():
            goal = self.target(x)
        return self.online(x), goal


@pytest.mark.parametrize(("model", "severity"), [(_Behind(), "error"), (_Beside(), "warning")])
def test_what_comes_behind_a_module_is_no_twin_of_it(model: nn.Module, severity: str) -> None:
    """Layers of one shape are many; a twin gets an input of its own."""
    found = [finding for finding in visunn_lint.check(model, (torch.zeros(2, 8),)).findings if finding.code == "VIS510"]
    assert [finding.severity.value for finding in found] == [severity]
