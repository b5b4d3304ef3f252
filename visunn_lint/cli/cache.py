"""`visunn cache`: what is remembered of past checks, and how to forget it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from visunn_lint.cli._options import project_options, terminal_options
from visunn_lint.cli._scale import cache_options
from visunn_lint.location import shown_path
from visunn_lint.text import count

if TYPE_CHECKING:
    from visunn_lint.cache import CacheFolder
    from visunn_lint.cli._options import ProjectOptions
    from visunn_lint.cli._scale import CacheOptions
    from visunn_lint.cli._terminal import Terminal


@click.command("cache")
@click.argument("action", type=click.Choice(["info", "clear"]), default="info", metavar="[info|clear]")
@cache_options
@project_options
@terminal_options
@click.pass_obj
def command(terminal: Terminal, *, action: str, remembered: CacheOptions, project: ProjectOptions) -> None:
    """Show what is remembered of past checks, or forget it.

    It lies in the project's root, in .visunn_cache, and can be deleted at any time.
    """
    folder = _folder(remembered, project)
    held = folder.clear() if action == "clear" else folder.stored()
    results = f"{count(held.entries, 'result')}, {held.size / 1e6:.2f} MB"
    verb = "held" if action == "clear" else "holds"
    ending = _ending(folder) if action == "clear" else ""
    terminal.write(f"{shown_path(folder.path)} {verb} {results}{ending}\n")


def _ending(folder: CacheFolder) -> str:
    """Return what is said once a cache has been cleared: another user's results may have stayed."""
    left = folder.stored().entries
    return f", of which {left:,} cannot be deleted" if left else ", and is cleared"


def _folder(remembered: CacheOptions, project: ProjectOptions) -> CacheFolder:
    """Return the cache of the project that one is in."""
    from visunn_lint.cache import CacheFolder  # noqa: PLC0415 -- msgspec, which --help does without
    from visunn_lint.config import load_settings  # noqa: PLC0415 -- as above

    settings = load_settings(Path.cwd(), config=project.config, isolated=project.isolated, flags=remembered.as_table())
    return CacheFolder((settings.root or Path.cwd()) / settings.cache_dir)
