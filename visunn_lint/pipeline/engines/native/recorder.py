"""Records every torch API call of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch.nn.parameter import is_lazy
from torch.overrides import TorchFunctionMode

from visunn_lint.pipeline.building.device_moves import CPU, asked_device, is_move, without_device
from visunn_lint.pipeline.engines.native import passive
from visunn_lint.pipeline.engines.native.arguments import arguments, is_in_place, op_name
from visunn_lint.pipeline.engines.native.lineage import Lineage
from visunn_lint.pipeline.engines.native.module_calls import CALL_CODE
from visunn_lint.pipeline.engines.native.record import FailedOp, Producer, Record, Scope
from visunn_lint.pipeline.engines.native.structure import replace_tensors, tensors_in
from visunn_lint.pipeline.engines.native.tape import Step, Tape, stay
from visunn_lint.pipeline.frames import user_location

if TYPE_CHECKING:
    from torch import Tensor

    from visunn_lint.pipeline.calling import Args, Function, Kwargs, Value
    from visunn_lint.pipeline.engines.native.origins import Origins
    from visunn_lint.pipeline.engines.native.rungs import Rung
    from visunn_lint.spec import TensorSpec


class Recorder(TorchFunctionMode):
    """While entered, runs each torch API call on a rung and records it.

    ``scope`` is the module call that is running; ``muted`` lets calls pass as they are,
    ``initialising`` runs them on the rung without a record.
    """

    def __init__(self, rung: Rung, origins: Origins, root: Scope, tape: Tape | None = None) -> None:
        super().__init__()
        self.records: list[Record] = []
        self.tape = tape
        self.lineage = Lineage(rung, origins, self.records, tape)
        self.scope = root
        self.failed: FailedOp | None = None
        self.muted = False
        self.initialising = False
        self._rung = rung

    def add(self, record: Record) -> int:
        """Append a record and return its index."""
        self.records.append(record)
        return len(self.records) - 1

    def __torch_function__(  # noqa: D105 -- torch's protocol
        self,
        func: Function,
        types: object,
        args: Args = (),
        kwargs: Kwargs | None = None,
    ) -> Value:
        kwargs = kwargs or {}
        if self.muted:
            return func(*args, **kwargs)
        if passive.is_passive(func):
            return self._look(func, args, kwargs)
        return self._run(func, args, kwargs)

    def _look(self, func: Function, args: Args, kwargs: Kwargs) -> Value:
        """Answer a question about a tensor that needs no node, as the device asked for would answer."""
        if args and isinstance(args[0], torch.Tensor):
            tensor = self.lineage.stand_in_if_any(args[0])
            if passive.is_about_device(func):
                return passive.answer_about_device(func, torch.device(self.lineage.device(tensor)))
            args = (tensor, *args[1:])
        return func(*args, **kwargs)

    def _run(self, func: Function, args: Args, kwargs: Kwargs) -> Value:
        asked = asked_device(func, args, kwargs) if "device" in kwargs or is_move(func) else None
        if asked is not None:
            args, kwargs = without_device(func, args, kwargs)
        tensors = tensors_in(args, kwargs)
        if self.initialising or any(is_lazy(tensor) for tensor in tensors):
            return self._rung.run(func, args, kwargs, tensors)
        lineage = self.lineage
        if not all(lineage.knows(tensor) for tensor in tensors):
            args, kwargs = replace_tensors(args, lineage.adopt), replace_tensors(kwargs, lineage.adopt)
            tensors = tensors_in(args, kwargs)
        call = _OpCall(
            func,
            args,
            kwargs,
            tensors,
            asked,
            inputs=[lineage.producer(tensor) for tensor in tensors],
            seen=[lineage.spec(tensor) for tensor in tensors],
            step=None if self.tape is None else self._step(func, args, kwargs, asked),
        )
        try:
            result = self._compute(call)
        except Exception as error:
            self.failed = FailedOp(error, op_name(func), tuple(call.seen))
            raise
        return self._record(call, result)

    def _step(self, func: Function, args: Args, kwargs: Kwargs, asked: torch.device | None) -> Step:
        """Return how an op is called, before it changes what its operands are known as."""
        if asked is not None and is_move(func) and len(args) == 1 and not kwargs:
            func = stay
        target, operand = written_by(func, args, kwargs), self.lineage.operand
        return Step(
            func,
            replace_tensors(args, operand),
            replace_tensors(kwargs, operand),
            None if target is None else operand(target),
        )

    def _compute(self, call: _OpCall) -> Value:
        kwargs = call.kwargs
        if call.asked is not None and is_move(call.func) and len(call.args) == 1 and not kwargs:
            return call.args[0]
        if call.asked is not None and not call.tensors:
            kwargs = {**kwargs, "device": CPU}
        return self._rung.run(call.func, call.args, kwargs, call.tensors)

    def _record(self, call: _OpCall, result: Value) -> Value:
        """Record a call that went well, and return what the user's code gets from it."""
        if passive.is_silent(call.func):
            return call.tensors[0] if call.tensors and is_in_place(call.func) else result
        if passive.is_initialiser(call.func):
            return result
        target = written_by(call.func, call.args, call.kwargs)
        return self._record_results(call, result) if target is None else self._record_write(call, target, result)

    def _record_results(self, call: _OpCall, result: Value) -> Value:
        """Record an op by the tensors it made; one without any is no node."""
        made = tensors_in((result,), {})
        if not made:
            return result
        operands = {id(tensor) for tensor in call.tensors}
        if any(id(tensor) in operands for tensor in made):
            result = replace_tensors(result, lambda tensor: _alias(tensor) if id(tensor) in operands else tensor)
            made = tensors_in((result,), {})
        device = self._device(call)
        index = self._add_op(call, tuple(self.lineage.spec_on(tensor, device) for tensor in made))
        for slot, tensor in enumerate(made):
            self.lineage.made(tensor, index, slot, device)
        return result

    def _record_write(self, call: _OpCall, target: Tensor, result: Value) -> Value:
        """Record an op that writes into its target."""
        device = self._device(call)
        index = self._add_op(call, (self.lineage.spec_on(target, device),))
        self.lineage.wrote(target, index, device)
        return target if isinstance(result, torch.Tensor) else result

    def _add_op(self, call: _OpCall, outputs: tuple[TensorSpec | None, ...]) -> int:
        scope = self.scope
        named = arguments(call.func, call.args, call.kwargs)
        source = user_location(0, CALL_CODE) or scope.source
        index = self.add(Record(op_name(call.func), "op", scope, call.inputs, call.seen, outputs, named, source))
        if self.tape is not None and call.step is not None:
            self.tape.steps[index] = call.step
        return index

    def _device(self, call: _OpCall) -> str:
        """Return where the result of an op is: a number on the CPU goes with any other device."""
        if call.asked is not None:
            return str(call.asked)
        devices = (self.lineage.device(tensor) for tensor in call.tensors)
        return next((device for device in devices if device != "cpu"), "cpu")


@dataclass(frozen=True, slots=True)
class _OpCall:
    """One call of a torch function, with what was known of its operands before it ran."""

    func: Function
    args: Args
    kwargs: Kwargs
    tensors: list[Tensor]
    asked: torch.device | None
    inputs: list[Producer]
    seen: list[TensorSpec]
    step: Step | None = None


def written_by(func: Function, args: Args, kwargs: Kwargs) -> Tensor | None:
    """Return the tensor that a call writes into, if it does."""
    out = kwargs.get("out")
    if isinstance(out, torch.Tensor):
        return out
    first = args[0] if args else None
    return first if isinstance(first, torch.Tensor) and is_in_place(func) else None


def _alias(tensor: Tensor) -> Tensor:
    """Return another tensor of the same memory, for an op that gives back what it was given.

    Else its readers could not be told from those of its operand.
    """
    if tensor.requires_grad and torch.is_grad_enabled():
        return tensor.view_as(tensor)
    return tensor.detach()
