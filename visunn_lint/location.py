"""Where something stands in a source file."""

from __future__ import annotations

import os
import site
import sysconfig
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A span of source text.

    ``line`` and ``end_line`` count from 1, so do ``column`` and ``end_column`` (the column after the
    last character). 0 stands for "not known". In a Topology ``file`` is absolute, and columns count
    bytes of UTF-8 as Python does; in a Report ``file`` is relative to the project root, and columns
    count characters as editors do.
    """

    file: str
    line: int
    column: int = 0
    end_line: int = 0
    end_column: int = 0

    def encloses(self, other: Location) -> bool:
        """Return whether a span of text holds all of another."""
        begin, end = (self.line, self.column), (self.end_line, self.end_column)
        is_within = begin <= (other.line, other.column) and (other.end_line, other.end_column) <= end
        return self.file == other.file and is_within

    def __str__(self) -> str:
        """Return ``file:line:column``, without what is not known."""
        parts = [self.file, str(self.line)] if self.line else [self.file]
        if self.line and self.column:
            parts.append(str(self.column))
        return ":".join(parts)


def seen_from(folder: str | Path, path: str | Path) -> str:
    """Return a path relative to a folder; as it is if it lies on another drive, where no relative path leads."""
    try:
        return os.path.relpath(path, folder)
    except ValueError:
        return str(path)


def shown(place: Location) -> str:
    """Return ``file:line``, relative to the working directory for what lies below it."""
    relative = seen_from(os.curdir, place.file)
    file = place.file if relative.startswith("..") else relative
    return str(Location(file, place.line))


def shown_path(path: Path) -> str:
    """Return a path, relative to the working directory for what lies below it."""
    return shown(Location(str(path), 0))


def is_there(path: str | Path) -> bool:
    """Return whether something stands at a path; whatever somebody has written may be none, or too long for one."""
    return os.path.exists(path)  # noqa: PTH110 -- pathlib raises OSError for a name that is too long


def is_file(path: str | Path) -> bool:
    """Return whether a file stands at a path; see ``is_there``."""
    return os.path.isfile(path)  # noqa: PTH113 -- as above


def is_folder(path: str | Path) -> bool:
    """Return whether a folder stands at a path; see ``is_there``."""
    return os.path.isdir(path)  # noqa: PTH112 -- as above


def real_path(path: Path) -> Path:
    """Return where a file or folder really is, by whatever linked folders it was reached.

    A file that is a link itself keeps its name, and its neighbours with that.
    """
    return path.resolve() if is_folder(path) else path.parent.resolve() / path.name


def path_in(root: Path, path: Path) -> Path:
    """Return a path without ``..``, and as one below a root, itself without links, if it leads there by links alone."""
    plain, real = Path(os.path.abspath(path)), real_path(path)  # noqa: PTH100 -- a symbolic link below it keeps its name
    return real if real.is_relative_to(root) and not plain.is_relative_to(root) else plain


@lru_cache(maxsize=4096)
def is_installed(file: str) -> bool:
    """Return whether a file belongs to the standard library or to an installed package."""
    folder, name = os.path.split(file)
    path = _resolved(folder) / name
    if path.is_symlink() or name == "..":
        path = path.resolve()
    return "site-packages" in path.parts or any(path.is_relative_to(folder) for folder in _installed_folders())


@lru_cache(maxsize=65536)
def is_standard(file: str) -> bool:
    """Return whether a file, or the name of a frozen module, belongs to Python itself."""
    inside = tuple(f"{folder}{os.sep}" for folder in standard_folders())
    return file.startswith(("<frozen ", *inside)) and "-packages" not in file


@lru_cache(maxsize=4096)
def _resolved(folder: str) -> Path:
    """Return where a folder really is: asked for once, for the thousands of modules that torch imports."""
    return Path(folder).resolve()


@cache
def _installed_folders() -> tuple[Path, ...]:
    paths = sysconfig.get_paths()
    standard = (paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib"))
    return tuple({Path(path).resolve() for path in (*standard, *site.getsitepackages(), site.getusersitepackages())})


@cache
def standard_folders() -> tuple[str, ...]:
    """Return the folders of the standard library, by links and without."""
    paths = sysconfig.get_paths()
    folders = [paths["stdlib"], paths["platstdlib"]]
    return tuple(dict.fromkeys([*folders, *(str(Path(folder).resolve()) for folder in folders)]))
