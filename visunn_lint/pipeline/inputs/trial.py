"""Runs of forward just to see how far some inputs come: on the first rung, as long as that can tell."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from visunn_lint.pipeline import engines
from visunn_lint.pipeline.engines.native.run import run
from visunn_lint.pipeline.engines.native.rungs import MetaRung
from visunn_lint.pipeline.engines.native.write import write
from visunn_lint.pipeline.frames import raising_code

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from visunn_lint.pipeline.engines.engine import Request
    from visunn_lint.pipeline.graph import Capture
    from visunn_lint.pipeline.inputs.arguments import Arguments
    from visunn_lint.records import Failure, Mode

_REAL_COST = 5
_WANTS_VALUES = re.compile(
    r"\bmeta\b|register_meta|fake impl|data-dependent|requires? grad|index out of range: a real|under autocast",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Trial:
    """How a run went: what it failed for, how many nodes it made before, the shapes that it returned.

    ``code`` are the statements outside torch that it failed in, the innermost first; ``cost``
    counts a run on real tensors as several on meta.
    """

    failure: Failure | None
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
        self._modes = modes
        self._arguments: Arguments | None = None
        self._captures: dict[Mode, Capture] = {}

    def __call__(self, arguments: Arguments) -> Trial:
        """Return how forward went in the first mode that it failed in, or in the last one."""
        self._arguments, self._captures = arguments, {}
        trial = Trial(None)
        for mode in self._modes:
            request = replace(self._request, args=arguments.args, kwargs=arguments.kwargs, mode=mode)
            capture = self._captures[mode] = _capture(request)
            trial = _judged(capture)
            if trial.failure is not None:
                break
        return trial

    def captures(self, arguments: Arguments) -> Mapping[Mode, Capture]:
        """Return the captures by mode, if it was these arguments that were tried last."""
        return self._captures if arguments is self._arguments else {}


def on_first_rung(request: Request) -> Capture | None:
    """Return the capture of a run on meta tensors; None if it failed for want of values, or of autograd."""
    capture = write(run(request, MetaRung(), with_grad=False), rung="meta")
    failure = capture.table.failure
    return None if failure is not None and _needs_more(failure) else capture


def _capture(request: Request) -> Capture:
    return on_first_rung(request) or engines.find("native").capture(request)


def _needs_more(failure: Failure) -> bool:
    """Return whether a run failed for want of values, or of autograd."""
    return _WANTS_VALUES.search(failure.message) is not None


def _judged(capture: Capture) -> Trial:
    table = capture.table
    calls = [call for module in table.modules[:1] for call in module.calls[:1]]
    outputs = tuple(slot.spec.shape for call in calls for slot in call.outputs)
    cost = _REAL_COST if table.captured.rung == "real" else 1
    code = raising_code(capture.error) if capture.error is not None else ()
    return Trial(table.failure, code, len(capture.graph.node), outputs, cost)
