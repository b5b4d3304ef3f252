"""What a project's lock file says of its models."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from visunn_lint import lockfile

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from visunn_lint.outline import Outline


def locked(root: Path, name: str) -> Outline | None:
    """Return the outline that the lock file of a project has of a model, None if there is none.

    Raises ConfigError for a lock file that cannot be read.
    """
    file = root / lockfile.NAME
    if not file.exists():
        return None
    status = file.stat()
    return _read(file, status.st_mtime_ns, status.st_size).get(name)


@lru_cache(maxsize=1)
def _read(file: Path, _changed: int, _size: int) -> Mapping[str, Outline]:
    """Return what is in a file, which is read once for all models of a run."""
    return lockfile.read_lock(file)
