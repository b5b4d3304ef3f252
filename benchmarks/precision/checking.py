"""The rules, run over the models of a source in this process."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from benchmarks.precision.record import Row, Said
from benchmarks.zoo import sources
from benchmarks.zoo.sources.source import ExcludedError
from visunn_lint.checking import needed_facts, run_rules
from visunn_lint.errors import InputError, Timeout, VisunnError
from visunn_lint.loading.capturing import MODES, run_with
from visunn_lint.loading.time_limit import time_limit
from visunn_lint.location import is_installed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.zoo.record import Task
    from visunn_lint.config import Settings
    from visunn_lint.finding import Finding
    from visunn_lint.loading.capturing import Run, Subject
    from visunn_lint.topology import CapturedModel


def rows_of(task: Task, settings: Settings, seconds: float) -> Iterator[Row]:
    """Yield what the rules say of each model of a task; what cannot be built, run or checked in time says why."""
    begin = perf_counter()
    row = Row(task.source, task.name)
    try:
        with time_limit(seconds), closing(sources.find(task.source).models(task)) as found:
            for model, run in found:
                row = Row(task.source, f"{task.name}::{model}" if model else task.name)
                findings = _findings(row.name, run, settings)
                yield replace(row, findings=findings, seconds=perf_counter() - begin)
                begin = perf_counter()
    except (ExcludedError, VisunnError, Timeout) as error:
        yield replace(row, reason=str(error) or f"more than {seconds:g} s", seconds=perf_counter() - begin)


def _findings(name: str, run: Callable[[], tuple[Subject, Run]], settings: Settings) -> tuple[Said, ...]:
    report = run_rules([_captured(name, run, settings)], settings)
    return tuple(map(_said, report.findings))


def _captured(name: str, run: Callable[[], tuple[Subject, Run]], settings: Settings) -> CapturedModel:
    """Return all captures of a model that the rules need; those in eval mode alone if train wants other inputs."""
    subject, first = run()
    subject = replace(subject, modes=MODES, facts=needed_facts(settings))
    try:
        return run_with(subject, first.arguments).as_model(name)
    except InputError:
        return run_with(replace(subject, modes=("eval",)), first.arguments).as_model(name)


def _said(finding: Finding) -> Said:
    places = [finding.location, *(each.location for each in finding.related)]
    of_library = (each for each in places if each is not None and is_installed(each.file))
    place = str(next(of_library, finding.location) or "")
    for folder in ("site-packages/", f"{Path.cwd()}/"):
        place = place.rpartition(folder)[2]
    return Said(finding.code, finding.rule, finding.severity.value, finding.module, finding.message, place)
