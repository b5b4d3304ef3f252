"""The errors that visunn raises on purpose: each is one line that says what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from visunn_lint.location import Location
    from visunn_lint.topology import Topology


ELLIPSIS = "[…]"
"""Stands in a message where that of another exception was cut."""


class VisunnError(Exception):
    """Something could not be linted; the command line shows the message and exits 2.

    ``hint`` is one more line: what to write or give instead.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class TargetError(VisunnError):
    """A target names no model: no such file, nothing in it, an import or a constructor that fails."""


class InputError(VisunnError):
    """Inputs are missing, malformed, or do not fit the signature of ``forward``."""


class ConfigError(VisunnError):
    """A setting is unknown or has a wrong value."""


class GraphError(VisunnError):
    """A GraphDef or an event log is malformed."""


class DataError(VisunnError):
    """A document that the viewer shows is malformed."""


class CaptureError(VisunnError):
    """``forward`` raised during the capture.

    ``topology`` is the graph up to that point, ``module`` the dotted path of the module that
    was running, ``op`` the operation that failed (or ``""``), ``location`` its source line.
    The user's own exception is the ``__cause__``.
    """

    def __init__(
        self,
        message: str,
        *,
        topology: Topology,
        module: str,
        op: str,
        location: Location | None,
        hint: str = "",
    ) -> None:
        super().__init__(message, hint=hint)
        self.topology = topology
        self.module = module
        self.op = op
        self.location = location


class Timeout(BaseException):
    """The time given to a target has passed."""


STOPS: Final = (KeyboardInterrupt, GeneratorExit, Timeout)
"""What comes from outside to end a run. Whatever else the user's code raises is a failure of that code."""
