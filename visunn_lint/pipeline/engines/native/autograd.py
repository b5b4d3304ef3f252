"""Whether autograd would watch: where the model's own code switches it off, or writes its own backward.

A run goes without autograd as a rule, so that its real state tells nothing: entering ``no_grad``
within it changes nothing. What the code asks for is followed here, by the contexts themselves.
"""

from __future__ import annotations

from functools import cache, partial, update_wrapper
from typing import TYPE_CHECKING, Final

import torch
from torch.autograd import Function as CustomFunction

from visunn_lint.pipeline.engines.native.replacing import Once, replaced
from visunn_lint.pipeline.engines.native.running import recording

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from visunn_lint.pipeline.calling import Function, Value
    from visunn_lint.pipeline.engines.native.replacing import Place, Wrap
    from visunn_lint.records import Autograd

_BEFORE: Final = "_visunn_before"
_OPENING: Final[tuple[tuple[type, str, Callable[[Value], bool]], ...]] = (
    (torch.no_grad, "__enter__", lambda _: False),
    (torch.enable_grad, "__enter__", lambda _: True),
    (torch.set_grad_enabled, "__init__", lambda context: context.mode),
    (torch.set_grad_enabled, "__enter__", lambda context: context.mode),
    (torch.inference_mode, "__enter__", lambda context: not context.mode),
)
"""What sets the mode, and whether autograd watches then."""
_CLOSING: Final = (torch.no_grad, torch.enable_grad, torch.set_grad_enabled, torch.inference_mode)


def followed() -> AbstractContextManager[None]:
    """Tell the recorder of this thread of the mode while the context lasts."""
    return replaced(_wraps())


@cache
def _wraps() -> Mapping[Place, Wrap]:
    """Return what makes of each function the one that stands in for it."""
    return {
        **{(owner, name): Once(partial(_opening, watches=watches)) for owner, name, watches in _OPENING},
        **{(owner, "__exit__"): Once(_closing) for owner in _CLOSING},
        (CustomFunction, "apply"): Once(_customised),
    }


def _opening(original: Function, watches: Callable[[Value], bool]) -> Function:
    def call(context: Value, *args: Value, **kwargs: Value) -> Value:
        recorder = recording()
        if recorder is None:
            return original(context, *args, **kwargs)
        before = recorder.autograd
        result = original(context, *args, **kwargs)
        context.__dict__.setdefault(_BEFORE, before)
        if before != "custom":
            recorder.autograd = "on" if watches(context) else "off"
        return result

    return update_wrapper(call, original)


def _closing(original: Function) -> Function:
    def call(context: Value, *args: Value) -> Value:
        before: Autograd | None = context.__dict__.pop(_BEFORE, None)
        result = original(context, *args)
        recorder = recording()
        if recorder is not None and before is not None:
            recorder.autograd = before
        return result

    return update_wrapper(call, original)


def _customised(original: Value) -> object:
    """Return ``Function.apply`` as one that tells that its own backward answers for all it calls."""

    def apply(cls: type, *args: Value, **kwargs: Value) -> Value:
        recorder, run = recording(), original.__get__(None, cls)
        if recorder is None or recorder.autograd == "off":
            return run(*args, **kwargs)
        before, recorder.autograd = recorder.autograd, "custom"
        try:
            return run(*args, **kwargs)
        finally:
            recorder.autograd = before

    return classmethod(apply)
