"""Runs a captured graph again, on real tensors, along its edges alone: the proof that none is lost.

Only the ops that some output depends on by the edges of the graph are run, in their order. If an
edge, an in-place write, an alias or a constant were missing from the graph, the outputs would
differ from the model's own.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor, nn

from visunn_lint.pipeline.engines.engine import Request
from visunn_lint.pipeline.engines.native.run import Recording, run
from visunn_lint.pipeline.engines.native.rungs import MetaRung, RealRung
from visunn_lint.pipeline.engines.native.standins import RealStandIns
from visunn_lint.pipeline.engines.native.structure import output_leaves, tensors_in
from visunn_lint.pipeline.engines.native.surroundings import UNFUSED, WITHOUT_WARNINGS
from visunn_lint.pipeline.engines.native.tape import Operand, Tape
from visunn_lint.pipeline.engines.native.wrapping import eager as uncompiled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from visunn_lint.pipeline.calling import Args, Kwargs, Value
    from visunn_lint.pipeline.engines.native.tape import Modes, Step
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
    records, tape = captured.recording.ledger.records, captured.tape
    needed = _ancestors(captured)
    stand_ins = RealStandIns()
    done_with = _done_with(captured, needed)
    made: dict[Operand, Tensor] = {}
    for index in range(len(records)):
        _run_asides(tape, index, made)
        if index in needed and index in tape.sources:
            made[Operand(index, 0)] = stand_ins.of(tape.sources[index])
        elif index in needed and index in tape.steps:
            made.update(_run_step(tape.steps[index], index, made))
        for operand in done_with.get(index, ()):
            made.pop(operand, None)
    return [made[operand] for operand in tape.outputs.values()]


def _done_with(captured: Captured, needed: set[int]) -> dict[int, list[Operand]]:
    """Return by node what no later one is called with: a model as large as memory allows leaves no room for it."""
    records, tape = captured.recording.ledger.records, captured.tape
    last: dict[Operand, int] = {}
    for index in range(len(records)):
        steps = [*tape.asides.get(index, ()), *([tape.steps[index]] if index in needed and index in tape.steps else ())]
        for step in steps:
            last.update(dict.fromkeys(_operands_in((step.args, step.kwargs, step.writes)), index))
    for operand in tape.outputs.values():
        last.pop(operand, None)
    found: defaultdict[int, list[Operand]] = defaultdict(list)
    for operand, index in last.items():
        found[index].append(operand)
    return found


def _ancestors(captured: Captured) -> set[int]:
    """Return the nodes that the outputs depend on by the edges."""
    found = set(captured.tape.outputs)
    stack = list(found)
    while stack:
        for producer in _read_by(captured, stack.pop()):
            if producer not in found:
                found.add(producer)
                stack.append(producer)
    return found


def _read_by(captured: Captured, index: int) -> Iterable[int]:
    """Yield the nodes that a node has edges from, and what made a view whose memory one of them has written since."""
    edges = [producer.node for producer in captured.recording.ledger.records[index].inputs]
    yield from edges
    for edge, operand in zip(edges, _operands(captured.tape, index), strict=False):
        if operand.node != edge and edge in captured.tape.steps and captured.tape.steps[edge].writes:
            yield operand.node


def _operands(tape: Tape, index: int) -> list[Operand]:
    """Return what stands for the tensors among the arguments of a node, in their order."""
    if index in tape.outputs:
        return [tape.outputs[index]]
    step = tape.steps.get(index)
    return [] if step is None else list(_operands_in((*step.args, *step.kwargs.values())))


def _operands_in(value: Value) -> Iterator[Operand]:
    if isinstance(value, Operand):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _operands_in(item)
    elif isinstance(value, dict):
        yield from _operands_in(list(value.values()))


def _run_asides(tape: Tape, index: int, made: dict[Operand, Tensor]) -> None:
    """Do what is no op to the tensors that are there, such as asking for their gradients."""
    for step in tape.asides.get(index, ()):
        if all(operand in made for operand in _operands_in(step.args)):
            with _under(step.modes):
                step.func(*_filled(step.args, made), **_filled(step.kwargs, made))


def _run_step(step: Step, index: int, made: dict[Operand, Tensor]) -> Iterable[tuple[Operand, Tensor]]:
    with _under(step.modes):
        result = step.func(*_filled(step.args, made), **_filled(step.kwargs, made))
    written = [made[operand] for operand in step.writes]
    new = [tensor for tensor in tensors_in((result,), {}) if not any(tensor is known for known in written)]
    return [(Operand(index, slot), tensor) for slot, tensor in enumerate(new or written)]


@contextmanager
def _under(modes: Modes | None) -> Iterator[None]:
    """Let ops do what they did: with or without autograd, cast or not."""
    if modes is None:
        yield
        return
    with torch.set_grad_enabled(modes.grad), torch.autocast("cpu", modes.autocast, enabled=modes.autocast is not None):
        yield


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
        with UNFUSED, uncompiled(), WITHOUT_WARNINGS:
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
