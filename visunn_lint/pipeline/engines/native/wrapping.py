"""What stands between a module and its forward: lazy initialisation, and torch.compile's wrapper."""

from __future__ import annotations

import copy
import sys
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, cast

import torch
from torch.nn.modules.lazy import LazyModuleMixin
from torch.nn.parameter import is_lazy

from visunn_lint.pipeline.engines.native.structure import USUALLY_STORED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torch import Tensor, nn

    from visunn_lint.pipeline.calling import Function, Value
    from visunn_lint.pipeline.engines.native.recorder import Recorder
    from visunn_lint.pipeline.engines.native.survey import Stored


def eager() -> AbstractContextManager[object]:
    """Return a context in which compiled models run as they were written."""
    if "torch._dynamo" not in sys.modules:
        return nullcontext()
    stance: AbstractContextManager[object] = torch.compiler.set_stance("force_eager")
    return stance


def without_compiler(module: nn.Module) -> nn.Module:
    """Return the module that ``torch.compile`` wrapped; any other as it is."""
    cls: type = type(module)
    return cast("nn.Module", module._orig_mod) if is_compilers(cls) else module  # noqa: SLF001 -- the only way to it


@lru_cache(maxsize=4096)
def is_compilers(cls: type) -> bool:
    """Return whether a class is that of ``torch.compile``'s wrappers, without importing the compiler."""
    dynamo = sys.modules.get("torch._dynamo.eval_frame")  # which is there before any wrapper's class is
    return dynamo is not None and issubclass(cls, dynamo.OptimizedModule)


def renew_uninitialised(modules: Iterable[nn.Module], stored: Iterable[Stored], device: str) -> None:
    """Give lazy modules tensors of the run's own to initialise; theirs come back with the snapshot.

    Initialising one may write into what is there already, such as a norm's count of batches. ``stored`` is what the
    modules hold: nearly always nothing out of the ordinary.
    """
    if USUALLY_STORED.issuperset(chain.from_iterable([map(type, tensors.values()) for _, _, tensors in stored])):
        return
    for module in modules:
        held_by = (module._parameters, module._buffers)  # noqa: SLF001 -- setattr would check and call hooks
        if any(_is_lazy(tensor) for held in held_by for tensor in held.values()):
            for held in held_by:
                held.update({name: _renewed(tensor, device) for name, tensor in held.items() if tensor is not None})


def _is_lazy(tensor: Tensor | None) -> bool:
    return tensor is not None and is_lazy(tensor)


def _renewed(tensor: Tensor, device: str) -> Value:
    if not is_lazy(tensor):
        return copy.deepcopy(tensor)
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
