"""`visunn check`: lint models; exit 1 if anything was found that matters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from visunn_lint.cli import _completing
from visunn_lint.cli._known import check_baseline, covered_by, known_options, settle
from visunn_lint.cli._options import capture_options, project_options, selection_options, terminal_options
from visunn_lint.cli._outcome import CLEAN, FINDINGS, NOT_LINTED
from visunn_lint.cli._output import read_outputs, write_report
from visunn_lint.cli._scale import cache_options, scale_options
from visunn_lint.finding import CRASHED_RULE
from visunn_lint.render import report_formats

if TYPE_CHECKING:
    from visunn_lint.cache import Outcome
    from visunn_lint.cli._known import KnownOptions
    from visunn_lint.cli._options import CaptureOptions, ProjectOptions, SelectionOptions
    from visunn_lint.cli._output import Output
    from visunn_lint.cli._scale import CacheOptions, ScaleOptions
    from visunn_lint.cli._terminal import Terminal
    from visunn_lint.finding import Report, Severity


@click.command("check")
@click.argument("targets", nargs=-1, shell_complete=_completing.targets)
@selection_options
@click.option("--weights", is_flag=True, help="Build models for real as well, and look at their initial weights.")
@click.option("--exit-zero", is_flag=True, envvar="VISUNN_EXIT_ZERO", help="Exit 0 whatever was found.")
@click.option(
    "--statistics",
    is_flag=True,
    envvar="VISUNN_STATISTICS",
    help="Print counts by rule in place of findings (full, concise).",
)
@click.option(
    "--output-format",
    "outputs",
    multiple=True,
    callback=read_outputs,
    shell_complete=_completing.formats,
    default=("full",),
    envvar="VISUNN_OUTPUT_FORMAT",
    metavar="FORMAT[=PATH]",
    help=f"How the findings are told: {', '.join(report_formats())}. Repeat it to write files as well.",
)
@known_options
@click.option("--watch", "watches", is_flag=True, help="Check again whenever a file changes that the check has read.")
@click.option("--show-settings", is_flag=True, help="Print every setting and where it was said, and check nothing.")
@capture_options
@scale_options
@cache_options
@project_options
@terminal_options
@click.pass_obj
def command(  # noqa: PLR0913 -- each is an option or a group of them
    terminal: Terminal,
    *,
    targets: tuple[str, ...],
    selection: SelectionOptions,
    weights: bool,
    exit_zero: bool,
    statistics: bool,
    outputs: list[Output],
    known: KnownOptions,
    watches: bool,
    show_settings: bool,
    capture: CaptureOptions,
    scale: ScaleOptions,
    remembered: CacheOptions,
    project: ProjectOptions,
) -> int:
    """Lint models; exit 1 if anything was found that matters.

    A target is model.py, model.py::Net, package.module:attribute, a folder, or a name from
    [tool.visunn.models]; without any, all of these names are linted. A model file is run, as
    pytest runs a test file.
    """
    from visunn_lint.cli._models import check_all, settings_for  # noqa: PLC0415 -- much that --help does without
    from visunn_lint.cli._settings import settings_text  # noqa: PLC0415 -- as above

    if watches and not show_settings:
        return _watch(targets, known, project, terminal)
    flags = {**selection.as_table(), **remembered.as_table(), **({"weights": True} if weights else {})}
    settings = settings_for(targets, project, flags)
    if show_settings:
        terminal.write(settings_text(targets, project, flags, click.get_current_context()))
        return CLEAN
    check_baseline(settings, known)

    def has_failed(outcome: Outcome) -> bool:
        return _exit_code(outcome, settings.fail_on, exit_zero=False) != CLEAN

    checked = check_all(targets, settings, capture, scale, terminal, has_failed)
    is_part = scale.shard.number > 1 or checked.not_checked > 0
    covered = () if is_part else covered_by(targets, settings)
    report = settle(checked.report, settings, covered, known, terminal)
    view = terminal.view(settings.root, statistics=statistics, fail_on=settings.fail_on)
    for output in outputs:
        write_report(report, output, view, terminal, settings.models)
    for rule in report.rules_skipped:
        terminal.detail(f"{rule.code} {rule.name} did not run: {rule.reason}")
    return _exit_code(report, settings.fail_on, exit_zero=exit_zero)


def _watch(targets: tuple[str, ...], known: KnownOptions, project: ProjectOptions, terminal: Terminal) -> int:
    """Check until it is interrupted; raises UsageError where that would write what is watched."""
    from visunn_lint.cli._watching import check_apart, watch  # noqa: PLC0415 -- as above

    if known.writes:
        message = "--watch writes nothing: run --add-ignore and --update-baseline without it"
        raise click.UsageError(message)
    arguments = [argument for argument in terminal.arguments if argument != "--watch"]
    return watch(targets, check_apart(arguments, targets, project), terminal)


def _exit_code(report: Report | Outcome, fail_on: Severity, *, exit_zero: bool) -> int:
    """Return 2 if something could not be linted, 1 if a finding is as severe as ``fail_on``, else 0."""
    if report.broken or any(finding.code == CRASHED_RULE for finding in report.findings):
        return NOT_LINTED
    is_bad = any(finding.severity.rank >= fail_on.rank for finding in report.findings)
    if exit_zero or not is_bad:
        return CLEAN
    return FINDINGS
