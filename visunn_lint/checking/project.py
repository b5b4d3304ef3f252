"""The check of all that a project is asked for: unit by unit, remembered, and by as many processes as are wanted."""

from __future__ import annotations

import traceback
from contextlib import closing
from dataclasses import dataclass, field, fields, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from visunn_lint.cache import Answer, CacheFolder, Ground, Memory, Outcome
from visunn_lint.checking.executors import results_of
from visunn_lint.checking.jobs import Job
from visunn_lint.checking.merging import merge
from visunn_lint.checking.running import run_rules
from visunn_lint.errors import TargetError, VisunnError
from visunn_lint.finding import Broken
from visunn_lint.loading import files_without_model, units_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Executor

    from visunn_lint.cache import Kept, ModelOutcome
    from visunn_lint.config import Settings
    from visunn_lint.finding import Report
    from visunn_lint.loading import Options, Unit

_NOT_ASKED: Final = frozenset({"fail_on", "exclude", "baseline", "cache", "cache_dir", "root"})
"""Settings that decide on what is checked, or on what follows from it, and not on what is found in a unit."""


@dataclass(frozen=True, slots=True)
class Shard:
    """One of several parts of all units: the ``index``-th of ``number``, counted from 1."""

    index: int = 1
    number: int = 1

    def __str__(self) -> str:
        """Return ``1/4``, as ``--shard`` takes it."""
        return f"{self.index}/{self.number}"

    def holds(self, unit: Unit, root: Path) -> bool:
        """Return whether a unit is in this part; its name decides, so that the others stay where they are."""
        path = unit.target.path
        name = path.relative_to(root).as_posix() if path and path.is_relative_to(root) else unit.name
        digest = sha256(f"{name}::{unit.target.attribute}".encode("utf-8", "surrogatepass")).digest()
        return int.from_bytes(digest[:8], "big") % self.number == self.index - 1


@dataclass(frozen=True, slots=True)
class Course:
    """How units are checked: which part of them, where, until how many failed, and whom to tell about each.

    ``executor`` is None for this process. ``tell`` gets how many units are done, how many there are,
    and a few words on how the last one went; ``has_failed`` says which outcomes count for ``most_failures``.
    """

    shard: Shard = field(default_factory=Shard)
    executor: Executor | None = None
    most_failures: int | None = None
    has_failed: Callable[[Outcome], bool] = lambda outcome: bool(outcome.broken)
    tell: Callable[[int, int, str], None] = lambda _done, _number, _words: None


@dataclass(frozen=True, slots=True)
class Checked:
    """The report over many units, their models, what of the targets was left out, and what was not come to.

    ``without_model`` counts what was left out after all: files that show a model, and that none could be built of.
    """

    report: Report
    models: tuple[ModelOutcome, ...]
    skipped: tuple[str, ...]
    without_model: int
    units: int
    not_checked: int


@dataclass(frozen=True, slots=True)
class _Asked:
    """The units of all targets, each once, and by each which of the targets it came from."""

    units: tuple[Unit, ...]
    origins: tuple[str, ...]
    skipped: tuple[str, ...]
    broken: tuple[Broken, ...]


def check_project(targets: Sequence[str], settings: Settings, options: Options, course: Course) -> Checked:
    """Return what came of some targets, the same whatever was remembered and whoever checked them.

    What is wrong with a target is in ``report.broken``. Raises ConfigError for what is wrong with
    the settings, TargetError when there is no target at all.
    """
    asked = _asked(targets, settings, options, course.shard)
    outcomes = list(_outcomes(asked.units, settings, course))
    broken, skipped = _without_model(asked.origins, outcomes)
    return Checked(
        merge(outcomes, (*asked.broken, *broken)),
        tuple(model for outcome in outcomes for model in outcome.models),
        (*asked.skipped, *skipped),
        len(skipped),
        len(asked.units),
        len(asked.units) - len(outcomes),
    )


