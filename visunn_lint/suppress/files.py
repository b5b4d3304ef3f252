"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from visunn_lint.errors import VisunnError


def replace_file(path: Path, data: bytes) -> None:
    """Let a file hold new bytes; what stops this leaves the old ones. A link keeps leading to the file.

    Raises VisunnError if it cannot be written.
    """
    target = path.resolve()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
            _adopt_mode(target, Path(name))
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        message = f"cannot write {path}: {error.strerror}"
        raise VisunnError(message) from None


def _adopt_mode(old: Path, new: Path) -> None:
    """Give a new file the permissions of the one that it replaces, else those of any new file."""
    if old.exists():
        shutil.copymode(old, new)
        return
    mask = os.umask(0)
    os.umask(mask)
    new.chmod(0o666 & ~mask)
