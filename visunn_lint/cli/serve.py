"""`visunn serve`: the viewer of a model in the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from visunn_lint.cli import _completing
from visunn_lint.cli._options import capture_options, project_options, terminal_options
from visunn_lint.cli._scale import cache_options
from visunn_lint.cli._serving import serving_options

if TYPE_CHECKING:
    from visunn_lint.cli._options import CaptureOptions, ProjectOptions
    from visunn_lint.cli._scale import CacheOptions
    from visunn_lint.cli._serving import ServingOptions
    from visunn_lint.cli._terminal import Terminal
    from visunn_lint.records import Mode


@click.command("serve")
@click.argument("target", shell_complete=_completing.targets)
@click.option(
    "-p", "--port", type=click.IntRange(0, 65535), default=0, help="The port to serve on; a free one by default."
)
@serving_options
@click.option(
    "--watch/--no-watch",
    "watches",
    default=True,
    show_default=True,
    help="Show the model anew whenever a file changes that it was read from.",
)
@click.option("--mode", type=click.Choice(["eval", "train"]), default="eval", show_default=True, help="Show this mode.")
@capture_options
@cache_options
@project_options
@terminal_options
@click.pass_obj
def command(  # noqa: PLR0913 -- each is an option or a group of them
    terminal: Terminal,
    *,
    target: str,
    port: int,
    serving: ServingOptions,
    watches: bool,
    mode: Mode,
    capture: CaptureOptions,
    remembered: CacheOptions,
    project: ProjectOptions,
) -> int:
    """Show a model in the browser, in three dimensions.

    Prints the address to open, which lets in whoever has it; other machines are kept out. Ctrl-C ends it.
    """
    from visunn_lint.cli._documents import Asked  # noqa: PLC0415 -- much that --help does without
    from visunn_lint.cli._serving import serve  # noqa: PLC0415 -- as above

    asked = Asked(target, mode, capture, remembered, project)
    return serve(asked, port, serving, terminal, watches=watches)
