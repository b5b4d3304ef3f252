"""Which module, which op and which line a forward that raised came to grief at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visunn_lint.pipeline.frames import raising_location
from visunn_lint.records import Failure

if TYPE_CHECKING:
    from visunn_lint.pipeline.engines.native.run import Recording

_LONGEST_MESSAGE = 2000


def blame(recording: Recording) -> Failure | None:
    """Return what is known of the error that ended a run; None if it came to its end."""
    error = recording.error
    if error is None:
        return None
    scope = recording.calls.raised_in if recording.calls.raised is error else None
    failed = recording.failed if recording.failed and recording.failed.error is error else None
    return Failure(
        module=scope.module if scope else "",
        call=scope.call if scope else None,
        op=failed.op if failed else "",
        operands=failed.operands if failed else (),
        error=type(error).__name__,
        message=str(error)[:_LONGEST_MESSAGE],
        source=raising_location(error),
    )