def _asked(targets: Sequence[str], settings: Settings, options: Options, shard: Shard) -> _Asked:
    named = tuple(dict.fromkeys(targets or settings.models))
    if not named:
        msg = "nothing to look at: no target was given"
        raise TargetError(msg, hint="give one, such as model.py, or name models in [tool.visunn.models]")
    units: dict[object, tuple[Unit, str]] = {}
    skipped: list[str] = []
    broken: list[Broken] = []
    for target in named:
        try:
            found = units_of(target, _for_target(target, named, options))
        except VisunnError as error:
            details = "".join(traceback.format_exception(error))
            broken.append(Broken(target, error.message, error.hint, details))
            continue
        skipped += found.skipped
        for unit in found.units:
            units.setdefault(replace(unit.target, text=unit.options.named), (unit, target))
    mine = [(unit, origin) for unit, origin in units.values() if shard.holds(unit, options.root)]
    return _Asked(tuple(unit for unit, _ in mine), tuple(origin for _, origin in mine), tuple(skipped), tuple(broken))


def _for_target(target: str, named: Sequence[str], options: Options) -> Options:
    """Return the options for one target; an ``--input`` that names another is not for it."""
    elsewhere = tuple(f"{other}:" for other in named if other != target)
    return replace(options, inputs=[text for text in options.inputs if not text.startswith(elsewhere)])


def _outcomes(units: Sequence[Unit], settings: Settings, course: Course) -> Iterator[Outcome]:
    """Yield what came of each unit, in their order, until too many have failed."""
    jobs = [
        Job(unit, settings, Path.cwd(), memory) for unit, memory in zip(units, _memories(units, settings), strict=True)
    ]
    answers = [job.memory.look_up() if job.memory else Answer(None) for job in jobs]
    missing = [job for job, answer in zip(jobs, answers, strict=True) if answer.outcome is None]
    if missing or not units:
        run_rules([], settings)  # a misspelt rule is told before any model runs
    failures = 0
    with closing(results_of(missing, course.executor)) as results:
        for number, (job, answer) in enumerate(zip(jobs, answers, strict=True), 1):
            outcome, words = _settled(answer, results)
            course.tell(number, len(jobs), f"{job.unit.name}: {words}")
            yield outcome
            failures += course.has_failed(outcome)
            if course.most_failures is not None and failures >= course.most_failures:
                return


def _settled(answer: Answer, results: Iterator[Kept]) -> tuple[Outcome, str]:
    """Return an outcome that is remembered, else the next that comes of a run, and how that went."""
    if answer.outcome is not None:
        return answer.outcome, "nothing has changed since it was checked"
    kept = next(results)
    outcome = Outcome.from_bytes(kept.outcome) if isinstance(kept.outcome, bytes) else kept.outcome
    words = f"checked ({answer.reason})" if answer.reason else "checked"
    return outcome, f"{words}; not remembered: {kept.obstacle}" if kept.obstacle else words


def _memories(units: Sequence[Unit], settings: Settings) -> list[Memory | None]:
    """Return where each unit is remembered: by all that may be said of it, its neighbours left out."""
    if not settings.cache:
        return [None for _ in units]
    root = settings.root or Path.cwd()
    folder, ground = CacheFolder(root / settings.cache_dir), Ground.under(root).digest()
    asked = {each.name: getattr(settings, each.name) for each in fields(settings) if each.name not in _NOT_ASKED}
    return [
        Memory.of(folder, root, ground, Path.cwd(), unit.target, replace(unit.options, timeout=None, exclude=()), asked)
        for unit in units
    ]


def _without_model(origins: Sequence[str], outcomes: Sequence[Outcome]) -> tuple[tuple[Broken, ...], tuple[str, ...]]:
    """Return what is broken, and what is left out, of the files without a model, target by target."""
    broken: list[Broken] = []
    skipped: list[str] = []
    for target in dict.fromkeys(origins):
        own = [outcome for origin, outcome in zip(origins, outcomes, strict=False) if origin == target]
        without = [each for outcome in own for each in outcome.without_model]
        is_all = not any(outcome.models or outcome.broken for outcome in own)
        of_target = files_without_model(without, is_all=is_all)
        broken += of_target[0]
        skipped += of_target[1]
    return tuple(broken), tuple(skipped)
