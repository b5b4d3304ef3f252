"""Sees every call of a module while a capture runs, on this thread, and direct calls of ``.forward``."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Protocol

import torch
from torch import nn

from visunn_lint.pipeline.engines.native.replacing import replaced

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


@contextmanager
def observed(observer: Observer, modules: Iterable[nn.Module]) -> Iterator[None]:
    """Tell ``observer`` of each module call on this thread; captures may be nested."""
    modules = list(modules)
    kinds = {(type(module), module.__dict__.get(_COMPILED) is not None) for module in modules}
    places = {(nn.Module, _INNER), *(_call_place(*kind) for kind in kinds)}
    outer, _active.observer = _active.observer, observer
    try:
        with replaced(dict.fromkeys(places, _observing)):
            _place_forwards(modules)
            yield
    finally:
        _active.observer = outer


_INNER: Final = "_call_impl"
"""What ``nn.Module.__call__`` calls. To replace that itself has Python go through all subclasses there are."""


_COMPILED: Final = "_compiled_call_impl"
"""Where a module keeps the original of what is replaced, once ``module.compile()`` was called."""


def _call_place(cls: type, is_compiled: bool) -> tuple[type, str]:  # noqa: FBT001 -- the two go as one key
    """Return the class and the name of the method that every call of an instance of ``cls`` goes through."""
    owner = _owner(cls, "__call__")
    if owner is not nn.Module or is_compiled:
        return owner, "__call__"
    return _owner(cls, _INNER), _INNER


def _owner(cls: type, name: str) -> type:
    """Return the class that gives instances of ``cls`` a method."""
    return next(base for base in cls.__mro__ if name in base.__dict__)


def _observing(original: Function) -> Function:
    def __call__(module: nn.Module, *args: Value, **kwargs: Value) -> Value:  # noqa: N807 -- stands in for Module.__call__
        observer = _active.observer
        if observer is None:
            return original(module, *args, **kwargs)
        return observer.call(module, original, args, kwargs, directly=False)

    return __call__


CALL_CODE: Final[CodeType] = _observing(nn.Module.__call__).__code__
"""The code that runs between a module call and what happens inside: the end of a walk up the stack."""


class Forward:
    """Stands in for a module's bound ``forward`` to tell a direct call from one through ``__call__``.

    Modules that are built or wrapped during a run have none.
    """

    __slots__ = ("_forward", "_module")

    def __init__(self, module: nn.Module, forward: Function) -> None:
        self._module = module
        self._forward = forward

    def __call__(self, *args: Value, **kwargs: Value) -> Value:
        """Run a call: a direct one is told to the observer."""
        module, observer = self._module, _active.observer
        forward = type(module).forward
        if observer is None or observer.expects_forward(module):
            return forward(module, *args, **kwargs)
        return observer.call(module, forward, args, kwargs, directly=True)

    @property
    def __wrapped__(self) -> Function:
        """The bound method: what asks for a signature finds it here."""
        bound: Function = self._forward.__get__(self._module)
        return bound

    def __getattr__(self, name: str) -> Value:
        """Return what the bound method has under a name."""
        return getattr(self.__wrapped__, name)

    def __deepcopy__(self, memo: dict[int, Value]) -> Forward:
        """Return the same for the copy of the module."""
        return Forward(memo.get(id(self._module), self._module), self._forward)


def _place_forwards(modules: Iterable[nn.Module]) -> None:
    """Put a ``Forward`` on each module; the caller's snapshot takes it away again."""
    for module in modules:
        if "forward" not in module.__dict__ and not isinstance(module, torch.jit.ScriptModule):
            module.__dict__["forward"] = Forward(module, type(module).forward)


ORIGINAL_CALL: Final = nn.Module.__dict__[_INNER]
"""What all calls go through of which torch alone is in charge."""
