"""`visunn tree`: the topology of a model in the terminal."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

import click

from visunn_lint.cli import _completing
from visunn_lint.cli._options import capture_options, grouped, project_options, terminal_options
from visunn_lint.cli._outcome import CLEAN, FINDINGS, NOT_LINTED
from visunn_lint.cli._scale import cache_options, scale_options
from visunn_lint.tree import COLUMNS, DEFAULT_COLUMNS, SORTS, marks_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from visunn_lint.cache import Outcome
    from visunn_lint.cli._options import CaptureOptions, ProjectOptions
    from visunn_lint.cli._scale import CacheOptions, ScaleOptions
    from visunn_lint.cli._terminal import Terminal
    from visunn_lint.finding import Finding
    from visunn_lint.records import Mode
    from visunn_lint.render import View
    from visunn_lint.topology import Topology


@dataclass(frozen=True, slots=True)
class TreeOptions:
    """What of a topology is shown, and in which order."""

    columns: tuple[str, ...]
    depth: int | None
    sort: str | None
    mode: Mode


def _read_columns(_: click.Context, __: click.Parameter, value: str) -> tuple[str, ...]:
    """Return the names of columns, which commas separate; fails for one that there is not."""
    names = tuple(name.strip() for name in value.split(",") if name.strip())
    for name in names:
        if name not in COLUMNS:
            close = get_close_matches(name, COLUMNS, n=1)
            known = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(COLUMNS)}"
            msg = f"no column {name!r}; {known}"
            raise click.BadParameter(msg)
    return names


_tree_options = grouped(
    "shown",
    TreeOptions,
    click.option(
        "--columns",
        callback=_read_columns,
        default=",".join(DEFAULT_COLUMNS),
        show_default=True,
        metavar="NAMES",
        help=f"What stands beside the tree: {', '.join(COLUMNS)}.",
    ),
    click.option("--depth", type=click.IntRange(min=0), help="Show no deeper levels than this."),
    click.option("--sort", type=click.Choice(list(SORTS)), help="Order modules by this, not as they are registered."),
    click.option(
        "--mode", type=click.Choice(["eval", "train"]), default="eval", show_default=True, help="Show this mode."
    ),
)


@click.command("tree")
@click.argument("targets", nargs=-1, shell_complete=_completing.targets)
@_tree_options
@capture_options
@scale_options
@cache_options
@project_options
@terminal_options
@click.pass_obj
def command(
    terminal: Terminal,
    *,
    targets: tuple[str, ...],
    shown: TreeOptions,
    capture: CaptureOptions,
    scale: ScaleOptions,
    remembered: CacheOptions,
    project: ProjectOptions,
) -> int:
    """Show the modules of a model as a tree.

    With shapes, parameters, calls and findings. Exits 1 if forward raised: the tree is then what ran until there.
    """
    from visunn_lint.checking import suppress  # noqa: PLC0415 -- much that --help does without
    from visunn_lint.cli._models import check_all, settings_for, topology_in  # noqa: PLC0415 -- as above

    settings = settings_for(targets, project, remembered.as_table())
    checked = check_all(targets, settings, capture, scale, terminal, _has_failed)
    topologies = {model.name: topology_in(model, shown.mode) for model in checked.models}
    if len(topologies) > 1:
        topologies = {name: replace(topology, name=name) for name, topology in topologies.items()}
    report = suppress(checked.report, settings)
    view = terminal.view(settings.root)
    trees = (
        _tree(topology, [finding for finding in report.findings if finding.model == name], shown, view)
        for name, topology in topologies.items()
    )
    terminal.write("\n".join(trees))
    if report.broken:
        return NOT_LINTED
    return FINDINGS if any(topology.failure for topology in topologies.values()) else CLEAN


def _has_failed(outcome: Outcome) -> bool:
    return bool(outcome.broken) or any(model.topology.failure for model in outcome.models)


def _tree(topology: Topology, findings: Sequence[Finding], shown: TreeOptions, view: View) -> str:
    from visunn_lint.render._style import to_string  # noqa: PLC0415 -- rich, which --help does without
    from visunn_lint.render.tree import render  # noqa: PLC0415 -- as above

    tree = render(
        topology,
        width=view.width,
        columns=shown.columns,
        depth=shown.depth,
        sort=shown.sort or "",
        ascii=view.ascii,
        marks=marks_of(findings),
    )
    return to_string(list(tree.split()), view)
