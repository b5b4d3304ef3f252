"""Sees every call of a module while a capture runs, on this thread, and direct calls of ``.forward``."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from functools import update_wrapper
from typing import TYPE_CHECKING, Final, Protocol

import torch
from torch import nn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import CodeType

    from visunn_lint.pipeline.calling import Args, Function, Kwargs, Value


class Observer(Protocol):
    """What is told of the calls of modules."""

    def call(
        self,
        module: nn.Module,
        run: Function,
        args: Args,
        kwargs: Kwargs,
        *,
        directly: bool,
    ) -> Value:
        """Run a call of a module; ``directly`` when it is of ``.forward``, round the hooks."""
        ...

    def expects_forward(self, module: nn.Module) -> bool:
        """Return, once for each call, whether its ``forward`` is just what is to come."""
        ...


class _Active(threading.local):
    observer: Observer | None = None


_active = _Active()
_patches: Final[dict[type, tuple[Value, int]]] = {}
"""The classes whose ``__call__`` is replaced now: the original, and how many captures want that."""
_lock = threading.Lock()


@contextmanager
def observed(observer: Observer, modules: Iterable[nn.Module]) -> Iterator[None]:
    """Tell ``observer`` of each module call on this thread; captures may be nested."""
    modules = list(modules)
    classes = {_call_owner(type(module)) for module in modules} | {nn.Module}
    outer, _active.observer = _active.observer, observer
    _patch(classes)
    _place_forwards(modules)
    try:
        yield
    finally:
        _unpatch(classes)
        _active.observer = outer


def _call_owner(cls: type) -> type:
    """Return the class that gives instances of ``cls`` their ``__call__``."""
    return next(base for base in cls.__mro__ if "__call__" in base.__dict__)


def _patch(classes: Iterable[type]) -> None:
    with _lock:
        for cls in classes:
            original, count = _patches.get(cls, (cls.__dict__["__call__"], 0))
            _patches[cls] = (original, count + 1)
            if not count:
                cls.__call__ = _observing(original)  # type: ignore[method-assign, unused-ignore]  # put back in _unpatch


def _unpatch(classes: Iterable[type]) -> None:
    with _lock:
        for cls in classes:
            original, count = _patches.pop(cls)
            if count > 1:
                _patches[cls] = (original, count - 1)
            else:
                cls.__call__ = original  # type: ignore[method-assign, unused-ignore]  # as it was


def _observing(original: Function) -> Function:
    def __call__(module: nn.Module, *args: Value, **kwargs: Value) -> Value:  # noqa: N807 -- stands in for Module.__call__
        observer = _active.observer
        if observer is None:
            return original(module, *args, **kwargs)
        return observer.call(module, original, args, kwargs, directly=False)

    return __call__


CALL_CODE: Final[CodeType] = _observing(nn.Module.__call__).__code__
"""The code that runs between a module call and what happens inside: the end of a walk up the stack."""


class _Forward:
    """Stands in for a module's bound ``forward`` to tell a direct call from one through ``__call__``."""

    def __init__(self, module: nn.Module) -> None:
        self._module = module
        update_wrapper(self, type(module).forward.__get__(module))

    def __call__(self, *args: Value, **kwargs: Value) -> Value:
        module, observer = self._module, _active.observer
        forward = type(module).forward
        if observer is None or observer.expects_forward(module):
            return forward(module, *args, **kwargs)
        return observer.call(module, forward, args, kwargs, directly=True)

    def __deepcopy__(self, memo: dict[int, Value]) -> _Forward:
        """Return the same for the copy of the module."""
        return _Forward(memo.get(id(self._module), self._module))


def _place_forwards(modules: Iterable[nn.Module]) -> None:
    """Put a ``_Forward`` on each module; the caller's snapshot takes it away again."""
    for module in modules:
        if "forward" not in module.__dict__ and not isinstance(module, torch.jit.ScriptModule):
            module.__dict__["forward"] = _Forward(module)


def tells_direct_calls(module: nn.Module) -> bool:
    """Return whether a ``_Forward`` stands on a module; not on those built or wrapped during the run."""
    return isinstance(module.__dict__.get("forward"), _Forward)
