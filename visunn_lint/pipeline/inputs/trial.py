"""Runs of forward just to see how far some inputs come: on the first rung, as long as that can tell."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from visunn_lint.pipeline.engines.native import ENGINE
from visunn_lint.pipeline.engines.native.verdict import UndecidedError, is_undecided
from visunn_lint.pipeline.frames import raising_code
from visunn_lint.pipeline.inputs.complaints import wants_floats

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from visunn_lint.pipeline.engines.engine import Request
    from visunn_lint.pipeline.graph import Capture
    from visunn_lint.pipeline.inputs.arguments import Arguments
    from visunn_lint.records import Failure, Mode

_REAL_COST = 5
_WANTS_AUTOGRAD = re.compile(r"requires? grad", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Trial:
    """How a run went: what it failed for, how many nodes it made before, the shapes that it returned.

    ``mode`` is the one that it failed in, ``passed`` are those that it did not fail in. ``code``
    are the statements outside torch that it failed in, the innermost first; ``cost`` counts a run
    on real tensors as several on meta.
    """

    failure: Failure | None
    mode: Mode = "eval"
    passed: tuple[Mode, ...] = ()
    code: tuple[str, ...] = ()
    progress: int = 0
    outputs: tuple[tuple[int, ...], ...] = ()
    cost: int = 1


class Rehearsal:
    """Tries inputs out on one model, in all modes that it is to be captured in.

    ``request`` says all but the inputs.
    """

    def __init__(self, request: Request, modes: Sequence[Mode]) -> None:
        self._request = request
        self._modes = tuple(modes)
        self._last: tuple[Arguments, Mapping[Mode, Capture]] | None = None
        self._first_in_part: tuple[Arguments, Mapping[Mode, Capture]] | None = None

    def __call__(self, arguments: Arguments) -> Trial:
        """Return how forward went in the first mode that it failed in, or in the last one."""
        captures: dict[Mode, Capture] = {}
        self._last = arguments, captures
        trial = Trial(None)
        for mode in self._modes:
            request = replace(self._request, args=arguments.args, kwargs=arguments.kwargs, mode=mode)
            capture = _capture(request)
            trial = replace(_judged(capture), mode=mode, passed=tuple(captures))
            if trial.failure is not None:
                break
            captures[mode] = capture
        if captures and self._first_in_part is None:
            self._first_in_part = self._last
        return trial

    def captures(self, arguments: Arguments) -> Mapping[Mode, Capture]:
        """Return the captures by mode, if it was these arguments that were tried last, or the first to do in one."""
        kept = [each for each in (self._last, self._first_in_part) if each is not None]
        return next((captures for tried, captures in kept if tried.kwargs is arguments.kwargs), {})


def on_first_rung(request: Request) -> Capture | None:
    """Return the capture of a run on meta tensors; None if it failed for want of values, or of autograd."""
    capture = ENGINE.first_rung(request)
    return None if capture.error is not None and _needs_more(capture.error) else capture


def _capture(request: Request) -> Capture:
    return on_first_rung(request) or ENGINE.capture(request)


def _needs_more(error: BaseException) -> bool:
    """Return whether a run failed for want of values, or of autograd; not if other inputs should have been given."""
    if isinstance(error, UndecidedError):
        return not wants_floats(str(error))
    return is_undecided(error) or _WANTS_AUTOGRAD.search(str(error)) is not None


def _judged(capture: Capture) -> Trial:
    table = capture.table
    calls = [call for module in table.modules[:1] for call in module.calls[:1]]
    outputs = tuple(slot.spec.shape for call in calls for slot in call.outputs)
    cost = _REAL_COST if table.captured.rung == "real" else 1
    code = raising_code(capture.error) if capture.error is not None else ()
    return Trial(table.failure, code=code, progress=len(capture.graph.node), outputs=outputs, cost=cost)
