"""Records every torch API call of a run."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import torch
from msgspec import structs
from torch.autograd.graph import increment_version
from torch.nn.parameter import is_lazy
from torch.overrides import TorchFunctionMode

from visunn_lint.pipeline.building.device_moves import CPU, META, asked_device, is_move, leaves_as_is, without_device
from visunn_lint.pipeline.engines.native import passive
from visunn_lint.pipeline.engines.native.arguments import arguments, is_in_place, op_name
from visunn_lint.pipeline.engines.native.copying import as_alias, is_copied, without_reference
from visunn_lint.pipeline.engines.native.foresight import Foreseen, Foresight
from visunn_lint.pipeline.engines.native.lineage import Lineage
from visunn_lint.pipeline.engines.native.module_calls import CALL_CODE
from visunn_lint.pipeline.engines.native.record import FailedOp, OpCall, Producer, Record, Scope
from visunn_lint.pipeline.engines.native.running import unrecorded
from visunn_lint.pipeline.engines.native.specs.layout import IN_PLACE, VIEWS, Layout, layout_of
from visunn_lint.pipeline.engines.native.structure import (
    input_leaves,
    map_leaves,
    output_leaves,
    replace_tensors,
    tensors_in,
)
from visunn_lint.pipeline.engines.native.tape import Step, Tape, current_modes, stay, with_fixed_generator
from visunn_lint.pipeline.engines.native.verdict import UndecidedError, is_undecided
from visunn_lint.pipeline.engines.native.writes import version, written_by
from visunn_lint.pipeline.frames import user_location

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torch import Tensor, nn

    from visunn_lint.location import Location
    from visunn_lint.pipeline.calling import Args, Function, Kwargs, Value
    from visunn_lint.pipeline.engines.native.ledger import Ledger
    from visunn_lint.pipeline.engines.native.origins import Origins
    from visunn_lint.pipeline.engines.native.plans import FirstCall, Plan
    from visunn_lint.pipeline.engines.native.rungs import Rung
    from visunn_lint.records import Autograd
    from visunn_lint.spec import TensorSpec


class Recorder(TorchFunctionMode):
    """While entered, runs each torch API call on a rung and records it.

    ``scope`` is the module call that is running, ``autograd`` whether autograd would watch it;
    ``muted`` lets calls pass as they are, ``initialising`` runs them on the rung without a record.
    ``undecided`` is the first error that tells of missing values alone: the user's code may catch it.
    """

    def __init__(self, rung: Rung, origins: Origins, ledger: Ledger, root: Scope, tape: Tape | None = None) -> None:
        super().__init__()
        self.tape = tape
        self.ledger = ledger
        self.lineage = Lineage(rung, origins, ledger, tape)
        self.scope = root
        self.autograd: Autograd = "on"
        self.failed: FailedOp | None = None
        self.undecided: Exception | None = None
        self.muted = False
        self.initialising = False
        self._first: FirstCall | None = None
        self._rung = rung
        self._foresight = Foresight(self.lineage) if rung.name == "meta" else None

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
        if self._first is not None:
            return self._run_first(self._first, func, args, kwargs)
        return self._look(func, args, kwargs) if passive.is_passive(func) else self._run(func, args, kwargs)

    @contextmanager
    def watching(self, first: FirstCall) -> Iterator[None]:
        """Tell a layer's first call of the calls that come."""
        self._first = first
        try:
            yield
        finally:
            self._first = None

    def follow(self, plan: Plan, layer: nn.Module, x: Tensor, handed: bytes) -> Value:
        """Record the ops of a layer's call at a plain moment, and return what the last one makes.

        ``handed`` spells what the layer hands on to it.
        """
        last = plan[-1]
        for planned in plan[:-1]:
            self._run(planned.func, *planned.arguments(layer, x))
        foreseen = None if self._foresight is None else self._foresight.of_layer(last, layer, x, handed)
        if foreseen is None:
            return self._run(last.func, *last.arguments(layer, x))
        step = None if self.tape is None else self._step(last.func, *last.arguments(layer, x), None)
        return self._record_foreseen(foreseen, step, self.scope.source)

    def _run_first(self, first: FirstCall, func: Function, args: Args, kwargs: Kwargs) -> Value:
        """Record an op of a layer's first call as those to come will be."""
        if passive.is_passive(func):
            planned, result = None, self._look(func, args, kwargs)
        else:
            planned, foreseen = first.planned(func, args, kwargs), None
            if planned is not None and self._foresight is not None and self._foresight.foretells(func):
                foreseen = self._foresight.of_layer(planned, first.layer, first.x, first.handed)
            if foreseen is None:
                result = self._run(func, args, kwargs)
            else:
                step = None if self.tape is None else self._step(func, args, kwargs, None)
                result = self._record_foreseen(foreseen, step, self.scope.source)
        first.saw(func, planned, result)
        return result

    def run_opaque(self, func: Function, args: Args, kwargs: Kwargs) -> Value:
        """Run what Python cannot see into as one node that ties its inputs to its outputs."""
        with unrecorded():
            args, kwargs = map_leaves(args, self.lineage.adopt), map_leaves(kwargs, self.lineage.adopt)
            call = self._call(func, args, kwargs, [tensor for _, tensor in input_leaves(args, kwargs)])
        self.muted = True
        try:
            result = self._rung.run(func, args, kwargs, call.tensors)
        except Exception as error:
            self._note_undecided(error)
            raise
        finally:
            self.muted = False
        with unrecorded():
            self._record_opaque(call, [tensor for _, tensor in output_leaves(result)])
        return result

    def _note_failed(self, error: Exception, op: str, seen: Sequence[TensorSpec]) -> None:
        self.failed = FailedOp(error, op, tuple(seen))
        self._note_undecided(error)

    def _note_undecided(self, error: Exception) -> None:
        if self.undecided is None and self._rung.name == "meta" and is_undecided(error):
            self.undecided = error

    def _record_opaque(self, call: OpCall, made: list[Tensor]) -> None:
        scope = self.scope
        outputs = tuple(map(self.lineage.spec, made))
        source = user_location(0, CALL_CODE) or scope.source
        record = Record(
            "opaque", "opaque", scope, call.inputs, call.seen, outputs, source=source, autograd=self.autograd
        )
        index = self._add(record, call.step)
        for slot, tensor in enumerate(made):
            self.lineage.made(tensor, index, slot, outputs[slot])
        for tensor in written_by(call.func, call.args, call.tensors, call.versions):
            self.lineage.wrote(tensor, index)

    def _look(self, func: Function, args: Args, kwargs: Kwargs) -> Value:
        """Answer a question about a tensor that needs no node, as the device asked for would answer."""
        if args and isinstance(args[0], torch.Tensor):
            asked = passive.question(func)
            if asked is not None:
                return self._answer(asked, func, *args)
            args = (self.lineage.stand_in_if_any(args[0]), *args[1:])
        return func(*args, **kwargs)

    def _answer(self, asked: passive.Question, func: Function, tensor: Tensor, *args: Value) -> Value:
        """Answer what a tensor of the run would answer wrongly, and one of the user's with the user's memory.

        Raises UndecidedError where no more than a tensor with values has an answer.
        """
        lineage = self.lineage
        if asked == "device":
            return passive.answer_about_device(func, torch.device(lineage.device(lineage.stand_in_if_any(tensor))))
        if asked == "address" and self._rung.name == "meta":
            return lineage.address(lineage.stand_in_if_any(tensor))
        if asked == "making" and is_copied():
            return as_alias(lineage.adopt(tensor))
        is_users, has_values = not lineage.knows(tensor), not tensor.is_meta
        if self._rung.name == "meta" and ((asked == "memory" and is_users) or (asked == "making" and not has_values)):
            message = "the memory of a tensor without values was asked for: a real run decides"
            self.undecided = self.undecided or UndecidedError(message)
            raise self.undecided
        found = func(lineage.adopt(tensor), *args)
        return without_reference(found) if asked == "making" else found

    def _run(self, func: Function, args: Args, kwargs: Kwargs) -> Value:
        foreseen = None
        if self._foresight is not None and not self.initialising:
            foreseen = self._foresight.of(func, args, kwargs)
            if foreseen is not None and foreseen.outcome is not None and not self._foresight.checks:
                step = None if self.tape is None else self._step(func, args, kwargs, None)
                source = user_location(0, CALL_CODE) or self.scope.source
                if foreseen.outcome is VIEWS:
                    return self._run_views(func, args, kwargs, foreseen, step, source)
                return self._record_foreseen(foreseen, step, source)
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
        call = self._call(func, args, kwargs, tensors, asked)
        try:
            result = self._compute(call)
        except Exception as error:
            self._note_failed(error, op_name(func), call.seen)
            raise
        return self._record(call, result, foreseen)

    def _record_foreseen(self, foreseen: Foreseen, step: Step | None, source: Location | None) -> Tensor:
        """Record a call that need not be run, and return the tensor that it makes or writes into."""
        lineage, entry, operands = self.lineage, foreseen.entry, foreseen.operands
        seen = [reference.spec for _, reference in operands]
        layout = entry.outcome
        if isinstance(layout, Layout):
            result = torch.empty_strided(layout.shape, layout.stride, dtype=layout.dtype, device=META)
        else:
            result, layout = operands[0][0], layout_of(operands[0][0])
            step = step and replace(step, writes=(lineage.operand(result),))
            increment_version(result)
        spec = lineage.spec_of(layout, lineage.device_among(seen))
        inputs = lineage.reads(operands)
        index = self._add(
            Record(entry.op, "op", self.scope, inputs, seen, (spec,), entry.arguments, source, "", "", self.autograd),
            step,
        )
        lineage.made_plain(result, Producer(index, 0), spec, layout)
        if entry.outcome is IN_PLACE:
            lineage.wrote(result, index)
        return result

    def _run_views(
        self, func: Function, args: Args, kwargs: Kwargs, foreseen: Foreseen, step: Step | None, source: Location | None
    ) -> Value:
        """Run a call that writes nothing, record it, and return the plain tensors that it makes."""
        lineage, entry, operands = self.lineage, foreseen.entry, foreseen.operands
        tensors, seen = [tensor for tensor, _ in operands], [reference.spec for _, reference in operands]
        args, kwargs = replace_tensors(args, lineage.adopt), replace_tensors(kwargs, lineage.adopt)
        try:
            result = self._rung.run(func, args, kwargs, tensors)
        except Exception as error:
            self._note_failed(error, entry.op, seen)
            raise
        result, made = _apart_from(result, tensors_in((result,), {}), tensors)
        device = lineage.device_among(seen)
        layouts = list(map(layout_of, made))
        specs = tuple([lineage.spec_of(layout, device) for layout in layouts])
        inputs = lineage.reads(operands)
        index = self._add(
            Record(entry.op, "op", self.scope, inputs, seen, specs, entry.arguments, source, autograd=self.autograd),
            step,
        )
        for slot, tensor in enumerate(made):
            lineage.made_plain(tensor, Producer(index, slot), specs[slot], layouts[slot])
        return result

    def _call(
        self, func: Function, args: Args, kwargs: Kwargs, tensors: list[Tensor], asked: torch.device | None = None
    ) -> OpCall:
        lineage = self.lineage
        return OpCall(
            func,
            args,
            kwargs,
            tensors,
            asked,
            inputs=[lineage.producer(tensor) for tensor in tensors],
            seen=[lineage.spec(tensor) for tensor in tensors],
            versions=[version(tensor) for tensor in tensors],
            step=None if self.tape is None else self._step(func, args, kwargs, asked),
        )

    def _step(self, func: Function, args: Args, kwargs: Kwargs, asked: torch.device | None) -> Step:
        """Return how an op is called, before it changes what its operands are known as."""
        if asked is not None and leaves_as_is(func, args, kwargs):
            func = stay
        operand = self.lineage.operand
        kwargs = with_fixed_generator(kwargs)
        return Step(func, map_leaves(args, operand), map_leaves(kwargs, operand), modes=current_modes())

    def _compute(self, call: OpCall) -> Value:
        kwargs = call.kwargs
        if call.asked is not None and leaves_as_is(call.func, call.args, kwargs):
            return call.args[0]
        if call.asked is not None and not call.tensors:
            kwargs = {**kwargs, "device": CPU}
        return self._rung.run(call.func, call.args, kwargs, call.tensors)

    def _record(self, call: OpCall, result: Value, foreseen: Foreseen | None) -> Value:
        """Record a call that went well, and return what the user's code gets from it."""
        if passive.is_silent(call.func):
            if self.tape is not None and call.step is not None:
                self.tape.asides[len(self.ledger.records)].append(call.step)
            return call.tensors[0] if call.tensors and is_in_place(call.func) else result
        if passive.is_initialiser(call.func):
            return result
        written = written_by(call.func, call.args, call.tensors, call.versions)
        if foreseen is not None and self._foresight is not None:
            self._foresight.learn(foreseen, call, result, written)
        if not written:
            return self._record_results(call, result, tensors_in((result,), {}))
        if is_in_place(call.func) and isinstance(result, torch.Tensor):
            result = written[0]
        return self._record_write(call, written, result)

    def _record_results(self, call: OpCall, result: Value, made: list[Tensor]) -> Value:
        """Record an op by the tensors it made; one without any is no node."""
        if not made:
            return result
        result, made = _apart_from(result, made, call.tensors)
        device = self._device(call)
        specs = [self.lineage.spec_on(tensor, device) for tensor in made]
        index = self._add_op(call, tuple(specs))
        for slot, tensor in enumerate(made):
            self.lineage.made(tensor, index, slot, specs[slot])
        return result

    def _record_write(self, call: OpCall, written: list[Tensor], result: Value) -> Value:
        """Record an op that writes into operands of its; it gives these out if it makes nothing new."""
        if call.step is not None:
            step = replace(call.step, writes=tuple(map(self.lineage.operand, written)))
            call = structs.replace(call, step=step)
        targets = {id(tensor) for tensor in written}
        made = [tensor for tensor in tensors_in((result,), {}) if id(tensor) not in targets]
        if made:
            result = self._record_results(call, result, made)
        else:
            self._record_targets(call, written)
        for tensor in written:
            self.lineage.wrote(tensor, len(self.ledger.records) - 1)
        return result

    def _record_targets(self, call: OpCall, written: list[Tensor]) -> None:
        device = self._device(call)
        specs = [self.lineage.spec_on(tensor, device) for tensor in written]
        index = self._add_op(call, tuple(specs))
        for slot, tensor in enumerate(written):
            self.lineage.made(tensor, index, slot, specs[slot])

    def _add_op(self, call: OpCall, outputs: tuple[TensorSpec | None, ...]) -> int:
        scope = self.scope
        named = arguments(call.func, call.args, call.kwargs)
        source = user_location(0, CALL_CODE) or scope.source
        op = op_name(call.func)
        record = Record(op, "op", scope, call.inputs, call.seen, outputs, named, source, autograd=self.autograd)
        return self._add(record, call.step)

    def _add(self, record: Record, step: Step | None) -> int:
        """Append a record, with how it was called if that is kept, and return its index."""
        index = self.ledger.add(record)
        if self.tape is not None and step is not None:
            self.tape.steps[index] = step
        return index

    def _device(self, call: OpCall) -> str:
        """Return where the result of an op is."""
        return str(call.asked) if call.asked is not None else self.lineage.device_among(call.seen)


def _apart_from(result: Value, made: list[Tensor], operands: Sequence[Tensor]) -> tuple[Value, list[Tensor]]:
    """Return what a call gave, and the tensors that it made, with others in the place of operands that it gave back."""
    given = {id(tensor) for tensor in operands}
    if not any(id(tensor) in given for tensor in made):
        return result, made
    result = replace_tensors(result, lambda tensor: _alias(tensor) if id(tensor) in given else tensor)
    return result, tensors_in((result,), {})


def _alias(tensor: Tensor) -> Tensor:
    """Return another tensor of the same memory, for an op that gives back what it was given.

    Else its readers could not be told from those of its operand.
    """
    if tensor.requires_grad and torch.is_grad_enabled():
        return tensor.view_as(tensor)
    return tensor.detach()
