"""Runs a captured graph again, on real tensors, along its edges alone: the proof that none is lost.

Only the ops that some output depends on by the edges of the graph are run, in their order. If an
edge, an in-place write, an alias or a constant were missing from the graph, the outputs would
differ from the model's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor, nn

from visunn_lint.pipeline.engines.engine import Request
from visunn_lint.pipeline.engines.native.run import Recording, run
from visunn_lint.pipeline.engines.native.rungs import MetaRung, RealRung
from visunn_lint.pipeline.engines.native.standins import RealStandIns
from visunn_lint.pipeline.engines.native.structure import output_leaves, tensors_in
from visunn_lint.pipeline.engines.native.surroundings import unfused, without_warnings
from visunn_lint.pipeline.engines.native.tape import Operand, Tape

if TYPE_CHECKING:
    from collections.abc import Iterable

    from visunn_lint.pipeline.calling import Args, Kwargs, Value
    from visunn_lint.records import Mode


class Captured(NamedTuple):
    """A recording together with the tape that was made with it."""

    recording: Recording
    tape: Tape


def capture_with_tape(model: nn.Module, args: Args, kwargs: Kwargs | None = None, *, mode: Mode = "eval") -> Captured:
    """Return a capture on the first rung that the model runs through on, with its tape."""
    request = Request(model, args, kwargs or {}, mode)
    for rung in (MetaRung(), RealRung()):
        for with_grad in (False, True):
            tape = Tape()
            recording = run(request, rung, with_grad=with_grad, tape=tape)
            if recording.error is None:
                return Captured(recording, tape)
    message = f"{type(model).__name__} raises on every rung"
    raise AssertionError(message) from recording.error


def replay(captured: Captured) -> list[Tensor]:
    """Return the outputs of running again what the outputs depend on."""
    records, tape = captured.recording.records, captured.tape
    needed = _ancestors(captured)
    stand_ins = RealStandIns()
    made: dict[Operand, Tensor] = {}
    for index in range(len(records)):
        if index not in needed:
            continue
        if index in tape.sources:
            made[Operand(index, 0)] = stand_ins.of(tape.sources[index])
        elif index in tape.steps:
            made.update(_run_step(captured, index, made))
    return [made[operand] for operand in tape.outputs.values()]


def _ancestors(captured: Captured) -> set[int]:
    found = set(captured.tape.outputs)
    stack = list(found)
    while stack:
        for producer in captured.recording.records[stack.pop()].inputs:
            if producer.node not in found:
                found.add(producer.node)
                stack.append(producer.node)
    return found


def _run_step(captured: Captured, index: int, made: dict[Operand, Tensor]) -> Iterable[tuple[Operand, Tensor]]:
    step = captured.tape.steps[index]
    result = step.func(*_filled(step.args, made), **_filled(step.kwargs, made))
    tensors = tensors_in((result,), {}) if step.writes is None else [made[step.writes]]
    return [(Operand(index, slot), tensor) for slot, tensor in enumerate(tensors)]


def _filled(value: Value, made: dict[Operand, Tensor]) -> Value:
    """Return arguments with tensors in the place of their operands."""
    if isinstance(value, Operand):
        return made[value]
    if isinstance(value, list):
        return [_filled(item, made) for item in value]
    if isinstance(value, tuple) and not isinstance(value, torch.Size):
        items = [_filled(item, made) for item in value]
        return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
    if type(value) is dict:
        return {key: _filled(item, made) for key, item in value.items()}
    return value


def eager(model: nn.Module, args: Args, kwargs: Kwargs | None = None, *, mode: Mode = "eval") -> list[Tensor]:
    """Return the outputs of the model itself."""
    before = {module: module.training for module in model.modules()}
    try:
        with unfused(), without_warnings():
            return [tensor for _, tensor in output_leaves(model.train(mode == "train")(*args, **(kwargs or {})))]
    finally:
        for module, training in before.items():
            module.training = training


def same(ours: list[Tensor], theirs: list[Tensor]) -> bool:
    """Return whether two lists of outputs hold the same numbers, bit for bit."""
    return len(ours) == len(theirs) and all(
        a.shape == b.shape and a.dtype == b.dtype and torch.equal(torch.nan_to_num(a), torch.nan_to_num(b))
        for a, b in zip(ours, theirs, strict=True)
    )
