"""`visunn profile`: the time and space that each step from a model to its topology takes."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import click

from visunn_lint.cli._options import project_options, terminal_options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from visunn_lint.cli._options import ProjectOptions
    from visunn_lint.cli._terminal import Terminal
    from visunn_lint.config import Settings
    from visunn_lint.profiling import Profile
    from visunn_lint.records import Mode


@click.command("profile")
@click.argument("target")
@click.option("--input", "inputs", multiple=True, metavar="SPEC", help="An input of forward, as for `visunn check`.")
@click.option(
    "--engine",
    "engines",
    multiple=True,
    default=("auto",),
    metavar="NAME",
    help="How the graph is captured: auto, native or torchscript. Repeat it to compare.",
)
@click.option("--mode", type=click.Choice(["eval", "train"]), default="eval", show_default=True, help="Run in this mode.")
@click.option("--repeats", type=click.IntRange(min=1), default=5, show_default=True, help="Take the median of so many.")
@click.option("--output-format", type=click.Choice(["full", "json"]), default="full", show_default=True, help="A table or a document.")
@project_options
@terminal_options
@click.pass_obj
def command(  # noqa: PLR0913 -- one parameter for each option, all by name
    terminal: Terminal,
    *,
    target: str,
    inputs: tuple[str, ...],
    engines: tuple[str, ...],
    mode: Mode,
    repeats: int,
    output_format: str,
    project: ProjectOptions,
) -> None:
    """Time each step from a model to its topology, and measure what comes out."""
    from visunn_lint.cli._models import settings_for  # noqa: PLC0415 -- imports torch, which --help does without
    from visunn_lint.render import _style
    from visunn_lint.render.profile import render, to_json

    settings = settings_for([target], project, {})
    profiles = _profiles(...)
    if output_format == "json":
        terminal.write(to_json(profiles))
        return
    view = terminal.view(settings.root)
    ...


def _profiles(target, inputs, ...) -> list[Profile]:
    from visunn_lint.loading import live_models
    from visunn_lint.profiling import profile

    with closing(live_models(target, inputs=inputs, mode=mode, models=settings.models, root=settings.root)) as models:
        return [
            profile(model, arguments.args, arguments.kwargs, mode=mode, engine=engine, repeats=repeats)
            for model, arguments in models
            for engine in engines
        ]
