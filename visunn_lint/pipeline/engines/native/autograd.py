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
_APPLIED: Final = frozenset({"forward", "setup_context"})
"""What ``Function.apply`` runs."""


def followed() -> AbstractContextManager[None]:
    """Tell the recorder of this thread of the mode while the context lasts."""
    return replaced(_wraps())


@cache
def _wraps() -> Mapping[Place, Wrap]:
    """Return what makes of each function the one that stands in for it."""
    return {
        **{(owner, name): Once(partial(_opening, watches=watches)) for owner, name, watches in _OPENING},
        **{(owner, "__exit__"): Once(_closing) for owner in _CLOSING},
        (type(CustomFunction), "__getattribute__"): Once(_looking),
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


def _looking(original: Value) -> Function:
    """Return the look-up of a ``Function``'s attributes as one that gives what ``apply`` runs as its own code.

    ``apply`` itself is often bound before the run (``ste = STE.apply``), and what is put in its place then is not
    reached. What it runs is looked up at each call.
    """

    def look(cls: type, name: str) -> Value:
        found = original(cls, name)
        is_own = name in _APPLIED and found is not original(CustomFunction, name)  # torch compares with its defaults
        return _customised(found) if is_own and recording() is not None else found

    return look


def _customised(run: Function) -> Function:
    """Return a part of a ``Function`` as one that tells that its own backward answers for all it calls."""

    def call(*args: Value, **kwargs: Value) -> Value:
        recorder = recording()
        if recorder is None or recorder.autograd == "off":
            return run(*args, **kwargs)
        before, recorder.autograd = recorder.autograd, "custom"
        try:
            return run(*args, **kwargs)
        finally:
            recorder.autograd = before

    return update_wrapper(call, run)
