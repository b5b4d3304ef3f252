"""Files of a project that suppressions are written into."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from visunn_lint.errors import VisunnError
from visunn_lint.files import write_whole
from visunn_lint.location import is_file

if TYPE_CHECKING:
    from pathlib import Path

_WRITABLE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


def replace_file(path: Path, data: bytes) -> None:
    """Let a file hold new bytes; what stops this leaves the old ones. A link keeps leading to the file.

    Raises VisunnError if it cannot be written.
    """
    target = path.resolve()
    if is_file(target) and not target.stat().st_mode & _WRITABLE:
        message = f"cannot write {path}: it is read-only"
        raise VisunnError(message, hint=f"write-protected files are left alone; chmod u+w {path}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, data)
    except OSError as error:
        message = f"cannot write {path}: {error.strerror}"
        raise VisunnError(message) from None
