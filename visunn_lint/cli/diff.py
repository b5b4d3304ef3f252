"""`visunn diff`: what changed between two models."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from visunn_lint.cli._options import capture_options, project_options, terminal_options
from visunn_lint.cli._outcome import CLEAN, FINDINGS

if TYPE_CHECKING:
    from visunn_lint.cli._options import CaptureOptions, ProjectOptions
    from visunn_lint.cli._terminal import Terminal


@click.command("diff")
@click.argument("before")
@click.argument("after", default="", metavar="AFTER")
@click.option(
    "--output-format",
    "format_",
    type=click.Choice(["full", "json", "markdown"]),
    default="full",
    show_default=True,
    help="How the changes are told; markdown is for a comment on a pull request.",
)
@click.option("--exit-zero", is_flag=True, help="Exit 0 even if they differ.")
@capture_options
@project_options
@terminal_options
@click.pass_obj
def command(
    terminal: Terminal,
    *,
    before: str,
    after: str,
    format_: str,
    exit_zero: bool,
    capture: CaptureOptions,
    project: ProjectOptions,
) -> int:
    """Tell what changed between two models; exit 1 if they differ.

    Modules that came, went, moved or are built otherwise, and other wiring. BEFORE and AFTER are
    each a target, as for visunn check, a lock file (visunn.lock::name), or a target in a revision:
    main:model.py. Two revisions of one target are v1..v2 model.py.
    """
    from visunn_lint.comparing import compare_sides, parse_sides  # noqa: PLC0415 -- imports torch, which --help does without
    from visunn_lint.comparing.outlines import Options  # noqa: PLC0415 -- as above
    from visunn_lint.config import load_settings  # noqa: PLC0415 -- as above

    options = Options(
        capture.inputs, capture.engine, capture.timeout, capture.allow_network, project.config, project.isolated
    )
    settings = load_settings(Path.cwd(), config=project.config, isolated=project.isolated, flags={})
    comparisons = compare_sides(*parse_sides(before, after, settings.models), options)
    render = import_module(f"visunn_lint.render.diff.{format_}").render
    terminal.write(render(comparisons, terminal.view(None)))
    return FINDINGS if any(each.diff for each in comparisons) and not exit_zero else CLEAN
