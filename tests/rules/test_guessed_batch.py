"""Where the batch axis is our guess, a finding about it is a note, or needs a layer that reads it so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from torch import Tensor, nn

from visunn_lint import check

if TYPE_CHECKING:
    from collections.abc import Sequence


class _FixedToken(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.token, self.fc = nn.Parameter(torch.zeros(2, 4)), nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        made: Tensor = self.fc(x) + self.token
        return made


class _OverBatch(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        made: Tensor = self.fc(x).softmax(0)
        return made


class _Sequence(nn.Module):
    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.layers = nn.Sequential(*layers)
        self.lstm = nn.LSTM(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        made: Tensor = self.lstm(self.layers(x).transpose(1, 2))[0]
        return made


def _found(model: nn.Module, inputs: str | None, codes: Sequence[str]) -> list[tuple[str, str]]:
    findings = check(model, inputs=inputs, select=codes).findings
    return [(finding.code, finding.severity.value) for finding in findings]


@pytest.mark.parametrize(
    ("model", "code", "severity"), [(_FixedToken(), "VIS204", "error"), (_OverBatch(), "VIS209", "warning")]
)
def test_a_guess_is_never_red(model: nn.Module, code: str, severity: str) -> None:
    """With the batch declared it is what the catalogue says, with a guessed one it is a note."""
    assert _found(model, "b x 4", [code]) == [(code, severity)]
    assert _found(model, None, [code]) == [(code, "info")]
    assert _found(model, "2x4", [code]) == []


@pytest.mark.parametrize(
    ("layers", "expected"), [([nn.Conv1d(4, 4, 1)], [("VIS205", "error")]), ([nn.Linear(16, 16)], [])]
)
def test_a_guessed_batch_needs_a_layer_that_reads_it_so(
    layers: list[nn.Module], expected: list[tuple[str, str]]
) -> None:
    """A convolution knows its batch, a linear layer does not care."""
    assert _found(_Sequence(*layers), None, ["VIS205"]) == expected


@pytest.mark.parametrize(("ignored", "found"), [("VIS901", "VIS204"), ("VIS204", "VIS213")])
def test_a_batch_that_fails_is_told_once(ignored: str, found: str) -> None:
    """As the batch that it is, or, by those who do not want to hear of batches, as a forward that raises."""

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.gru = nn.GRU(4, 4, batch_first=True)

        def forward(self, x: Tensor) -> Tensor:
            made: Tensor = self.gru(x, torch.zeros(1, 8, 4))[0]
            return made

    report = check(Net(), inputs="b x 5 x 4", select=["VIS2"], ignore=[ignored])
    assert [finding.code for finding in report.findings] == [found]
