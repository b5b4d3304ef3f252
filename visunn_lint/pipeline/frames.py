"""The user's place in a call stack: the innermost frame outside torch, visunn and Python's own library."""

from __future__ import annotations

import sys
from functools import lru_cache
from linecache import getline
from os import sep
from pathlib import Path
from typing import TYPE_CHECKING

import torch

import visunn_lint
from visunn_lint.location import Location, is_installed, is_standard

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType, FrameType, TracebackType

_MACHINERY = tuple(str(Path(package).parent) + sep for package in (torch.__file__, visunn_lint.__file__) if package)
_GENERATED = ("<string>", "<eval_with_key")


@lru_cache(maxsize=4096)
def is_machinery(filename: str) -> bool:
    """Return whether code of a file belongs to torch, to visunn, to Python itself, or to no file."""
    return filename.startswith((*_GENERATED, *_MACHINERY)) or is_standard(filename)


@lru_cache(maxsize=4096)
def is_foreign(filename: str) -> bool:
    """Return whether a file belongs to the standard library, an installed package, or to visunn."""
    return is_machinery(filename) or is_installed(filename)


def user_frames(frame: FrameType | None) -> Iterator[FrameType]:
    """Yield a frame and its callers, innermost first, without those of torch and visunn."""
    while frame is not None:
        if not is_machinery(frame.f_code.co_filename):
            yield frame
        frame = frame.f_back


def user_location(depth: int, stop: CodeType | None = None) -> Location | None:
    """Return the location of the innermost frame outside torch, ``depth`` frames up or higher.

    The walk ends, with None, at a frame that runs ``stop``.
    """
    frame: FrameType | None = sys._getframe(depth + 1)  # noqa: SLF001 -- the documented way, without building a stack
    while frame is not None:
        code = frame.f_code
        if code is stop:
            return None
        if not is_machinery(code.co_filename):
            return _location(code, frame.f_lasti)
        frame = frame.f_back
    return None


def location_of(frame: FrameType) -> Location:
    """Return what a frame is executing, with columns where the interpreter knows them."""
    return _location(frame.f_code, frame.f_lasti)


def raising_location(error: BaseException) -> Location | None:
    """Return the innermost place of an exception's traceback that is the user's own.

    For a SyntaxError that is the line that cannot be parsed. Where only installed packages are
    on the stack it is the innermost of theirs, and None if there is nothing outside torch.
    """
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        before = (error.text or "")[: max((error.offset or 0) - 1, 0)]
        return Location(error.filename, error.lineno, (error.offset or 0) + len(before.encode()) - len(before))
    places = [step for step in _steps(error.__traceback__) if not is_machinery(step.tb_frame.f_code.co_filename)]
    own = [step for step in places if not is_foreign(step.tb_frame.f_code.co_filename)]
    for step in (own or places)[-1:]:
        return _location(step.tb_frame.f_code, step.tb_lasti)
    return None


def raising_code(error: BaseException) -> tuple[str, ...]:
    """Return the code outside torch that an exception came through, innermost first: the lines of each call."""
    steps = [step for step in _steps(error.__traceback__) if not is_machinery(step.tb_frame.f_code.co_filename)]
    return tuple(_code(step) for step in reversed(steps))


def _code(step: TracebackType) -> str:
    code = step.tb_frame.f_code
    place = _location(code, step.tb_lasti)
    lines = (getline(code.co_filename, line) for line in range(place.line, (place.end_line or place.line) + 1))
    return " ".join(line.strip() for line in lines)


def _steps(traceback: TracebackType | None) -> Iterator[TracebackType]:
    while traceback is not None:
        yield traceback
        traceback = traceback.tb_next


@lru_cache(maxsize=4096)
def _positions(code: CodeType) -> list[tuple[int | None, int | None, int | None, int | None]]:
    """Return the positions of all instructions of a function: asked for one by one they cost linear time each."""
    return list(code.co_positions())


_MOST_PLACES = 1 << 16
_places: dict[tuple[int, int], tuple[CodeType, Location]] = {}
"""Places by the identity of their code, which is kept with them: its hash is that of all its instructions."""


def _location(code: CodeType, instruction: int) -> Location:
    """Return the place of an instruction."""
    known = _places.get((id(code), instruction))
    if known is None:
        if len(_places) >= _MOST_PLACES:
            _places.clear()
        known = _places[id(code), instruction] = (code, _place(code, instruction))
    return known[1]


def _place(code: CodeType, instruction: int) -> Location:
    file = code.co_filename
    line, end_line, column, end_column = _positions(code)[instruction // 2] if instruction >= 0 else (None,) * 4
    if line is None:
        return Location(file, code.co_firstlineno)
    if column is None or end_column is None:
        return Location(file, line)
    return Location(file, line, column + 1, end_line or line, end_column + 1)
