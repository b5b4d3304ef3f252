"""A captured graph, run again along its edges alone, gives what the model gives; a damaged one does not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import torch
from torch import Tensor, nn

from tests.models import recycled, reparametrized, seed, structures
from tests.models.case import Case, floats
from tests.replay import Captured, capture_with_tape, eager, replay, same
from visunn_lint.pipeline.engines.engine import Request
from visunn_lint.pipeline.engines.native.run import run
from visunn_lint.pipeline.engines.native.rungs import MetaRung
from visunn_lint.pipeline.engines.native.specs.memory import CHECKING, SpecMismatchError
from visunn_lint.pipeline.engines.native.tape import Operand

if TYPE_CHECKING:
    from collections.abc import Callable

SMALL_SEED = [case for case in seed.SEED if case.name not in {"resnext101_32x8d", "wide_resnet101_2", "resnet152"}]
APART = {
    "lazy linear": "the run itself makes the weights: there is nothing to compare with",
    "lazy conv2d": "likewise",
    "lazy batch norm": "likewise",
}
CASES = [
    case
    for case in (*SMALL_SEED, *recycled.RECYCLED, *structures.STRUCTURES, *reparametrized.REPARAMETRIZED)
    if case.name not in APART
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_replay_equals_the_model(case: Case) -> None:
    """Inputs, parameters, buffers, constants and the recorded ops are all that the outputs need."""
    model = case.build()
    captured = capture_with_tape(model, case.args(), case.kwargs())
    with torch.no_grad():
        assert same(replay(captured), eager(model, case.args(), case.kwargs()))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_specs_told_without_running_are_those_of_the_kernels(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """With every op run as well, no outcome differs from what was told of it."""
    monkeypatch.setenv(CHECKING, "1")
    recording = run(Request(case.build(), case.args(), case.kwargs()), MetaRung(), with_grad=False)
    assert not isinstance(recording.error, SpecMismatchError)


class Writes(nn.Module):
    """Hands data on through memory alone: views, writes into them, and an alias."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)
        self.scale = torch.full((4,), 3.0)

    def forward(self, x: Tensor) -> Tensor:
        """Return what is left after some writes through views."""
        y = self.fc(x)
        left, right = y.chunk(2, dim=1)
        left.mul_(2)
        right.copy_(left)
        out: Tensor = y.contiguous() * self.scale
        out[:, 0] = x[:, 1]
        return out


WRITES = Case("writes", Writes, floats((2, 4)))


def captured_writes() -> tuple[Captured, list[Tensor]]:
    """Return a right capture of ``Writes`` and the model's own output."""
    model = WRITES.build()
    with torch.no_grad():
        return capture_with_tape(model, WRITES.args()), eager(model, WRITES.args())


def drop_write(captured: Captured, op: str) -> None:
    """Take an in-place op out: who reads it reads its operand."""
    records = captured.recording.ledger.records
    index = next(index for index, record in enumerate(records) if record.op == f"aten::{op}")
    for record in records:
        record.inputs = [records[index].inputs[0] if edge.node == index else edge for edge in record.inputs]


def drop_edge(captured: Captured) -> None:
    """Let the op before the output read the input of the model instead of what it reads."""
    records, tape = captured.recording.ledger.records, captured.tape
    multiply = next(index for index, record in enumerate(records) if record.op == "aten::mul")
    step = tape.steps[multiply]
    other = next(index for index, record in enumerate(records) if record.kind == "input")
    tape.steps[multiply] = replace(step, args=(Operand(other, 0), *step.args[1:]))


def drop_alias(captured: Captured) -> None:
    """Give one view memory of its own, so that a write through it is lost."""
    tape, records = captured.tape, captured.recording.ledger.records
    chunk = next(index for index, record in enumerate(records) if record.op == "aten::chunk")
    step = tape.steps[chunk]

    def copied(*args: object, **kwargs: object) -> list[Tensor]:
        return [part.clone() for part in step.func(*args, **kwargs)]

    tape.steps[chunk] = replace(step, func=copied)


def drop_constant(captured: Captured) -> None:
    """Forget the value of a tensor that is neither parameter nor buffer."""
    tape, records = captured.tape, captured.recording.ledger.records
    constant = next(index for index, record in enumerate(records) if record.kind == "const")
    tape.sources[constant] = torch.ones_like(tape.sources[constant])


def test_right_capture_of_writes_replays() -> None:
    """The control of the controls: undamaged, the capture is equal."""
    captured, expected = captured_writes()
    assert can_replay(captured, expected)


DAMAGES: dict[str, Callable[[Captured], None]] = {
    "write through a view": lambda captured: drop_write(captured, "mul_"),
    "copy into a view": lambda captured: drop_write(captured, "copy_"),
    "item assignment": lambda captured: drop_write(captured, "setitem"),
    "edge": drop_edge,
    "alias": drop_alias,
    "constant": drop_constant,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_replay_notices_what_is_lost(damage: Callable[[Captured], None]) -> None:
    """One write, edge, alias or constant less, and the outputs differ."""
    captured, expected = captured_writes()
    damage(captured)
    assert not can_replay(captured, expected)


def can_replay(captured: Captured, expected: list[Tensor]) -> bool:
    """Return whether a capture holds all that its outputs need, and gives them."""
    try:
        with torch.no_grad():
            return same(replay(captured), expected)
    except KeyError:  # an op reads what nothing makes any more
        return False
