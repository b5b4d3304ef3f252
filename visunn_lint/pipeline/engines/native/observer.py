"""The calls of modules during a run: which, within which, with what tensors in and out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch
from msgspec import structs

from visunn_lint.pipeline.engines.native.layers import Layers
from visunn_lint.pipeline.engines.native.module_calls import CALL_CODE, Forward
from visunn_lint.pipeline.engines.native.record import Scope
from visunn_lint.pipeline.engines.native.running import unrecorded
from visunn_lint.pipeline.engines.native.structure import input_leaves, output_leaves
from visunn_lint.pipeline.engines.native.wrapping import is_compilers
from visunn_lint.pipeline.frames import user_location
from visunn_lint.records import Call

if TYPE_CHECKING:
    from torch import nn

    from visunn_lint.pipeline.calling import Args, Function, Kwargs, Value
    from visunn_lint.pipeline.engines.native.layers import Setting
    from visunn_lint.pipeline.engines.native.recorder import Recorder
    from visunn_lint.pipeline.engines.native.structure import Leaf
    from visunn_lint.records import Slot


@dataclass(slots=True)
class CallLog:
    """The calls of a run, by the path of their module, in order; those that raised have no outputs.

    ``found`` are modules met during the run that were in no survey, by the path given to them.
    """

    calls: dict[str, list[Call]] = field(default_factory=dict)
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
        self._opened: Scope | None = None
        self._undone: Scope | None = None

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
        recorder, layers = self._recorder, self._layers
        outer = recorder.scope
        cls: type = type(module)
        is_inner = outer.owner is module and not outer.entered and not directly
        if recorder.muted or is_inner or is_compilers(cls):
            return run(module, *args, **kwargs)
        try:
            with unrecorded():
                scope = recorder.scope = self._open(module, args, kwargs, directly=directly)
                setting = layers.setting(module, run, args, kwargs)
                plan = layers.plan(setting) if setting is not None else None
                if setting is not None and plan is not None:
                    result = recorder.follow(plan, module, args[0], setting.handed)
                    self._close(scope, result)
                    return result
            result = self._run(setting, module, run, args, kwargs)
            with unrecorded():
                self._close(scope, result)
        except BaseException as error:
            if recorder.scope is not outer:
                self._note_raised(error, recorder.scope)
            raise
        finally:
            recorder.scope = outer
        return result

    def _note_raised(self, error: BaseException, scope: Scope) -> None:
        """Take note of what a call raised; one that has done nothing is undone if whoever made it goes on."""
        is_first = self.log.raised is not error
        if is_first:
            self.log.raised, self.log.raised_in = error, scope
        self._undone = scope if is_first and self._opened is scope and not self._has_records(scope) else None

    def _has_records(self, scope: Scope) -> bool:
        records = self._recorder.ledger.records
        return next((each.scope is scope for each in reversed(records) if each.scope is not None), False)

    def _undo(self, scope: Scope) -> None:
        """Take a call out of the log that raised at once, as for an argument that ``forward`` has not."""
        self._undone = None
        calls = self.log.calls[scope.module]
        calls.pop()
        if not calls:
            del self.log.calls[scope.module]

    def _open(self, module: nn.Module, args: Args, kwargs: Kwargs, *, directly: bool) -> Scope:
        """Log a call without outputs as yet, and return its scope."""
        if self._undone is not None:
            self._undo(self._undone)
        outer = self._recorder.scope
        path = self._paths.get(id(module)) or self._path(module)
        calls = self.log.calls.get(path)
        if calls is None:
            calls = self.log.calls[path] = []
        if directly:
            self.log.direct[path] += 1
        root = outer.owner is None
        source = outer.source if root else user_location(3, CALL_CODE) or outer.source
        entered = directly or type(module.__dict__.get("forward")) is not Forward  # which tells direct calls
        scope = self._opened = Scope(path, len(calls), source, None if root else outer, entered, module)
        parent = None if root else (outer.module, outer.call)
        calls.append(Call(path, scope.call, self._slots(input_leaves(args, kwargs)), (), source, parent))
        return scope

    def _close(self, scope: Scope, result: Value) -> None:
        if self._undone is not None:
            self._undo(self._undone)
        calls = self.log.calls[scope.module]
        calls[scope.call] = structs.replace(calls[scope.call], outputs=self._slots(output_leaves(result)))

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

    def _run(self, setting: Setting | None, module: nn.Module, run: Function, args: Args, kwargs: Kwargs) -> Value:
        if isinstance(module, torch.jit.ScriptModule):
            return self._recorder.run_opaque(run, (module, *args), kwargs)
        return self._layers.run(setting, module, run, args, kwargs)

    def _slots(self, leaves: list[Leaf]) -> tuple[Slot, ...]:
        slot = self._recorder.lineage.slot
        if len(leaves) == 1:  # as nearly always
            return (slot(*leaves[0]),)
        return tuple([slot(path, tensor) for path, tensor in leaves])
