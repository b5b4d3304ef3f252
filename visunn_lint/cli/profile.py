"""`visunn profile`: the time and space that each step from a model to its topology takes."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from visunn_lint.cli import _completing
from visunn_lint.cli._options import grouped, project_options, terminal_options
from visunn_lint.cli._outcome import CLEAN, FINDINGS
from visunn_lint.errors import VisunnError

if TYPE_CHECKING:
    from visunn_lint.cli._options import ProjectOptions
    from visunn_lint.cli._terminal import Terminal
    from visunn_lint.config import Settings
    from visunn_lint.profiling import Profile
    from visunn_lint.records import Mode


@dataclass(frozen=True, slots=True)
class ProfileOptions:
    """What is run, how, and how often."""

    inputs: tuple[str, ...]
    engines: tuple[str, ...]
    mode: Mode
    repeats: int


_profile_options = grouped(
    "how",
    ProfileOptions,
    click.option("--input", "inputs", multiple=True, metavar="SPEC", help="An input of forward, as for visunn check."),
    click.option(
        "--engine",
        "engines",
        multiple=True,
        default=("auto",),
        metavar="NAME",
        help="How the graph is captured: auto, native or torchscript. Repeat it to compare.",
    ),
    click.option(
        "--mode", type=click.Choice(["eval", "train"]), default="eval", show_default=True, help="Run in this mode."
    ),
    click.option(
        "--repeats", type=click.IntRange(min=1), default=5, show_default=True, help="Take the median of so many runs."
    ),
)


@click.command("profile")
@click.argument("target", shell_complete=_completing.targets)
@_profile_options
@click.option(
    "--output-format",
    type=click.Choice(["full", "json"]),
    default="full",
    show_default=True,
    help="Print a table, or a document for programs.",
)
@project_options
@terminal_options
@click.pass_obj
def command(
    terminal: Terminal, *, target: str, how: ProfileOptions, output_format: str, project: ProjectOptions
) -> int:
    """Time the steps from a model to its topology.

    Measures what comes out of them as well. Exits 1 if forward raised: the figures are then of what ran until there.
    """
    from visunn_lint.cli._models import settings_for  # noqa: PLC0415 -- imports torch, which --help does without
    from visunn_lint.render._style import to_string  # noqa: PLC0415 -- rich, which --help does without
    from visunn_lint.render.profile import render, to_json  # noqa: PLC0415 -- as above

    settings = settings_for([target], project, {})
    profiles = _profiles(target, how, settings)
    view = terminal.view(settings.root)
    is_json = output_format == "json"
    terminal.write(to_json(profiles) if is_json else to_string(list(render(profiles, ascii=view.ascii).split()), view))
    failures = {
        f"{profile.name} was profiled until it raised {profile.failure}" for profile in profiles if profile.failure
    }
    for failure in sorted(failures):
        terminal.error(failure)
    return FINDINGS if failures else CLEAN


def _profiles(target: str, how: ProfileOptions, settings: Settings) -> list[Profile]:
    """Return a profile for each model of the target and each engine; raises VisunnError if one cannot be made."""
    from visunn_lint.loading import live_models  # noqa: PLC0415 -- imports torch, which --help does without
    from visunn_lint.profiling import profile  # noqa: PLC0415 -- as above

    models = live_models(
        target,
        inputs=how.inputs,
        mode=how.mode,
        models=settings.models,
        root=settings.root,
        exclude=settings.exclude,
    )
    try:
        with closing(models):
            return [
                profile(model, run.args, run.kwargs, mode=how.mode, engine=engine, repeats=how.repeats)
                for model, run in models
                for engine in how.engines
            ]
    except VisunnError as error:
        msg = f"{target}: {error.message}"
        raise VisunnError(msg, hint=error.hint) from error
