"""Names for what torch's protocols leave untyped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

Value: TypeAlias = Any
"""Whatever a torch function or a forward takes or returns: nothing more is known of it."""

Args: TypeAlias = tuple[Value, ...]
Kwargs: TypeAlias = dict[str, Value]
Function: TypeAlias = Callable[..., Value]
