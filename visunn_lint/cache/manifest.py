"""What has to be unchanged for the outcome of a past run to hold still."""

from __future__ import annotations

import os
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from visunn_lint.cache.traces import EVERYTHING, Kind, Trace, kind_at, target_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from visunn_lint.cache.traces import Stamp

_MOST_BYTES = 64 << 20
"""A larger file, such as a checkpoint, is told by its stamp: to read it would take longer than the run."""


class Manifest(msgspec.Struct, frozen=True, array_like=True):
    """The traces of a run with digests of what they led to; of variables no value is kept, they may be secrets."""

    files: dict[str, bytes]
    kinds: dict[str, Kind]
    folders: dict[str, bytes]
    scanned: dict[str, bytes]
    links: dict[str, str]
    modules: tuple[str, ...]
    path: dict[str, bytes]
    submodules: dict[str, tuple[tuple[str, ...], bytes]]
    variables: dict[str, bytes]

    @staticmethod
    def of(trace: Trace, environ: Mapping[str, str]) -> Manifest:
        """Return what a run looked at, as it is now; raises ValueError if some of it has changed meanwhile."""
        modules = tuple(sorted(trace.modules))
        known = frozenset(modules)
        return Manifest(
            {path: _unchanged(path, stamp) for path, stamp in sorted(trace.files.items())},
            dict(sorted(trace.kinds.items())),
            {folder: _listing(folder) for folder in sorted(trace.folders)},
            {folder: _scan(folder) for folder in sorted(trace.scanned)},
            dict(sorted(trace.links.items())),
            modules,
            {folder: _importable(folder, known) for folder in sorted(trace.path)},
            {
                folder: (tuple(sorted(names)), _importable(folder, names))
                for folder, names in sorted(trace.submodules.items())
            },
            {name: _variable(name, environ) for name in sorted(trace.variables)},
        )

    def change(self, environ: Mapping[str, str]) -> str:
        """Return what is different now, in a few words; "" if nothing is."""
        for name, digest in self.variables.items():
            if _variable(name, environ) != digest:
                return "the environment has changed" if name == EVERYTHING else f"${name} has changed"
        for path, kind in self.kinds.items():
            if kind_at(path)[0] != kind:
                return f"{path} has come or gone"
        for path, target in self.links.items():
            if target_of(path) != target:
                return f"{path} leads elsewhere"
        for path, digest in self.files.items():
            if _content(path) != digest:
                return f"{path} has changed"
        return self._change_of_folders()

    def _change_of_folders(self) -> str:
        known = frozenset(self.modules)
        for folder, digest in self.folders.items():
            if _listing(folder) != digest:
                return f"{folder} holds other files"
        for folder, digest in self.scanned.items():
            if _scan(folder) != digest:
                return f"{folder} holds other files, or changed ones"
        importable = {folder: (known, digest) for folder, digest in self.path.items()}
        for folder, (names, digest) in (*importable.items(), *self.submodules.items()):
            if _importable(folder, names) != digest:
                return f"{folder} holds other modules"
        return ""


def _unchanged(path: str, stamp: Stamp) -> bytes:
    digest = _content(path)
    if kind_at(path)[1] != stamp:
        message = f"{path} was changed during the run"
        raise ValueError(message)
    return digest


def _content(path: str) -> bytes:
    """Return a digest of what is in a file; that of a large one is told from its stamp."""
    stamp = kind_at(path)[1]
    if stamp is None:
        return b""
    return _digest(str(stamp).encode()) if stamp.size > _MOST_BYTES else _read(path, stamp)


@lru_cache(maxsize=4096)
def _read(path: str, _: Stamp) -> bytes:
    """Return the digest of a file's content; files of one state are read once for all entries of a run."""
    try:
        return _digest(Path(path).read_bytes())
    except OSError:
        return b"unreadable"


def _listing(folder: str) -> bytes:
    """Return a digest of the names in a folder, and of which are folders."""
    return _entries(folder, os.DirEntry.is_dir)


def _scan(folder: str) -> bytes:
    """Return a digest of the names in a folder, and of the stamps of its files."""
    return _entries(folder, lambda entry: kind_at(entry.path))


def _entries(folder: str, describe: Callable[[os.DirEntry[str]], object]) -> bytes:
    """Return a digest of the names in a folder, each with a word on it; what tools leave behind does not count."""
    try:
        with os.scandir(folder) as entries:
            found = sorted((entry.name, describe(entry)) for entry in entries if entry.name not in _LEFTOVERS)
    except OSError:
        return b""
    return _digest(repr(found).encode("utf-8", "surrogatepass"))


_LEFTOVERS = frozenset({"__pycache__", ".visunn_cache", ".git", ".pytest_cache", ".mypy_cache", ".ruff_cache"})


def _importable(folder: str, names: Collection[str]) -> bytes:
    """Return a digest of what some modules may be imported from in a folder, and of the distributions in it.

    A folder among them is another module once it holds an ``__init__``, and may then be found before others.
    """
    found = sorted(name for name in _names_in(folder) if name.partition(".")[0] in names or name.endswith("-info"))
    bodies = [_bodies(f"{folder}{os.sep}{name}") for name in found if "." not in name]
    return _digest(repr((found, bodies)).encode("utf-8", "surrogatepass"))


def _bodies(package: str) -> list[str]:
    """Return what runs when a folder is imported; nothing does for a namespace."""
    return sorted(name for name in _names_in(package) if name.startswith("__init__."))


def _names_in(folder: str) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208 -- names are wanted, not paths
    except OSError:
        return []


def _variable(name: str, environ: Mapping[str, str]) -> bytes:
    value = sorted(environ.items()) if name == EVERYTHING else environ.get(name)
    return _digest(repr((name, value)).encode("utf-8", "surrogatepass"))


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=16).digest()
