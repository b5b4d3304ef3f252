"""The ladder: one run on meta tensors, and where that does not do, one on real ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from visunn_lint.pipeline.collecting import uncollected
from visunn_lint.pipeline.engines.native.run import Recording, run
from visunn_lint.pipeline.engines.native.rungs import MetaRung, RealRung
from visunn_lint.pipeline.engines.native.standins import too_large
from visunn_lint.pipeline.engines.native.structure import tensors_in
from visunn_lint.pipeline.engines.native.verdict import is_undecided
from visunn_lint.pipeline.engines.native.write import write

if TYPE_CHECKING:
    from torch import nn

    from visunn_lint.pipeline.engines.engine import Request
    from visunn_lint.pipeline.graph import Capture

_MOST_REAL_BYTES = 8 << 30
"""A model with more bytes of weights is not run for real, and none on more bytes of inputs that were made for it."""


@dataclass(frozen=True, slots=True)
class NativeEngine:
    """Captures with neither weights nor compute where it can; see the package's docstring."""

    name: str = "native"

    def first_rung(self, request: Request) -> Capture:
        """Return what a run without values and without autograd gives: a failure may be for want of them."""
        return write(run(request, MetaRung(), with_grad=False), rung="meta")

    def capture(self, request: Request) -> Capture:
        """Return graph and module table; a forward that raises is ``table.failure``."""
        with uncollected():
            first = _written(request, MetaRung())
        if first.error is None:
            return first
        climber = _for_real(request, first.error)
        return first if climber is None else _written(climber, RealRung(), reason=_first_line(first.error))


def _written(request: Request, rung: MetaRung | RealRung, reason: str = "") -> Capture:
    """Return what a run on a rung gives; what it was recorded with is let go, but for what a traceback holds."""
    return write(_run_with_grad_if_asked(request, rung), rung=rung.name, reason=reason)


def _run_with_grad_if_asked(request: Request, rung: MetaRung | RealRung) -> Recording:
    """Run without autograd, and again with it if that is what the model fails for."""
    recording = run(request, rung, with_grad=False)
    if recording.error is None or not _misses_autograd(recording.error):
        return recording
    return run(request, type(rung)(), with_grad=True)


def _misses_autograd(error: BaseException) -> bool:
    message = str(error)
    return isinstance(error, RuntimeError) and any(
        words in message
        for words in (
            "does not require grad",
            "doesn't require gradient",
            "requires grad",
            "not have been used in the graph",
            "requires_grad",
        )
    )


def _for_real(request: Request, error: BaseException) -> Request | None:
    """Return the request with a model whose weights have values; None if there is no such.

    ``error`` is what the first rung failed for. Raises InputError if that is want of values, and inputs without any
    are too large to be given some.
    """
    size = sum(tensor.nbytes for tensor in tensors_in(request.args, dict(request.kwargs)) if tensor.is_meta)
    if size > _MOST_REAL_BYTES and is_undecided(error):
        raise too_large(size)
    if max(size, _weight_bytes(request.model)) > _MOST_REAL_BYTES:
        return None
    if not any(parameter.is_meta for parameter in request.model.parameters()):
        return request
    if request.rebuild is None:
        return request
    return replace(request, model=request.rebuild())


def _weight_bytes(model: nn.Module) -> int:
    sizes = (
        parameter.numel() * parameter.element_size()
        for parameter in model.parameters()
        if not hasattr(parameter, "materialize")
    )
    return sum(sizes)


def _first_line(error: BaseException) -> str:
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0]


ENGINE = NativeEngine()
