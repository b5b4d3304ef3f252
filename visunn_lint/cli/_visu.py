"""`visu`: the viewer of a log by its name, as the first visunn had it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from visunn_lint import __version__
from visunn_lint.cli._options import terminal_options
from visunn_lint.cli._outcome import exit_code_of
from visunn_lint.cli._serving import serving_options
from visunn_lint.cli._terminal import Terminal, open_closed_streams

if TYPE_CHECKING:
    from visunn_lint.cli._serving import ServingOptions


@click.command("visu", context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "-l", "--logdir", required=True, type=click.Path(path_type=Path), help="The folder that the logs were written to."
)
@click.option("-n", "--name", required=True, help="The name of the model's log in it.")
@click.option(
    "-p",
    "--port",
    type=click.IntRange(0, 65535),
    default=5000,
    show_default=True,
    help="The port to serve on; 0 for a free one.",
)
@serving_options
@click.version_option(__version__, "--version", message="visu %(version)s")
@terminal_options
@click.pass_obj
def visu(terminal: Terminal, *, logdir: Path, name: str, port: int, serving: ServingOptions) -> int:
    """Show the model in a log in the browser, in three dimensions.

    A log is written by `visunn_lint.Visu`, or by the add_graph of a SummaryWriter. Ctrl-C ends it;
    `visunn serve` shows model files.
    """
    from visunn_lint.cli._documents import Asked  # noqa: PLC0415 -- much that --help does without
    from visunn_lint.cli._options import CaptureOptions, ProjectOptions  # noqa: PLC0415 -- as above
    from visunn_lint.cli._scale import CacheOptions  # noqa: PLC0415 -- as above
    from visunn_lint.cli._serving import serve  # noqa: PLC0415 -- as above
    from visunn_lint.pipeline.targets.logs import find_log  # noqa: PLC0415 -- as above

    find_log(logdir, name)
    asked = Asked(
        f"{logdir}::{name}",
        "eval",
        CaptureOptions(inputs=(), engine="auto", timeout=None, allow_network=False),
        CacheOptions(no_cache=True, cache_dir=None),
        ProjectOptions((), isolated=True),
    )
    return serve(asked, port, serving, terminal, watches=False)


def main() -> None:
    """Run the command on this process's arguments, and end the process."""
    open_closed_streams()
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Return the exit code of a command line: 0 once it was interrupted, 2 if there was nothing to show."""
    terminal = Terminal(arguments=tuple(arguments))
    return exit_code_of(lambda: visu.main(arguments, "visu", standalone_mode=False, obj=terminal), terminal)
