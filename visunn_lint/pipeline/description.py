"""What the user's code raised, in one line."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from visunn_lint.location import Location
from visunn_lint.pipeline.frames import raising_location

if TYPE_CHECKING:
    from pathlib import Path

_LONGEST = 300

ELLIPSIS = "[…]"
"""Stands where a message was cut."""


def describe(error: BaseException) -> str:
    """Return the class, the first line of the message, and the user's line of an exception."""
    place = raising_location(error)
    return f"{_message(error)} ({shown(place)})" if place else _message(error)


def shown(place: Location) -> str:
    """Return ``file:line``, relative to the working directory for what lies below it."""
    relative = os.path.relpath(place.file)
    file = place.file if relative.startswith("..") else relative
    return str(Location(file, place.line))


def shown_path(path: Path) -> str:
    """Return a path, relative to the working directory for what lies below it."""
    return shown(Location(str(path), 0))


def _message(error: BaseException) -> str:
    if isinstance(error, SystemExit):
        return f"it calls sys.exit({'' if error.code is None else repr(error.code)})"
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    first, *others = text.strip().splitlines() or [""]
    is_cut = bool(others) or len(first) > _LONGEST
    shown_text = first[:_LONGEST] + f" {ELLIPSIS}" * is_cut
    return f"{type(error).__name__}: {shown_text}" if first else type(error).__name__
