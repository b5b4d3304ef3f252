"""The options that write down findings which are known: as comments in the source, or in a baseline."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from visunn_lint.cli._options import grouped
from visunn_lint.errors import ConfigError
from visunn_lint.location import is_there, shown_path
from visunn_lint.text import count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from visunn_lint.cli._terminal import Terminal
    from visunn_lint.config import Settings
    from visunn_lint.finding import Report


@dataclass(frozen=True, slots=True)
class KnownOptions:
    """What is written down of the findings of a check."""

    add_ignore: bool
    reason: str
    update_baseline: bool

    @property
    def writes(self) -> bool:
        """Whether files are written at all."""
        return self.add_ignore or self.update_baseline


known_options = grouped(
    "known",
    KnownOptions,
    click.option("--add-ignore", is_flag=True, help="Write a comment into the source for each finding."),
    click.option("--reason", default="", metavar="TEXT", help="What these comments give as their reason."),
    click.option("--update-baseline", is_flag=True, help="Write the findings into the baseline."),
)


def check_baseline(settings: Settings, known: KnownOptions) -> None:
    """Raise ConfigError, before any model runs, for a baseline that is not named, missing, or none."""
    from visunn_lint.suppress.baseline import read_baseline  # noqa: PLC0415 -- --help does without

    if known.update_baseline and not settings.baseline:
        message = "--update-baseline: which file?"
        raise ConfigError(message, hint='give --baseline FILE, or set `baseline = "FILE"` in the configuration')
    is_new = known.update_baseline and not is_there(settings.baseline)
    if settings.baseline and not is_new:
        read_baseline(Path(settings.baseline))


def settle(
    report: Report, settings: Settings, covered: Sequence[Path], known: KnownOptions, terminal: Terminal
) -> Report:
    """Return a report without suppressed findings, once those are written down that shall be.

    ``covered`` are the files and folders of which every model was checked.
    """
    from visunn_lint.checking import add_ignores, suppress, update_baseline  # noqa: PLC0415 -- --help does without

    without_baseline = replace(settings, baseline="")
    if known.add_ignore:
        open_report = suppress(report, settings, covered)
        comments, files = add_ignores(open_report, settings, known.reason)
        written = f"wrote {count(comments, 'comment')} into {count(files, 'file')}"
        why_none = "no finding has a line to write a comment behind" if open_report.findings else "there is no finding"
        terminal.note(written if comments else why_none)
    if known.update_baseline:
        change = update_baseline(suppress(report, without_baseline, covered), settings, covered)
        held = f"{shown_path(Path(settings.baseline))} holds {count(change.held, 'finding')}"
        terminal.note(f"{held} ({change.new:,} new, {change.gone:,} gone)")
    return suppress(report, settings, covered)


def covered_by(targets: Sequence[str], settings: Settings) -> tuple[Path, ...]:
    """Return the files and folders of which every model is asked for: by the targets, else by the configuration."""
    root, asked = settings.root or Path.cwd(), targets or settings.models
    named = (root / settings.models[each].target if each in settings.models else Path(each) for each in asked)
    return tuple(path for path in named if is_there(path))
