"""Calls that torch tells no function mode of: while a run goes on, its recorder is told of them all the same."""

from __future__ import annotations

from functools import cache, partial, update_wrapper
from typing import TYPE_CHECKING, Final

import torch
from torch._functorch import eager_transforms, vmap

from visunn_lint.pipeline.engines.native.replacing import Once, replaced
from visunn_lint.pipeline.engines.native.running import recording, unrecorded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from visunn_lint.pipeline.calling import Args, Function, Kwargs, Value
    from visunn_lint.pipeline.engines.native.recorder import Recorder
    from visunn_lint.pipeline.engines.native.replacing import Place, Wrap

    Show = Callable[[Recorder, Function, Args, Kwargs], Value]


def _as_op(recorder: Recorder, func: Function, args: Args, kwargs: Kwargs) -> Value:
    """Record a function as if torch had told of it."""
    return recorder.__torch_function__(func, (), args, kwargs)


def _as_opaque(recorder: Recorder, _func: Function, args: Args, kwargs: Kwargs) -> Value:
    """Record a scripted function as one node: what it calls, Python cannot see."""
    return recorder.run_opaque(_scripted, args, kwargs)


def _scripted(function: Function, *args: Value, **kwargs: Value) -> Value:
    """Call a scripted function; its own ``__call__`` cannot be hashed."""
    return function(*args, **kwargs)


def _with_stand_in(recorder: Recorder, func: Function, args: Args, kwargs: Kwargs) -> Value:
    """Wrap what stands for a tensor: a transform would wrap the user's own, which the run does not touch."""
    return func(recorder.lineage.adopt(args[0]), *args[1:], **kwargs)


_UNSEEN: Final[tuple[tuple[Value, str, Show], ...]] = (
    (torch, "from_numpy", _as_op),
    (torch, "frombuffer", _as_op),
    (torch.nested, "nested_tensor", _as_op),
    (torch.jit.ScriptFunction, "__call__", _as_opaque),
    (vmap, "_add_batch_dim", _with_stand_in),
    (eager_transforms, "_wrap_for_grad", _with_stand_in),
)


def shown() -> AbstractContextManager[None]:
    """Tell the recorder of this thread of such calls while the context lasts."""
    return replaced(_wraps())


@cache
def _wraps() -> Mapping[Place, Wrap]:
    """Return what makes of each function the one that stands in for it."""
    return {(owner, name): Once(partial(_showing, show=show)) for owner, name, show in _UNSEEN}


def _showing(original: Function, show: Show) -> Function:
    def call(*args: Value, **kwargs: Value) -> Value:
        recorder = recording()
        if recorder is None:
            return original(*args, **kwargs)
        with unrecorded():
            return show(recorder, original, args, kwargs)

    return update_wrapper(call, original)
