"""A process of its own for one revision: it captures a target there, and writes its outlines as the answer."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

import visunn_lint
from visunn_lint.comparing.outlines import Options, as_message, outlines_of_target, wrong_files
from visunn_lint.errors import TargetError, VisunnError

if TYPE_CHECKING:
    from types import CodeType


class Request(msgspec.Struct):
    """What is asked: the ``target`` as seen from the working folder, and where the checkout and the ``files`` are."""

    target: str
    options: Options
    top: str
    files: str
    answer: str


def main() -> None:
    """Read a request from stdin and write its answer: the outlines, or the error in one line."""
    request = msgspec.convert(json.load(sys.stdin.buffer), Request)
    try:
        answer = _answer(request)
    except VisunnError as error:
        answer = as_message({"error": error.message, "hint": error.hint})
    Path(request.answer).write_bytes(answer)


def _answer(request: Request) -> bytes:
    """Return the outlines of the target; raises TargetError if a module came from the checkout."""
    run: list[str] = []
    sys.addaudithook(lambda event, values: _note(run, event, values))
    answer = as_message({"models": outlines_of_target(request.target, request.options)})
    own = Path(visunn_lint.__file__).parent
    wrong = wrong_files(run, Path(request.top), own)
    if wrong:
        message = f"{wrong[0]} was imported from the checkout, not from the revision"
        hint = "an editable install leads there; uninstall it, or compare two checkouts"
        raise TargetError(message, hint=hint)
    return answer


def _note(run: list[str], event: str, values: tuple[object, ...]) -> None:
    """Take note of the file of each module that is run."""
    code: CodeType | object = values[0] if event == "exec" and values else None
    name = getattr(code, "co_filename", "")
    if getattr(code, "co_name", "") == "<module>" and Path(name).is_absolute():
        run.append(name)
