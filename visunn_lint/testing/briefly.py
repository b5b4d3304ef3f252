"""Errors of ours as a test shows them: what is wrong and what to do, with the user's own lines alone."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import visunn_lint
from visunn_lint.location import is_installed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visunn_lint.errors import VisunnError

_OWN_FOLDER = Path(visunn_lint.__file__).parent


def brief(error: VisunnError) -> VisunnError:
    """Return an error without the frames that it came through, its hint as a note."""
    if error.hint:
        error.add_note(f"hint: {error.hint}")
    return error.with_traceback(None)


def brief_cause(error: VisunnError) -> BaseException | None:
    """Return what the user's model raised, with the frames of the model's own code; None if it raised nothing."""
    cause = error.__cause__
    return cause.with_traceback(_users_part(cause.__traceback__)) if cause is not None else None


def _users_part(traceback: TracebackType | None) -> TracebackType | None:
    part: TracebackType | None = None
    for step in reversed([step for step in _steps(traceback) if _is_users(step)]):
        part = TracebackType(part, step.tb_frame, step.tb_lasti, step.tb_lineno)
    return part


def _steps(traceback: TracebackType | None) -> Iterator[TracebackType]:
    while traceback is not None:
        yield traceback
        traceback = traceback.tb_next


def _is_users(step: TracebackType) -> bool:
    file = step.tb_frame.f_code.co_filename
    return not is_installed(file) and not Path(file).is_relative_to(_OWN_FOLDER)
