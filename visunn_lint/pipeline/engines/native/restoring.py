"""What puts the contents of one object back as they are now."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from operator import is_
from typing import TYPE_CHECKING, Any

from visunn_lint.pipeline.engines.native.atoms import contents
from visunn_lint.pipeline.engines.native.outside import holds_tensors

if TYPE_CHECKING:
    from torch import nn

    from visunn_lint.pipeline.engines.native.outside import GlobalName

Restore = Callable[[], None]


def items(value: dict[Any, Any]) -> Restore:
    """Return what puts back the items of a dict in their order; an OrderedDict keeps an order of its own."""
    base: type[dict[Any, Any]] = OrderedDict if isinstance(value, OrderedDict) else dict
    keys, items = list(base.__iter__(value)), contents(value)

    def restore() -> None:
        now = contents(value)
        if len(now) == len(keys) and all(map(is_, base.__iter__(value), keys)) and all(map(is_, now, items)):
            return
        base.clear(value)
        for key, item in zip(keys, items, strict=True):
            base.__setitem__(value, key, item)

    return restore


def training_flag(module: nn.Module) -> Restore:
    """Return what puts back the mode of a scripted module, which keeps it where no dict of Python's is.

    One that was frozen has none.
    """
    was_training = getattr(module, "training", None)

    def restore() -> None:
        if was_training is not None and module.training != was_training:
            module.training = was_training

    return restore


def numpy_state(value: Any) -> Restore | None:  # noqa: ANN401 -- numpy need not be installed
    """Remember the state of numpy's generators, and the contents of arrays."""
    if hasattr(value, "bit_generator"):
        bits = value.bit_generator
        state = bits.state
        return lambda: setattr(bits, "state", state)
    if hasattr(value, "get_state") and hasattr(value, "set_state"):
        old = value.get_state()
        return lambda: value.set_state(old)
    if getattr(getattr(value, "flags", None), "writeable", False):
        copy = value.copy()
        return lambda: value.__setitem__(..., copy)
    return None


def emptying(cache: Any) -> Restore:  # noqa: ANN401 -- its class has no public name
    """Return what empties a function cache once it has taken up tensors: single entries cannot be taken out."""
    misses = cache.cache_info().misses

    def restore() -> None:
        if cache.cache_info().misses > misses and holds_tensors(cache):
            cache.cache_clear()

    return restore


def binding(place: GlobalName) -> Restore:
    """Return what binds a global name to what it is bound to now, or to nothing."""
    namespace, name = place
    if name not in namespace:
        return lambda: _unbind(place)
    saved = namespace[name]
    return lambda: namespace.__setitem__(name, saved)


def _unbind(place: GlobalName) -> None:
    place.namespace.pop(place.name, None)
