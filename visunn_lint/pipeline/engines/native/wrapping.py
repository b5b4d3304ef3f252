"""What stands between a module and its forward: lazy initialisation, and torch.compile's wrapper."""

from __future__ import annotations

import copy
import sys
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Final, cast

import torch
from torch.nn.modules.lazy import LazyModuleMixin
from torch.nn.parameter import is_lazy

from visunn_lint.pipeline.engines.native.structure import PLAIN_TENSORS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
    return cast("nn.Module", module._orig_mod) if is_compiled(module) else module  # noqa: SLF001 -- the only way to it


def is_compiled(module: nn.Module) -> bool:
    """Return whether a module is ``torch.compile``'s wrapper, without importing the compiler."""
    cls: type = type(module)
    return _is_compilers(cls)


@lru_cache(maxsize=4096)
def _is_compilers(cls: type) -> bool:
    dynamo = sys.modules.get("torch._dynamo.eval_frame")  # which is there before any wrapper's class is
    return dynamo is not None and issubclass(cls, dynamo.OptimizedModule)


def renew_uninitialised(stored: Sequence[Stored], device: str) -> None:
    """Give lazy modules tensors of the run's own to initialise; theirs come back with the snapshot.

    Initialising one may write into what is there already, such as a norm's count of batches.
    """
    if _USUAL.issuperset(chain.from_iterable([map(type, held.tensors.values()) for held in stored])):
        return
    lazy = {held.path for held in stored if any(map(_is_lazy, held.tensors.values()))}
    for held in stored:
        if held.path in lazy:
            tensors = held.tensors.items()
            held.tensors.update({name: _renewed(tensor, device) for name, tensor in tensors if tensor is not None})


_USUAL: Final = PLAIN_TENSORS | {type(None)}


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
