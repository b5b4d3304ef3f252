"""What the user's code raised, in one line."""

from __future__ import annotations

from visunn_lint.errors import ELLIPSIS
from visunn_lint.location import shown
from visunn_lint.pipeline.frames import raising_location

_LONGEST = 300


def describe(error: BaseException) -> str:
    """Return the class, the first line of the message, and the user's line of an exception."""
    place = raising_location(error)
    return f"{_message(error)} ({shown(place)})" if place else _message(error)


def _message(error: BaseException) -> str:
    if isinstance(error, SystemExit):
        return f"it calls sys.exit({'' if error.code is None else repr(error.code)})"
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    first, *others = text.strip().splitlines() or [""]
    is_cut = bool(others) or len(first) > _LONGEST
    shown_text = first[:_LONGEST] + f" {ELLIPSIS}" * is_cut
    return f"{type(error).__name__}: {shown_text}" if first else type(error).__name__
