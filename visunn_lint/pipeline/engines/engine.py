"""What a capture engine is: it runs a model, or reads a file, and writes GraphDef."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, get_args

from visunn_lint.errors import InputError
from visunn_lint.records import Mode
from visunn_lint.text import clip, safe

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torch import nn

    from visunn_lint.location import Location
    from visunn_lint.pipeline.graph import Capture

_WIDTH = 60
"""How much of what is no model is shown."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to capture: a model with the arguments of its forward.

    ``sources`` tell by ``id(module)`` the line that assigned a module; ``rebuild`` makes the
    model anew with real weights, for one that was built on meta and needs its values after all.
    ``called_at`` is the line that reports show for what no line of the model calls. Raises InputError
    for what is no model, or no mode.
    """

    model: nn.Module
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    mode: Mode = "eval"
    sources: Mapping[int, Location] = field(default_factory=dict)
    rebuild: Callable[[], nn.Module] | None = None
    called_at: Location | None = None

    def __post_init__(self) -> None:
        """Refuse what is no model, or no mode, before anything is asked of it."""
        check_model(self.model)
        check_mode(self.mode)


class Engine(Protocol):
    """One way to a graph. An engine is a file in this package with an ``ENGINE`` in it."""

    @property
    def name(self) -> str:
        """What ``--engine`` calls it."""
        ...

    def capture(self, request: Request) -> Capture:
        """Return graph and module table; a forward that raises is ``table.failure``."""
        ...


def check_model(model: object) -> None:
    """Raise InputError for what is no model; needs no torch."""
    if isinstance(model, type):
        message = f"`{model.__name__}` is a class, and a model is an instance of one"
        raise InputError(message, hint=f"build it: {model.__name__}(…)")
    if not hasattr(model, "named_modules"):
        message = f"{clip(safe(repr(model)), _WIDTH)} is no torch.nn.Module"
        raise InputError(message, hint="give the model itself; names and files are for `visunn check` and the fixture")


def check_mode(mode: object) -> None:
    """Raise InputError for what is no mode."""
    if mode not in get_args(Mode):
        message = f"no such mode: {mode!r}"
        raise InputError(message, hint='modes are "eval" and "train"')
