"""What a target names, loaded file by file; what breaks on the way is told, not raised."""

from __future__ import annotations

import traceback
from contextlib import closing
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from visunn_lint.errors import TargetError, Timeout, VisunnError
from visunn_lint.finding import Broken
from visunn_lint.loading.capturing import MODES
from visunn_lint.loading.flags import check_addresses
from visunn_lint.loading.module import captures, runs
from visunn_lint.loading.options import Options
from visunn_lint.loading.time_limit import time_limit
from visunn_lint.pipeline.building.importing import imports_put_back
from visunn_lint.pipeline.description import describe, shown, shown_path
from visunn_lint.pipeline.frames import raising_location
from visunn_lint.pipeline.targets.candidates import NoModelError
from visunn_lint.pipeline.targets.discovery import Skipped, model_files
from visunn_lint.pipeline.targets.target import Target, parse_target
from visunn_lint.topology import CapturedModel

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Mapping, Sequence

    from torch import nn

    from visunn_lint.config import ModelSettings
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
    """The models behind a target, what could not be linted, and which files of a folder have been left out."""

    models: tuple[CapturedModel, ...] = ()
    broken: tuple[Broken, ...] = ()
    skipped: tuple[str, ...] = ()


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
        files, skipped = _files(target, options)
        options = _suited(options, target, files)
    except VisunnError as error:
        return Loaded(broken=(_broken(target, error),))
    with imports_put_back():
        results = [result for file in files for result in _load(file, options)]
    return _sorted_out(results, [f"{shown_path(each.file)}: {each.reason}" for each in skipped])


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
    files, _ = _files(target, options)
    options = _suited(options, target, files)
    with imports_put_back():
        for file in files:
            with closing(runs(file, options)) as found:
                for _, run in found:
                    subject, made = run()
                    yield subject.model, made.arguments


def _sorted_out(results: list[Result], skipped: list[str]) -> Loaded:
    """Return results by their kind; a file without a model is broken only if nothing else was found."""
    models = tuple(result for result in results if isinstance(result, CapturedModel))
    broken = [result for result in results if isinstance(result, Broken)]
    without = [each.broken for each in results if isinstance(each, _WithoutModel)]
    if without and not models and not broken:
        return Loaded(broken=tuple(without[:1]), skipped=tuple(skipped))
    return Loaded(models, tuple(broken), (*skipped, *(f"{each.target}: {each.message}" for each in without)))


def _files(text: str, options: Options) -> tuple[list[Target], list[Skipped]]:
    """Return the files behind a target, or its one module, and what was left out.

    Raises TargetError if there are none.
    """
    target = _parsed(text, options)
    if target.path is None or not target.path.is_dir():
        return [target], []
    found = list(model_files(target.path, root=options.root, exclude=options.exclude))
    files = [Target(shown_path(file), file) for file in found if isinstance(file, Path)]
    skipped = [each for each in found if isinstance(each, Skipped)]
    if not files:
        message = "has no file that shows a model at its top level"
        if skipped:
            message = f"{message} and is there to be imported ({shown_path(skipped[0].file)}: {skipped[0].reason})"
        raise TargetError(message, hint="name a file to have it run, such as folder/model.py")
    return files, skipped


def _suited(options: Options, target: str, files: list[Target]) -> Options:
    """Return the options as they hold for a target; raises InputError for inputs that fit any file of a folder."""
    if len(files) > 1:
        check_addresses(options.inputs)
    return replace(options, named=target if target in options.models else "", is_folder=len(files) > 1)


def _parsed(text: str, options: Options) -> Target:
    if text in options.models:
        return replace(_configured(options.models[text].target, options.root), text=text)
    try:
        return parse_target(text, Path.cwd())
    except TargetError as error:
        close = get_close_matches(text, options.models, n=1)
        raise TargetError(
            error.message, hint=f"did you mean the model `{close[0]}`?" if close else error.hint
        ) from None


def _configured(text: str, root: Path) -> Target:
    try:
        return parse_target(text, root)
    except TargetError as error:
        message = f"its target `{text}`: {error.message}"
        raise TargetError(message, hint=error.hint) from None


def _load(target: Target, options: Options) -> list[Result]:
    """Return the models of one file, and why those are broken that are."""
    name = target.text
    results: list[Result] = []
    try:
        with time_limit(options.timeout), closing(captures(target, options)) as found:
            for name, capture in found:
                results.append(_result(name, capture))
    except NoModelError as error:
        results.append(_WithoutModel(_broken(target.text, error)))
    except VisunnError as error:
        results.append(_broken(target.text, error))
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
        return _broken(name, error)
    except Exception as error:  # noqa: BLE001 -- a bug of ours on one model is no reason to drop the others
        return Broken(name, f"visunn failed on it: {describe(error)}", "please report it, with -v", _traceback(error))


def _broken(name: str, error: VisunnError) -> Broken:
    return Broken(name, error.message, error.hint, _traceback(error.__cause__ or error))


def _traceback(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))
