"""`visunn lock`: the outlines of the configured models, written down for review."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from visunn_lint.cli._options import capture_options, project_options, terminal_options
from visunn_lint.cli._outcome import CLEAN, FINDINGS, NOT_LINTED
from visunn_lint.text import count

if TYPE_CHECKING:
    from visunn_lint.cli._options import CaptureOptions, ProjectOptions
    from visunn_lint.cli._terminal import Terminal
    from visunn_lint.outline import Outline


@click.command("lock")
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option(
    "--check", "only_check", is_flag=True, help="Write nothing; exit 1 if a model differs from the lock file."
)
@capture_options
@project_options
@terminal_options
@click.pass_obj
def command(
    terminal: Terminal,
    *,
    names: tuple[str, ...],
    only_check: bool,
    capture: CaptureOptions,
    project: ProjectOptions,
) -> int:
    """Write down what the configured models are made of.

    The file is visunn.lock, for review and for visunn check. With NAMEs only these are locked anew,
    the others stay as they are in the file.
    """
    from visunn_lint import lockfile  # noqa: PLC0415 -- msgspec, which --help does without
    from visunn_lint.cli._captured import load_all  # noqa: PLC0415 -- torch, likewise
    from visunn_lint.cli._models import settings_for  # noqa: PLC0415 -- likewise
    from visunn_lint.comparing.outlines import outline_of  # noqa: PLC0415 -- as above

    settings = settings_for((), project, {})
    loaded = load_all(names, settings, capture, terminal, ("eval",))
    if loaded.broken:
        return NOT_LINTED
    found = {model.name: outline_of(model) for model in loaded.models}
    file = (settings.root or Path.cwd()) / lockfile.NAME
    if only_check:
        return _check(found, lockfile.read_lock(file), terminal, is_whole=not names)
    known = lockfile.read_lock(file) if names and file.exists() else {}
    lockfile.write_lock(file, {**known, **found})
    terminal.note(f"{file.name}: {count(len(found), 'model')} locked")
    return CLEAN


def _check(found: dict[str, Outline], locked: dict[str, Outline], terminal: Terminal, *, is_whole: bool) -> int:
    """Tell how models differ from the lock file, and which of the two lacks one."""
    from visunn_lint import lockfile  # noqa: PLC0415 -- as above
    from visunn_lint.diff import Comparison, compare  # noqa: PLC0415 -- as above
    from visunn_lint.render.diff.full import render  # noqa: PLC0415 -- rich, likewise

    view = terminal.view(None)
    differs = False
    for name, model in found.items():
        diff = compare(locked[name], model) if name in locked else None
        if diff is None:
            terminal.write(f"{name} is not locked\n")
        elif diff:
            terminal.write(render([Comparison((f"{lockfile.NAME}::{name}", name), diff)], view))
        differs = differs or diff is None or bool(diff)
    for name in sorted(set(locked) - set(found)) if is_whole else ():
        terminal.write(f"{name} is locked, and no model of the configuration\n")
        differs = True
    if differs:
        terminal.note("run `visunn lock` if that is as it should be")
    return FINDINGS if differs else CLEAN
