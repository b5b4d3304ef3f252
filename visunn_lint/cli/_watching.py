"""`visunn check --watch`: a check after each change, until it is interrupted."""

from __future__ import annotations

import multiprocessing
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from visunn_lint.cli._outcome import CLEAN
from visunn_lint.location import is_folder, shown_path
from visunn_lint.pipeline.targets.logs import is_log_file
from visunn_lint.text import count

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from multiprocessing.context import ForkServerContext, SpawnContext

    from visunn_lint.cli._options import ProjectOptions
    from visunn_lint.cli._terminal import Terminal

_PRELOADED = ["torch", "visunn_lint.checking", "visunn_lint.loading", "visunn_lint.cli.check", "visunn_lint.cli._round"]
"""What the process that rounds are forked from has imported: torch alone takes two seconds."""

_SECONDS = 1.0
"""How often files are looked at, where the system does not tell of a change."""

_DEBOUNCE = 200
"""How many milliseconds of changes are one, at most: an editor may write several files."""


@dataclass(frozen=True, slots=True)
class Watched:
    """The files that a check depends on, and the folders in which a new Python file or log may be one."""

    files: frozenset[Path]
    folders: frozenset[Path]

    @staticmethod
    def of(targets: Sequence[str], read: Iterable[str]) -> Watched:
        """Return what a check of some targets depends on that has read some files."""
        paths = [Path(target.partition("::")[0]).absolute() for target in targets]
        folders = frozenset(path for path in paths if is_folder(path))
        named = (path for path in paths if is_folder(path.parent) and path not in folders)
        return Watched(frozenset([*named, *(Path(file).absolute() for file in read)]), folders)

    def holds(self, path: Path) -> bool:
        """Return whether a change of a file matters."""
        may_be_new = path.suffix == ".py" or is_log_file(path)
        return path in self.files or (may_be_new and any(path.is_relative_to(folder) for folder in self.folders))

    def changed_since(self, moment: float) -> Path | None:
        """Return a file that was written after a moment, None if none was."""
        return next((file for file in sorted(self.files) if _written(file) > moment), None)


def watch(targets: Sequence[str], check: Callable[[], Iterable[str] | None], terminal: Terminal) -> int:
    """Check again and again, on a clean screen, whenever a file changes; return 0 once it is interrupted.

    ``check`` returns the files that it has read, None if it came to no end.
    """
    read: Iterable[str] = ()
    click.clear()
    try:
        while True:
            started = time.time()
            read = check() or read
            watched = Watched.of(targets, read)
            terminal.note(f"watching {count(len(watched.files), 'file')}; Ctrl-C ends")
            changed = next_change(watched, started)
            click.clear()
            terminal.note(f"{shown_path(changed)} changed")
    except KeyboardInterrupt:
        terminal.note("")
        return CLEAN


def check_apart(
    arguments: Sequence[str], targets: Sequence[str], options: ProjectOptions
) -> Callable[[], list[str] | None]:
    """Return a function that runs a command line in a fresh process, forked from one that has imported torch.

    It returns the files of the targets' project that were read.
    """
    context = fresh_processes(_PRELOADED)

    def check() -> list[str] | None:
        from visunn_lint.cli._round import run_round  # noqa: PLC0415 -- imports this package's commands

        answer, sender = context.Pipe(duplex=False)
        process = context.Process(target=run_round, args=(arguments, targets, options, sender))
        process.start()
        sender.close()
        try:
            read: list[str] = answer.recv()
        except EOFError:
            return None
        finally:
            process.join()
        return read

    return check


def next_change(watched: Watched, since: float) -> Path:
    """Return the first file that changes, or has changed since a moment."""
    from watchfiles import watch as changes  # noqa: PLC0415 -- --help does without

    def matters(_: object, path: str) -> bool:
        return watched.holds(Path(path))

    places = set(map(_closest_folder, (*watched.folders, *(file.parent for file in watched.files))))
    found: Iterator[Collection[tuple[object, str]]] = changes(
        *places,
        watch_filter=matters,
        debounce=_DEBOUNCE,
        recursive=bool(watched.folders),
        yield_on_timeout=True,
        rust_timeout=int(_SECONDS * 1000),
    )
    for batch in found:
        changed = next((Path(path) for _, path in sorted(batch, key=str)), None) or watched.changed_since(since)
        if changed is not None:
            return changed
    raise KeyboardInterrupt


def _written(file: Path) -> float:
    """Return when a file was last written; 0 for one that is not there."""
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0


def _closest_folder(path: Path) -> Path:
    """Return a folder, or the one closest above it that is there: another branch may not have it for a while."""
    return next(folder for folder in (path, *path.parents) if is_folder(folder))


def fresh_processes(preloaded: Sequence[str]) -> ForkServerContext | SpawnContext:
    """Return what starts fresh processes, of some modules that are imported already where the system can do so."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*preloaded])
    return context
