"""Files of a project that suppressions are written into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visunn_lint.errors import VisunnError
from visunn_lint.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path


def replace_file(path: Path, data: bytes) -> None:
    """Let a file hold new bytes; what stops this leaves the old ones. A link keeps leading to the file.

    Raises VisunnError if it cannot be written.
    """
    target = path.resolve()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, data)
    except OSError as error:
        message = f"cannot write {path}: {error.strerror}"
        raise VisunnError(message) from None
