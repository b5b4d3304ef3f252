"""What a target names, loaded file by file; what breaks on the way is told, not raised."""

from __future__ import annotations

import traceback
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from visunn_lint.errors import Timeout, VisunnError
from visunn_lint.finding import Broken
from visunn_lint.loading.capturing import MODES
from visunn_lint.loading.module import captures, runs
from visunn_lint.loading.options import Options
from visunn_lint.loading.time_limit import time_limit
from visunn_lint.loading.units import files_without_model, units_of
from visunn_lint.location import shown
from visunn_lint.pipeline.building.importing import imports_put_back
from visunn_lint.pipeline.description import describe
from visunn_lint.pipeline.frames import raising_location
from visunn_lint.pipeline.targets.candidates import NoModelError
from visunn_lint.topology import CapturedModel

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Mapping, Sequence

    from torch import nn

    from visunn_lint.config import ModelSettings
    from visunn_lint.loading.units import Unit
    from visunn_lint.pipeline.inputs.arguments import Arguments
    from visunn_lint.records import Mode
    from visunn_lint.rules import Fact


@dataclass(frozen=True, slots=True)
class _WithoutModel:
    """A file that was imported and turned out to have no model."""

    broken: Broken


Result: TypeAlias = CapturedModel | Broken | _WithoutModel


@dataclass(frozen=True, slots=True)
class Loaded:
    """The models behind a target, what could not be linted, and which files of a folder have been left out.

    ``without_model`` are files that are broken only if nothing else was found.
    """

    models: tuple[CapturedModel, ...] = ()
    broken: tuple[Broken, ...] = ()
    skipped: tuple[str, ...] = ()
    without_model: tuple[Broken, ...] = ()


def load(  # noqa: PLR0913 -- each is an option of the command line
    target: str,
    *,
    inputs: Sequence[str] = (),
    modes: Sequence[Mode] = MODES,
    engine: str = "auto",
    models: Mapping[str, ModelSettings] | None = None,
    root: Path | None = None,
    timeout: float | None = None,
    exclude: Sequence[str] = (),
    allow_network: bool = False,
    facts: Collection[Fact] = (),
) -> Loaded:
    """Return the captured models of a target: a file, ``file::name``, ``module:name``, a folder, a configured name.

    ``inputs`` are values of ``--input``. ``models`` is what the configuration says of models, its
    targets as seen from ``root``. ``timeout`` are the seconds that each file may take, ``exclude``
    globs of files that a folder's check leaves out, ``facts`` what rules need to know. The user's
    code runs, as pytest runs it: what it does to this process is undone, what it prints goes to
    stderr. Nothing that is wrong with a target is raised: it is in ``broken``.
    """
    options = Options(
        inputs, modes, engine, models or {}, root or Path.cwd(), timeout, exclude, allow_network, facts=facts
    )
    try:
        found = units_of(target, options)
    except VisunnError as error:
        return Loaded(broken=(told(target, error),))
    with imports_put_back():
        loaded = _sorted_out([result for unit in found.units for result in _load(unit)])
    broken, skipped = files_without_model(loaded.without_model, is_all=not (loaded.models or loaded.broken))
    return Loaded(loaded.models, (*loaded.broken, *broken), (*found.skipped, *skipped))


def live_models(
    target: str,
    *,
    inputs: Sequence[str] = (),
    mode: Mode = "eval",
    models: Mapping[str, ModelSettings] | None = None,
    root: Path | None = None,
    exclude: Sequence[str] = (),
    allow_network: bool = False,
) -> Generator[tuple[nn.Module, Arguments]]:
    """Yield each model of a target as it stands in memory, with the arguments that it was run with.

    See ``load`` for the arguments. Use a model before the next is asked for, and close the generator:
    only then is what the user's code did to the process undone. Raises VisunnError for the first
    thing that is wrong.
    """
    options = Options(inputs, (mode,), "auto", models or {}, root or Path.cwd(), None, exclude, allow_network)
    units = units_of(target, options).units
    with imports_put_back():
        for unit in units:
            with closing(runs(unit.target, unit.options)) as found:
                for _, run in found:
                    subject, made = run()
                    yield subject.model, made.arguments


def load_unit(unit: Unit) -> Loaded:
    """Return the models of one unit; a file that turned out to hold none is in ``without_model`` alone."""
    with imports_put_back():
        return _sorted_out(_load(unit))


def _sorted_out(results: list[Result]) -> Loaded:
    return Loaded(
        tuple(result for result in results if isinstance(result, CapturedModel)),
        tuple(result for result in results if isinstance(result, Broken)),
        without_model=tuple(each.broken for each in results if isinstance(each, _WithoutModel)),
    )


def _load(unit: Unit) -> list[Result]:
    """Return the models of one unit, and why those are broken that are."""
    target, options, name = unit.target, unit.options, unit.name
    results: list[Result] = []
    try:
        with time_limit(options.timeout), closing(captures(target, options)) as found:
            for name, capture in found:
                results.append(_result(name, capture))
    except NoModelError as error:
        results.append(_WithoutModel(told(target.text, error)))
    except VisunnError as error:
        results.append(told(target.text, error))
    except Timeout as timeout:
        place = raising_location(timeout)
        where = f" at {shown(place)}" if place else ""
        message = f"timed out after {options.timeout:g} s{where}"
        results.append(Broken(name, message, "give --timeout more seconds", _traceback(timeout)))
    return results


def _result(name: str, capture: Callable[[], CapturedModel]) -> Result:
    try:
        return capture()
    except VisunnError as error:
        return told(name, error)
    except Exception as error:  # noqa: BLE001 -- a bug of ours on one model is no reason to drop the others
        return Broken(name, f"visunn failed on it: {describe(error)}", "please report it, with -v", _traceback(error))


def told(name: str, error: VisunnError) -> Broken:
    """Return what is wrong with a target, as a report has it."""
    return Broken(name, error.message, error.hint, _traceback(error.__cause__ or error))


def _traceback(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))
