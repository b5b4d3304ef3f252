"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import re
import stat
from contextlib import suppress
from secrets import token_hex
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

UNFINISHED: Final = re.compile(r"\.visunn-[0-9a-f]{16}\.tmp")
"""The names of files that are being written, in the folders of those that they will be."""


def write_whole(path: Path, data: bytes, *, mode: int = 0o666) -> None:
    """Let a file hold new bytes; whatever stops this leaves the old ones, and readers see all of either.

    A file keeps the permissions that it has; a new one has those of ``mode`` that the umask allows. A symbolic link is
    not followed: the file takes its place. Raises OSError.
    """
    kept = _mode_of(path)
    beside = path.parent / f".visunn-{token_hex(8)}.tmp"
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode if kept is None else kept)
    try:
        with os.fdopen(descriptor, "wb") as file:
            if kept is not None:
                beside.chmod(kept)
            file.write(data)
        beside.replace(path)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise


def _mode_of(path: Path) -> int | None:
    """Return the permissions of a file, None if there is none."""
    try:
        found = path.lstat().st_mode
    except FileNotFoundError:
        return None
    return stat.S_IMODE(found) if stat.S_ISREG(found) else None
