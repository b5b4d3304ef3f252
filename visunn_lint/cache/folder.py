"""The folder that holds the entries: written whole or not at all, checked when read, bounded in size."""

from __future__ import annotations

import os
import re
import stat
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from time import time
from typing import Final, NamedTuple

from visunn_lint.files import UNFINISHED, write_whole

FORMAT: Final = 3
"""Counted up when entries are written differently: those of other formats are not found."""

_MAGIC: Final = b"visunn%02d" % FORMAT
_CHECK: Final = 16
_ENTRY: Final = re.compile(r"[0-9a-f]{32}")
_ABANDONED: Final = 3600.0
"""Seconds after which nobody is still writing an unfinished entry."""

_FILLED: Final = 0.8
"""How much of the room is left in use when old entries are dropped."""

_SLACK: Final = 1 / 16
"""How much of the room a process may write until it looks through all entries; to do so at each would be slow."""

_TAG: Final = b"""\
Signature: 8a477f597d28d172789f06886806bc55
# This folder holds what past runs of visunn found. It can be deleted at any time.
# For information on cache directory tags see https://bford.info/cachedir/
"""

_MARKS: Final = {".gitignore": b"# Written by visunn.\n*\n", "CACHEDIR.TAG": _TAG}
"""What stands beside the entries in a folder that visunn has made: git ignores it, and backups leave it out."""


class Stored(NamedTuple):
    """What a cache holds: the number of entries, and their bytes."""

    entries: int
    size: int


@dataclass(frozen=True, slots=True)
class CacheFolder:
    """The folder of a cache, which need not exist; nothing that goes wrong with it is an error.

    Symbolic links are not followed, neither to the folder nor to an entry. ``room`` is how many
    bytes all entries may take; the least recently used go first. Each process that writes may go
    beyond it by a sixteenth, for it makes room at its first entry and then once in so many bytes.
    """

    path: Path
    room: int = 256 << 20

    def read(self, key: str) -> bytes | None:
        """Return an entry, None if there is none or if it is damaged; it counts as used now."""
        place = self.path / key
        try:
            descriptor = os.open(place, os.O_RDONLY | _NO_LINKS)
            with open(descriptor, "rb") as file:  # noqa: PTH123 -- it was opened without following links
                data = file.read()
        except OSError:
            return None
        head, content = data[: len(_MAGIC) + _CHECK], data[len(_MAGIC) + _CHECK :]
        if head != _MAGIC + _checksum(content) or self._is_link():
            return None
        with suppress(OSError):
            os.utime(place)
        return content

    def write(self, key: str, content: bytes) -> bool:
        """Write an entry, and return whether that went; readers see all of it or nothing."""
        if self._is_link() or len(content) > self.room // 4:
            return False
        data = _MAGIC + _checksum(content) + content
        try:
            self._make()
            write_whole(self.path / key, data, mode=0o644)
        except OSError:
            return False
        if self._is_due(len(data)):
            self._make_room()
        return True

    def stored(self) -> Stored:
        """Return how much it holds."""
        sizes = [found.st_size for entry, found in self._files() if _ENTRY.fullmatch(entry.name)]
        return Stored(len(sizes), sum(sizes))

    def clear(self) -> Stored:
        """Delete what visunn wrote there and may be deleted, the folder too if that was all; return what it held."""
        held = self.stored()
        for entry, _ in self._files():
            _delete(entry)
        if not self._is_link():
            for name, content in _MARKS.items():
                _delete_if_it_holds(self.path / name, content)
            with suppress(OSError):
                self.path.rmdir()
        return held

    def _make(self) -> None:
        """Make the folder with its marks; one that is there already may be somebody's own, and stays as it is."""
        if self.path.is_dir():
            return
        self.path.mkdir(parents=True, exist_ok=True)
        for name, content in _MARKS.items():
            (self.path / name).write_bytes(content)

    def _is_due(self, written: int) -> bool:
        """Return whether to make room after so many bytes more: this process never did, or has written much since."""
        unseen = _unseen.get(self, self.room) + written
        is_due = unseen > self.room * _SLACK
        _unseen[self] = 0 if is_due else unseen
        return is_due

    def _make_room(self) -> None:
        """Drop what nobody finished, and, where entries take too much room, those not used for longest."""
        files, now = self._files(), time()
        for entry, found in files:
            if UNFINISHED.fullmatch(entry.name) and now - found.st_mtime > _ABANDONED:
                _delete(entry)
        entries = [(found.st_mtime_ns, found.st_size, entry) for entry, found in files if _ENTRY.fullmatch(entry.name)]
        taken = sum(size for _, size, _ in entries)
        if taken <= self.room:
            return
        for _, size, entry in sorted(entries):
            if taken <= self.room * _FILLED:
                return
            _delete(entry)
            taken -= size

    def _files(self) -> list[tuple[Path, os.stat_result]]:
        """Return the files that visunn wrote, with what the system knows of them."""
        if self._is_link():
            return []
        found: list[tuple[Path, os.stat_result]] = []
        with suppress(OSError), os.scandir(self.path) as entries:
            for entry in entries:
                if _ENTRY.fullmatch(entry.name) or UNFINISHED.fullmatch(entry.name):
                    with suppress(OSError):
                        found.append((Path(entry.path), entry.stat(follow_symlinks=False)))
        return [(path, each) for path, each in found if stat.S_ISREG(each.st_mode)]

    def _is_link(self) -> bool:
        return self.path.is_symlink()


_unseen: Final[dict[CacheFolder, int]] = {}
"""How many bytes this process has written to each cache since it last made room there."""

_NO_LINKS: Final = getattr(os, "O_NOFOLLOW", 0)


def _delete(path: Path) -> None:
    """Delete a file if that goes: one of another user's in a shared folder, or one that is open on Windows, stays."""
    with suppress(OSError):
        path.unlink()


def _delete_if_it_holds(path: Path, content: bytes) -> None:
    """Delete a file that is still as visunn wrote it; what somebody else has written stays."""
    with suppress(OSError):
        if not path.is_symlink() and path.read_bytes() == content:
            path.unlink()


def _checksum(content: bytes) -> bytes:
    return blake2b(content, digest_size=_CHECK).digest()
