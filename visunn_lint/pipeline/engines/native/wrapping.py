"""What stands between a module and its forward: lazy initialisation, and torch.compile's wrapper."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Final, cast

import torch
from torch import nn
from torch.nn.modules.lazy import LazyModuleMixin
from torch.nn.parameter import is_lazy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torch import Tensor

    from visunn_lint.pipeline.calling import Function, Value
    from visunn_lint.pipeline.engines.native.recorder import Recorder


def eager() -> AbstractContextManager[object]:
    """Return a context in which compiled models run as they were written."""
    if "torch._dynamo" not in sys.modules:
        return nullcontext()
    stance: AbstractContextManager[object] = torch.compiler.set_stance("force_eager")
    return stance


def without_compiler(module: nn.Module) -> nn.Module:
    """Return the module that ``torch.compile`` wrapped; any other as it is."""
    return cast("nn.Module", module._orig_mod) if is_compiled(module) else module  # noqa: SLF001 -- the only way to it


def is_compiled(module: nn.Module) -> bool:
    """Return whether a module is ``torch.compile``'s wrapper, without importing the compiler."""
    dynamo = sys.modules.get("torch._dynamo.eval_frame")
    return dynamo is not None and isinstance(module, dynamo.OptimizedModule)


def renew_uninitialised(modules: Iterable[nn.Module], device: str) -> None:
    """Give lazy modules parameters of the run's own to initialise; theirs come back with the snapshot."""
    for module in modules:
        for stored in (module._parameters, module._buffers):  # noqa: SLF001 -- setattr would check and call hooks
            for name, tensor in stored.items():
                if tensor is not None and type(tensor) not in _INITIALISED and is_lazy(tensor):
                    stored[name] = _renewed(tensor, device)


_INITIALISED: Final = frozenset({nn.Parameter, torch.Tensor})


def _renewed(tensor: Tensor, device: str) -> Value:
    make: Function = type(tensor)
    return make(requires_grad=tensor.requires_grad, device=device, dtype=tensor.dtype)


def keep_initialisation_out(modules: Iterable[nn.Module], recorder: Recorder) -> None:
    """Have lazy modules initialise themselves unrecorded: that is no part of what forward computes."""
    for module in modules:
        handle = getattr(module, "_initialize_hook", None) if isinstance(module, LazyModuleMixin) else None
        hook = module._forward_pre_hooks.get(handle.id) if handle is not None else None  # noqa: SLF001 -- the only way to one hook
        if handle is not None and hook is not None:
            module._forward_pre_hooks[handle.id] = _unrecorded(hook, recorder)  # noqa: SLF001 -- likewise


def _unrecorded(hook: Function, recorder: Recorder) -> Function:
    def run(*args: Value, **kwargs: Value) -> Value:
        recorder.initialising = True
        try:
            return hook(*args, **kwargs)
        finally:
            recorder.initialising = False

    return run
