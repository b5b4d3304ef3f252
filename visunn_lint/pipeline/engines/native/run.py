"""One run of a model on one rung, with everything put back afterwards."""

from __future__ import annotations

import inspect
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from visunn_lint.errors import STOPS
from visunn_lint.pipeline.collecting import uncollected
from visunn_lint.pipeline.engines.native import table
from visunn_lint.pipeline.engines.native.autograd import followed
from visunn_lint.pipeline.engines.native.depth import AS_DEEP_AS_UNCAPTURED
from visunn_lint.pipeline.engines.native.ledger import Ledger
from visunn_lint.pipeline.engines.native.modes import put_in_mode
from visunn_lint.pipeline.engines.native.module_calls import observed
from visunn_lint.pipeline.engines.native.observer import CallLog, CallObserver
from visunn_lint.pipeline.engines.native.origins import Origins
from visunn_lint.pipeline.engines.native.record import FailedOp, Record, Scope
from visunn_lint.pipeline.engines.native.recorder import Recorder
from visunn_lint.pipeline.engines.native.running import outer_paused, running, unrecorded
from visunn_lint.pipeline.engines.native.snapshot import preserved
from visunn_lint.pipeline.engines.native.structure import Leaf, input_leaves, map_leaves, output_leaves
from visunn_lint.pipeline.engines.native.surroundings import UNFUSED, WITHOUT_WARNINGS, same_surroundings
from visunn_lint.pipeline.engines.native.survey import survey
from visunn_lint.pipeline.engines.native.unseen import shown
from visunn_lint.pipeline.engines.native.wrapping import (
    eager,
    keep_initialisation_out,
    renew_uninitialised,
    without_compiler,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from torch import nn

    from visunn_lint.pipeline.calling import Args, Kwargs
    from visunn_lint.pipeline.engines.engine import Request
    from visunn_lint.pipeline.engines.native.rungs import MetaRung, RealRung
    from visunn_lint.pipeline.engines.native.tape import Tape
    from visunn_lint.records import Module, Slot


@dataclass(frozen=True, slots=True)
class Recording:
    """All that one run told. ``error`` is what forward raised."""

    request: Request
    ledger: Ledger
    calls: CallLog
    modules: tuple[Module, ...]
    inputs: tuple[Slot, ...]
    error: BaseException | None = None
    failed: FailedOp | None = None


def run(request: Request, rung: MetaRung | RealRung, *, with_grad: bool, tape: Tape | None = None) -> Recording:
    """Run the model once and record it; the model and the surroundings are left as they were.

    A ``tape`` is filled with what it takes to run the recorded ops again.
    """
    model, kwargs = without_compiler(request.model), dict(request.kwargs)
    with ExitStack() as stack:
        stack.enter_context(uncollected() if rung.name == "meta" else nullcontext())  # real memory is worth collecting
        stack.enter_context(AS_DEEP_AS_UNCAPTURED)
        stack.enter_context(outer_paused())
        stack.enter_context(same_surroundings())
        plain = stack.enter_context(preserved(model, request.args, kwargs))
        for context in (UNFUSED, eager(), shown(), followed(), WITHOUT_WARNINGS):
            stack.enter_context(context)
        parts = survey(model, plain)
        held = list(parts.all.values())
        renew_uninitialised(held, parts.all_stored, "meta" if rung.name == "meta" else "cpu")
        leaves = named_inputs(model, request.args, kwargs)
        ledger = Ledger(type(model).__name__)
        recorder = Recorder(rung, Origins(parts, leaves), ledger, Scope("", 0, request.called_at), tape)
        keep_initialisation_out(held, recorder)
        observer = CallObserver(recorder, {id(module): path for path, module in parts.all.items()})
        stack.enter_context(observed(observer, held))
        registered = parts.registered.values()
        error = _forward(model, request, recorder, registered, leaves, with_grad=with_grad)
        lineage = recorder.lineage
        inputs = tuple(lineage.slot(label, lineage.adopt(tensor)) for label, tensor in leaves)
        modules = table.modules(parts, observer.log, request.sources)
        lineage.forget()
    return Recording(request, ledger, observer.log, modules, inputs, error, recorder.failed)


def _forward(
    model: nn.Module,
    request: Request,
    recorder: Recorder,
    registered: Collection[nn.Module],
    leaves: list[Leaf],
    *,
    with_grad: bool,
) -> BaseException | None:
    """Run forward under the recorder and return what it raised, or what it should not have caught, if it did."""
    for _, tensor in leaves:
        recorder.lineage.adopt(tensor)
    args, kwargs = (
        map_leaves(request.args, recorder.lineage.adopt),
        map_leaves(dict(request.kwargs), recorder.lineage.adopt),
    )
    try:
        with torch.enable_grad() if with_grad else torch.no_grad(), running(recorder):
            put_in_mode(model, registered, training=request.mode == "train")
            _record_outputs(recorder, model(*args, **kwargs))
    except STOPS:
        raise
    except BaseException as error:  # noqa: BLE001 -- whatever the user's code raises is the answer
        return recorder.undecided or error
    return recorder.undecided


def _record_outputs(recorder: Recorder, result: object) -> None:
    with unrecorded():
        for label, tensor in output_leaves(result):
            spec = recorder.lineage.spec(tensor)
            producers = [recorder.lineage.producer(tensor)]
            index = recorder.ledger.add(Record("output", "output", None, producers, [spec], (spec,), label=label))
            if recorder.tape is not None:
                recorder.tape.outputs[index] = recorder.lineage.operand(tensor)


def named_inputs(model: nn.Module, args: Args, kwargs: Kwargs) -> list[Leaf]:
    """Return the input tensors by the names of the parameters of ``forward``."""
    named: Kwargs = {}
    try:
        bound = inspect.signature(model.forward).bind(*args, **kwargs)
    except (TypeError, ValueError):
        return input_leaves(args, kwargs)
    for name, parameter in bound.signature.parameters.items():
        if name not in bound.arguments:
            continue
        value = bound.arguments[name]
        named.update(value if parameter.kind is parameter.VAR_KEYWORD else {name: value})
    return input_leaves((), named)
