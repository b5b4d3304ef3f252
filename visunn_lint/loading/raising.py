"""A forward that raised, as the exception that says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visunn_lint.errors import CaptureError
from visunn_lint.location import shown
from visunn_lint.records import short_op

if TYPE_CHECKING:
    from visunn_lint.topology import Topology


def raised_in(topology: Topology) -> CaptureError:
    """Return the error for a topology whose forward raised; ValueError for another."""
    failure = topology.failure
    if failure is None:
        message = f"forward of {topology.name} raised nothing"
        raise ValueError(message)
    where = f" in `{failure.module}`" if failure.module else ""
    op = short_op(failure.op)
    doing = f", {op}({', '.join(map(str, failure.operands))})" if op else ""
    place = f" ({shown(failure.source)})" if failure.source else ""
    return CaptureError(
        f"forward of {topology.name} raised {failure.error}{where}{doing}: {failure.message}{place}",
        topology=topology,
        module=failure.module,
        op=failure.op,
        location=failure.source,
    )
