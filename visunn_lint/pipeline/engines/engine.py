"""What a capture engine is: it runs a model, or reads a file, and writes GraphDef."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torch import nn

    from visunn_lint.location import Location
    from visunn_lint.pipeline.graph import Capture
    from visunn_lint.records import Mode


@dataclass(frozen=True, slots=True)
class Request:
    """What to capture: a model with the arguments of its forward.

    ``sources`` tell by ``id(module)`` the line that assigned a module; ``rebuild`` makes the
    model anew with real weights, for one that was built on meta and needs its values after all.
    """

    model: nn.Module
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    mode: Mode = "eval"
    sources: Mapping[int, Location] = field(default_factory=dict)
    rebuild: Callable[[], nn.Module] | None = None


class Engine(Protocol):
    """One way to a graph. An engine is a file in this package with an ``ENGINE`` in it."""

    @property
    def name(self) -> str:
        """What ``--engine`` calls it."""
        ...

    def capture(self, request: Request) -> Capture:
        """Return graph and module table; a forward that raises is ``table.failure``."""
        ...
