"""`visunn export`: a model as a file to open, to show or to read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from visunn_lint.cli import _completing
from visunn_lint.cli._exporting import TENSORBOARD, formats, goal
from visunn_lint.cli._options import capture_options, grouped, project_options, terminal_options
from visunn_lint.cli._outcome import CLEAN, FINDINGS, NOT_LINTED
from visunn_lint.cli._scale import cache_options
from visunn_lint.errors import TargetError
from visunn_lint.render.export import find_format

if TYPE_CHECKING:
    from visunn_lint.cli._documents import Asked, Found
    from visunn_lint.cli._exporting import Goal
    from visunn_lint.cli._options import CaptureOptions, ProjectOptions
    from visunn_lint.cli._scale import CacheOptions
    from visunn_lint.cli._terminal import Terminal
    from visunn_lint.document import Older
    from visunn_lint.records import Mode


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What is written, and where."""

    output: str
    format: str | None
    against: str
    mode: Mode
    findings: bool
    force: bool


_export_options = grouped(
    "wanted",
    ExportOptions,
    click.option(
        "-o", "--output", required=True, metavar="PATH", help="The file to write, - for stdout: -o model.html."
    ),
    click.option(
        "--to", "format", type=click.Choice(formats()), help="The format; the suffix of the file tells it otherwise."
    ),
    click.option(
        "--against",
        default="",
        metavar="OLD",
        help="Show what changed since OLD: a target, a lock file, or a target in a revision, main:model.py.",
    ),
    click.option(
        "--mode", type=click.Choice(["eval", "train"]), default="eval", show_default=True, help="Export this mode."
    ),
    click.option(
        "--findings/--no-findings", default=True, show_default=True, help="Show what the rules find in the model."
    ),
    click.option("--force", is_flag=True, help="Write over a file that visunn did not write."),
)


@click.command("export")
@click.argument("target", shell_complete=_completing.targets)
@_export_options
@capture_options
@cache_options
@project_options
@terminal_options
@click.pass_obj
def command(
    terminal: Terminal,
    *,
    target: str,
    wanted: ExportOptions,
    capture: CaptureOptions,
    remembered: CacheOptions,
    project: ProjectOptions,
) -> int:
    """Write a model to a file: the 3D viewer, a picture, or data.

    html is the viewer with the model in it, one file that needs nothing else. svg is a picture, dot and
    mermaid are drawn by others, json is what all of these are made of, tensorboard an event log. Exits 1
    if forward raised: the file then shows what ran until there.
    """
    from visunn_lint.cli._documents import Asked, Found, find_model  # noqa: PLC0415 -- much that --help does without

    where = goal(wanted.output, wanted.format, force=wanted.force)
    where.check()
    asked = Asked(target, wanted.mode, capture, remembered, project)
    older = _older(asked, wanted.against) if wanted.against else None
    found = find_model(asked, terminal)
    if not isinstance(found, Found):
        return NOT_LINTED
    where.write(_log(found) if where.format == TENSORBOARD else _document(found, where, wanted, older), terminal)
    if where.path is not None:
        terminal.note(f"wrote {where.path}")
    return FINDINGS if found.topology.failure is not None else CLEAN


def _document(found: Found, where: Goal, wanted: ExportOptions, older: Older | None) -> bytes:
    from visunn_lint.document import build  # noqa: PLC0415 -- --help does without

    findings = found.findings if wanted.findings else ()
    return find_format(where.format).export(build(found.topology, root=found.root, findings=findings, against=older))


def _log(found: Found) -> bytes:
    from visunn_lint.pipeline import encode  # noqa: PLC0415 -- --help does without
    from visunn_lint.pipeline.events import as_bytes  # noqa: PLC0415 -- as above

    return as_bytes(encode(found.topology))


def _older(asked: Asked, text: str) -> Older:
    """Return the model to compare with; of several, the one of the target's name."""
    from visunn_lint.comparing import parse_sides  # noqa: PLC0415 -- imports torch, which --help does without
    from visunn_lint.comparing.outlines import Options, by_attribute, outlines_of  # noqa: PLC0415 -- as above
    from visunn_lint.config import load_settings  # noqa: PLC0415 -- as above
    from visunn_lint.document import Older  # noqa: PLC0415 -- as above

    capture, project = asked.capture, asked.project
    options = Options(
        capture.inputs, capture.engine, capture.timeout, capture.allow_network, project.config, project.isolated
    )
    settings = load_settings(Path.cwd(), config=project.config, isolated=project.isolated, flags={})
    side = parse_sides(text, asked.target, settings.models)[0]
    outlines = by_attribute(outlines_of(side, options))
    name = asked.target.rpartition("::")[2]
    if len(outlines) > 1 and name not in outlines:
        msg = f"{text} has {', '.join(sorted(outlines))}: which of these is the older one?"
        raise TargetError(msg, hint="name it, as in --against model.py::Net")
    found = outlines[name] if name in outlines else next(iter(outlines.values()))
    return Older(text, found.outline)
