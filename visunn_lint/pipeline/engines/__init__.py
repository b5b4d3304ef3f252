"""The capture engines, one file or folder each."""

from __future__ import annotations

import importlib
import pkgutil
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, cast

from visunn_lint.errors import InputError

if TYPE_CHECKING:
    from visunn_lint.pipeline.engines.engine import Engine

DEFAULT = "native"


@cache
def names() -> list[str]:
    """Return the names of the engines."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__) if module.name != "engine")


def find(name: str) -> Engine:
    """Return an engine by name, ``auto`` for the default one; raises InputError for an unknown name."""
    check_name(name)
    return cast("Engine", importlib.import_module(f"{__name__}.{DEFAULT if name == 'auto' else name}").ENGINE)


def check_name(name: str) -> None:
    """Raise InputError for the name of an engine that there is not; imports none."""
    if name not in {"auto", *names()}:
        close = get_close_matches(str(name), names(), n=1)
        hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(['auto', *names()])}"
        message = f"no engine is called {name!r}"
        raise InputError(message, hint=hint)
