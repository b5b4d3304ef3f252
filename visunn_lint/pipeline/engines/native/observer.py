"""The calls of modules during a run: which, within which, with what tensors in and out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import torch

from visunn_lint.pipeline.engines.native.layers import Layers
from visunn_lint.pipeline.engines.native.module_calls import CALL_CODE, tells_direct_calls
from visunn_lint.pipeline.engines.native.record import Producer, Scope
from visunn_lint.pipeline.engines.native.running import unrecorded
from visunn_lint.pipeline.engines.native.structure import input_leaves, output_leaves
from visunn_lint.pipeline.engines.native.wrapping import is_compiled
from visunn_lint.pipeline.frames import user_location

if TYPE_CHECKING:
    from torch import nn

    from visunn_lint.pipeline.calling import Args, Function, Kwargs, Value
    from visunn_lint.pipeline.engines.native.recorder import Recorder
    from visunn_lint.pipeline.engines.native.structure import Leaf
    from visunn_lint.spec import TensorSpec


class RecordedSlot(NamedTuple):
    """A tensor among the inputs or outputs of a call."""

    path: str
    spec: TensorSpec
    producer: Producer


@dataclass(slots=True)
class RecordedCall:
    """A call of a module; ``outputs`` stay empty if it raised."""

    scope: Scope
    inputs: tuple[RecordedSlot, ...]
    outputs: tuple[RecordedSlot, ...] = ()


@dataclass(slots=True)
class CallLog:
    """The calls of a run, by the path of their module, in order.

    ``found`` are modules met during the run that were in no survey, by the path given to them.
    """

    calls: dict[str, list[RecordedCall]] = field(default_factory=dict)
    found: dict[str, nn.Module] = field(default_factory=dict)
    direct: Counter[str] = field(default_factory=Counter)
    raised: BaseException | None = None
    raised_in: Scope | None = None


class CallObserver:
    """Tells the recorder in which call it is, and keeps the log of calls."""

    def __init__(self, recorder: Recorder, paths: dict[int, str]) -> None:
        self.log = CallLog()
        self._recorder = recorder
        self._layers = Layers(recorder)
        self._paths = paths

    def expects_forward(self, module: nn.Module) -> bool:
        """Return, once for each call, whether its ``forward`` is just what is to come."""
        scope = self._recorder.scope
        if scope.owner is not module or scope.entered:
            return False
        scope.entered = True
        return True

    def call(
        self,
        module: nn.Module,
        run: Function,
        args: Args,
        kwargs: Kwargs,
        *,
        directly: bool,
    ) -> Value:
        """Run a call of a module and log it."""
        recorder = self._recorder
        outer = recorder.scope
        if recorder.muted or is_compiled(module) or (outer.owner is module and not outer.entered and not directly):
            return run(module, *args, **kwargs)
        call = self._open(module, args, kwargs, directly=directly)
        recorder.scope = call.scope
        try:
            result = self._run(module, run, args, kwargs)
            call.outputs = self._slots(output_leaves(result))
        except BaseException as error:
            if self.log.raised is not error:
                self.log.raised, self.log.raised_in = error, call.scope
            raise
        finally:
            recorder.scope = outer
        return result

    def _open(self, module: nn.Module, args: Args, kwargs: Kwargs, *, directly: bool) -> RecordedCall:
        outer = self._recorder.scope
        path = self._path(module)
        calls = self.log.calls.setdefault(path, [])
        if directly:
            self.log.direct[path] += 1
        root = outer.owner is None
        scope = Scope(
            path,
            len(calls),
            outer.source if root else user_location(3, CALL_CODE) or outer.source,
            None if root else outer,
            directly or not tells_direct_calls(module),
            module,
        )
        call = RecordedCall(scope, self._slots(input_leaves(args, kwargs)))
        calls.append(call)
        return call

    def _path(self, module: nn.Module) -> str:
        """Return the path of a module; one that the model does not hold is named after where it is called."""
        path = self._paths.get(id(module))
        if path is not None:
            return path
        caller = self._recorder.scope.module
        base = f"{caller}.<{type(module).__name__}>" if caller else f"<{type(module).__name__}>"
        for place, inner in module.named_modules():
            name = f"{base}.{place}" if place else base
            while name in self.log.found:
                name += "'"
            self._paths.setdefault(id(inner), name)
            self.log.found[name] = inner
        return self._paths[id(module)]

    def _run(self, module: nn.Module, run: Function, args: Args, kwargs: Kwargs) -> Value:
        if isinstance(module, torch.jit.ScriptModule):
            return self._recorder.run_opaque(run, (module, *args), kwargs)
        return self._layers.call(module, run, args, kwargs)

    def _slots(self, leaves: list[Leaf]) -> tuple[RecordedSlot, ...]:
        slot = self._recorder.lineage.slot
        with unrecorded():
            return tuple([RecordedSlot(path, *slot(tensor)) for path, tensor in leaves])
