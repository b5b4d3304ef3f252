"""The ties between parameters that a model declares, as transformers has it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import nn


def declared_ties(model: nn.Module) -> tuple[tuple[str, ...], ...]:
    """Return the names that are declared to be one parameter each.

    Of older versions of transformers, which name one side alone, it is that name.
    """
    return tuple(dict.fromkeys(tie for path, module in model.named_modules() for tie in _ties(module, path)))


def _ties(module: nn.Module, path: str) -> Iterator[tuple[str, ...]]:
    prefix = f"{path}." if path else ""
    known = vars(module).get("all_tied_weights_keys")
    if isinstance(known, Mapping):
        yield from ((f"{prefix}{target}", f"{prefix}{source}") for target, source in known.items())
        return
    names = getattr(type(module), "_tied_weights_keys", None)
    if isinstance(names, Iterable) and not isinstance(names, Mapping | str):
        yield from ((f"{prefix}{name}",) for name in names)
