"""A second run at another batch size: when there is one, and at which size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from torch import Tensor, nn

from visunn_lint.loading import capture_model

if TYPE_CHECKING:
    from collections.abc import Callable

    from visunn_lint.rules import Fact
    from visunn_lint.topology import CapturedModel

_FACTS: tuple[Fact, ...] = ("rebatched",)


class _Net(nn.Module):
    """Runs a function on its input."""

    def __init__(self, function: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.function = function
        self.fc = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        return self.function(self.fc(x))


def _captured(function: Callable[[Tensor], Tensor], inputs: str | None = "b x 4") -> CapturedModel:
    return capture_model(_Net(function), inputs=inputs, facts=_FACTS)


def _batches(model: CapturedModel) -> list[tuple[int, bool]]:
    """Return the batch size of the first and of the second run, and whether it raised."""
    runs = [each for each in (model.eval, model.rebatched) if each is not None]
    return [(each.captured.inputs[0].spec.shape[0], each.failure is not None) for each in runs]


def _groups_of_two(x: Tensor) -> Tensor:
    return x.view(-1, 2, 4)


def _two_alone(x: Tensor) -> Tensor:
    return x + torch.zeros(2, 1)


def _seven_alone(x: Tensor) -> Tensor:
    return x.view(7, 4)


def _branches(x: Tensor) -> Tensor:
    return x if x.sum() > 0 else -x


@pytest.mark.parametrize(
    ("function", "inputs", "expected"),
    [
        (torch.relu, "b x 4", [(2, False), (3, False)]),
        (torch.relu, None, [(2, False), (3, False)]),
        (torch.relu, "2x4", [(2, False)]),
        (_groups_of_two, "b x 4", [(2, False), (4, False)]),
        (_two_alone, "b x 4", [(2, False), (3, True)]),
        (_seven_alone, "b x 4", [(2, True), (7, False)]),
        (_branches, "b x 4", [(2, False)]),
    ],
    ids=["declared", "inferred", "not declared", "whole groups", "fails", "named by the error", "values needed"],
)
def test_the_second_run_is_at_a_size_that_tells_most(
    function: Callable[[Tensor], Tensor], inputs: str | None, expected: list[tuple[int, bool]]
) -> None:
    """Coprime; twice the first where only that works; what an error names where the first run failed."""
    assert _batches(_captured(function, inputs)) == expected


def test_nobody_pays_for_a_run_that_no_rule_needs() -> None:
    """It is made on demand."""
    assert capture_model(_Net(torch.relu), inputs="b x 4").rebatched is None


def test_values_of_another_batch_are_in_the_way() -> None:
    """A tensor that is given as it is would not follow."""

    class Masked(nn.Module):
        def forward(self, x: Tensor, mask: Tensor) -> Tensor:
            return x * mask

    model = capture_model(Masked(), kwargs={"mask": torch.ones(2, 4)}, inputs="b x 4", facts=_FACTS)
    assert model.rebatched is None


class _Several(nn.Module):
    def forward(self, x: Tensor, mask: Tensor, *, table: Tensor, parts: dict[str, Tensor]) -> Tensor:
        return x + mask.sum() + table.sum() + parts["a"].sum()


@pytest.mark.parametrize(
    ("model", "inputs", "named"),
    [
        (_Net(_two_alone), "2x4", "b x 4"),
        (_Net(_two_alone), "b x 4", ""),
        (_Net(_two_alone), None, ""),
        (_Net(_branches), "2x4", ""),
        (_Net(_seven_alone), "2x4", "b x 4"),
        (
            _Several(),
            "2x4, 2:bool, table=3x2, parts={a: 2x1}",
            "b x 4, b:bool, table=3x2, parts={a: b x 1}",
        ),
    ],
)
def test_what_would_name_the_batch_axis_is_told(model: nn.Module, inputs: str | None, named: str) -> None:
    """Where that is all that a second run lacks, not where values are needed; all that has as many rows is batched."""
    assert capture_model(model, inputs=inputs, facts=_FACTS).naming_batch == named


def test_values_can_name_it_too() -> None:
    """As an input is written that has the shapes of theirs."""
    assert capture_model(_Net(_two_alone), (torch.ones(2, 4),), facts=_FACTS).naming_batch == "b x 4"
