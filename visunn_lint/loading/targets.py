"""What a target names, loaded file by file; what breaks on the way is told, not raised."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from visunn_lint.errors import TargetError, Timeout, VisunnError
from visunn_lint.finding import Broken
from visunn_lint.loading.capturing import MODES
from visunn_lint.loading.loaded import Loaded, Result, WithoutModel, in_full, timed_out, told
from visunn_lint.loading.logs import load_log
from visunn_lint.loading.module import captures, runs
from visunn_lint.loading.options import Options
from visunn_lint.loading.time_limit import time_limit
from visunn_lint.loading.units import files_without_model, units_of
from visunn_lint.location import shown
from visunn_lint.pipeline.building.importing import imports_put_back
from visunn_lint.pipeline.description import describe
from visunn_lint.pipeline.frames import raising_location
from visunn_lint.pipeline.targets.candidates import NoModelError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Mapping, Sequence

    from torch import nn

    from visunn_lint.config import ModelSettings
    from visunn_lint.loading.units import Unit
    from visunn_lint.pipeline.inputs.arguments import Arguments
    from visunn_lint.records import Mode
    from visunn_lint.rules import Fact
    from visunn_lint.topology import CapturedModel


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
    """Return the captured models of a target: a file, ``file::name``, ``module:name``, folder, log, configured name.

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
        loaded = Loaded.of([result for unit in found.units for result in _load(unit)])
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
            _refuse_log(unit)
            with closing(runs(unit.target, unit.options)) as found:
                for _, run in found:
                    subject, made = run()
                    yield subject.model, made.arguments


def _refuse_log(unit: Unit) -> None:
    if unit.target.is_log:
        message = f"{unit.name} is a log, and holds no model to run"
        raise TargetError(message, hint="give the model's Python file")


def load_unit(unit: Unit) -> Loaded:
    """Return the models of one unit; a file that turned out to hold none is in ``without_model`` alone."""
    with imports_put_back():
        return Loaded.of(_load(unit))


def _load(unit: Unit) -> list[Result]:
    """Return the models of one unit, and why those are broken that are."""
    if unit.target.is_log:
        return [load_log(unit)]
    target, options, name = unit.target, unit.options, unit.name
    results: list[Result] = []
    try:
        with time_limit(options.timeout), closing(captures(target, options)) as found:
            for name, capture in found:
                results.append(_result(name, capture))
    except NoModelError as error:
        results.append(WithoutModel(told(target.text, error)))
    except VisunnError as error:
        results.append(told(target.text, error))
    except Timeout as timeout:
        place = raising_location(timeout)
        where = f" at {shown(place)}" if place else ""
        results.append(timed_out(name, timeout, options.timeout, where))
    return results


def _result(name: str, capture: Callable[[], CapturedModel]) -> Result:
    try:
        return capture()
    except VisunnError as error:
        return told(name, error)
    except Exception as error:  # noqa: BLE001 -- a bug of ours on one model is no reason to drop the others
        return Broken(name, f"visunn failed on it: {describe(error)}", "please report it, with -v", in_full(error))
