"""What a run looked at: files, folders, names to import, environment variables; and why it cannot be remembered."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple, TypeAlias

Kind: TypeAlias = Literal["missing", "file", "folder", "other"]
"""What stands at a path."""

EVERYTHING: Final = "*"
"""Stands among the variables for all of them: somebody went through the environment."""

_STAT, _READLINK = os.stat, os.readlink
"""Kept from before a recording puts its own in the place of them."""


class Stamp(NamedTuple):
    """What tells one state of a file from the next, without reading it."""

    modified: int
    size: int
    inode: int


@dataclass(slots=True)
class Trace:
    """What was looked at, by absolute path or by name.

    ``files`` were read, or were found to be files, each with its stamp when that was seen first;
    ``kinds`` are the paths that something else was found at, ``folders`` those whose whole content
    was listed, ``scanned`` those whose entries may have been asked for the size and time of files
    as well. ``links`` are the paths that were looked at without following a symbolic link, each with
    where that led, "" if there was none. ``modules`` are the names that were looked for in the folders
    of ``path``, ``submodules`` those looked for in the folders of packages. ``obstacle`` is why the run
    cannot be remembered, "" if it can.
    """

    files: dict[str, Stamp] = field(default_factory=dict)
    kinds: dict[str, Kind] = field(default_factory=dict)
    folders: set[str] = field(default_factory=set)
    scanned: set[str] = field(default_factory=set)
    links: dict[str, str] = field(default_factory=dict)
    path: set[str] = field(default_factory=set)
    modules: set[str] = field(default_factory=set)
    submodules: dict[str, set[str]] = field(default_factory=dict)
    variables: set[str] = field(default_factory=set)
    obstacle: str = ""

    def saw(self, path: str) -> None:
        """Note that it was asked what stands at a path, or that it was read."""
        if path in self.files or path in self.kinds:
            return
        kind, stamp = kind_at(path)
        if stamp is not None:
            self.files[path] = stamp
        else:
            self.kinds[path] = kind

    def saw_itself(self, path: str) -> None:
        """Note that it was asked whether a path is a symbolic link, or where it leads; what it leads to counts too."""
        self.saw(path)
        if path not in self.links:
            self.links[path] = target_of(path)

    def refuse(self, why: str) -> None:
        """Note that the run cannot be remembered; the first reason stays."""
        self.obstacle = self.obstacle or why

    def joined(self, other: Trace) -> Trace:
        """Return both traces as one; of two stamps that of the other holds, which was there before."""
        return Trace(
            {**self.files, **other.files},
            {**self.kinds, **other.kinds},
            self.folders | other.folders,
            self.scanned | other.scanned,
            {**self.links, **other.links},
            self.path | other.path,
            self.modules | other.modules,
            {folder: set(names) for folder, names in self.submodules.items()},
            self.variables | other.variables,
            self.obstacle or other.obstacle,
        )


def kind_at(path: str) -> tuple[Kind, Stamp | None]:
    """Return what stands at a path, and its stamp if that is a file."""
    try:
        found = _STAT(path)
    except (OSError, ValueError):
        return "missing", None
    if stat.S_ISREG(found.st_mode):
        return "file", Stamp(found.st_mtime_ns, found.st_size, found.st_ino)
    return ("folder" if stat.S_ISDIR(found.st_mode) else "other"), None


def target_of(path: str) -> str:
    """Return where a symbolic link leads, "" if there is none at the path."""
    try:
        return _READLINK(path)
    except (OSError, ValueError):
        return ""
