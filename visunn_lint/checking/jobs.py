"""The check of one unit, in this process or in another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from visunn_lint.cache import Kept, ModelOutcome, Outcome
from visunn_lint.checking.running import run_rules
from visunn_lint.checking.selection import needed_facts
from visunn_lint.loading import Loaded, load_log
from visunn_lint.pipeline.collecting import import_for_good

if TYPE_CHECKING:
    from pathlib import Path

    from visunn_lint.cache import Memory
    from visunn_lint.config import Settings
    from visunn_lint.loading import Unit


@dataclass(frozen=True, slots=True)
class Job:
    """A unit to check: all that it takes, so that it can be sent to another process.

    ``folder`` is the working directory, from which targets are named. ``memory`` is where to
    remember what comes of it, None to forget it.
    """

    unit: Unit
    settings: Settings
    folder: Path
    memory: Memory | None = None


def check_unit(job: Job) -> Kept:
    """Return what came of a unit, written down if it is to be remembered. Torch is imported before, but for a log."""
    if not job.unit.target.is_log:
        import_for_good("visunn_lint.loading.targets")
    if job.memory is None:
        return Kept(_checked(job))
    return job.memory.answer(lambda: _checked(job), _folders(job))


def _checked(job: Job) -> Outcome:
    options = replace(job.unit.options, facts=needed_facts(job.settings))
    loaded = _loaded(replace(job.unit, options=options))
    report = run_rules(loaded.models, job.settings)
    return Outcome(
        tuple(map(ModelOutcome.of, loaded.models)),
        report.findings,
        report.suppressed,
        report.rules_run,
        report.rules_skipped,
        (*report.broken, *loaded.broken),
        loaded.without_model,
    )


def _loaded(unit: Unit) -> Loaded:
    if unit.target.is_log:
        return Loaded.of([load_log(unit)])
    from visunn_lint.loading import load_unit  # noqa: PLC0415 -- imports torch, which what is remembered does without

    return load_unit(unit)


def _folders(job: Job) -> list[Path]:
    """Return the folders that a unit's modules may be found in: those around its file, up to the project's root."""
    root, file = job.unit.options.root, job.unit.target.path
    if job.unit.target.is_log:
        return []
    if file is None:
        return [root, job.folder]
    return [folder for folder in file.parents if folder.is_relative_to(root)] or [file.parent]
