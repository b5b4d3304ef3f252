"""From the targets on the command line to settings, and to what came of checking them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from visunn_lint.checking import Checked, Course, check_project, open_executor
from visunn_lint.cli._progress import progress
from visunn_lint.config import load_settings
from visunn_lint.errors import ELLIPSIS, TargetError
from visunn_lint.loading import Options
from visunn_lint.location import is_there, real_path
from visunn_lint.pipeline import engines
from visunn_lint.text import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from visunn_lint.cache import ModelOutcome, Outcome
    from visunn_lint.cli._options import CaptureOptions, ProjectOptions
    from visunn_lint.cli._scale import ScaleOptions
    from visunn_lint.cli._terminal import Terminal
    from visunn_lint.config import Settings
    from visunn_lint.finding import Broken
    from visunn_lint.records import Captured, Mode
    from visunn_lint.topology import Topology


def settings_for(targets: Sequence[str], project: ProjectOptions, flags: Mapping[str, object]) -> Settings:
    """Return the settings of the project that the targets lie in."""
    from visunn_lint.checking import check_settings  # noqa: PLC0415 -- loads every rule, which --help does without

    place = common_place(targets)
    return load_settings(place, config=project.config, isolated=project.isolated, flags=flags, check=check_settings)


def check_all(
    targets: Sequence[str],
    settings: Settings,
    capture: CaptureOptions,
    scale: ScaleOptions,
    terminal: Terminal,
    has_failed: Callable[[Outcome], bool],
) -> Checked:
    """Return what came of every target, of those that the configuration names if none is given.

    What could not be linted, and what was left out, is told on stderr. ``has_failed`` says which
    outcomes count for ``--maxfail``. Raises TargetError when there is no target at all.
    """
    engines.check_name(capture.engine)  # a misspelt one is told before any model is built
    options = Options(
        inputs=capture.inputs,
        modes=("eval", "train"),
        engine=capture.engine,
        models=settings.models,
        root=settings.root or Path.cwd(),
        timeout=capture.timeout,
        exclude=settings.exclude,
        allow_network=capture.allow_network,
    )
    with open_executor(scale.executor, scale.jobs, capture.timeout) as executor, progress(terminal) as tell:
        course = Course(scale.shard, executor, scale.maxfail, has_failed, tell)
        checked = check_project(targets, settings, options, course)
    _tell_all(checked, scale, terminal)
    return checked


def topology_in(model: ModelOutcome, mode: Mode) -> Topology:
    """Return a model's capture in one mode; raises TargetError if it was not made."""
    found = model.topologies.get(mode)
    if found is None:
        reason = dict(model.unfit).get(mode, "")
        if reason:
            msg = f"{model.name}: inferred inputs do not do in {mode} mode: {reason}"
            raise TargetError(msg, hint=f"give --input, or another --mode than {mode}")
        msg = f"{model.name}: not captured in {mode}"
        raise TargetError(msg, hint="give another --mode, or change `modes` in the configuration of the model")
    return found


def _tell_all(checked: Checked, scale: ScaleOptions, terminal: Terminal) -> None:
    for skipped in checked.skipped:
        terminal.detail(f"skipped {skipped}")
    if checked.without_model and not terminal.verbose:
        files = "1 file was" if checked.without_model == 1 else f"{checked.without_model} files were"
        terminal.note(f"{files} left out, of which no model can be built: -v tells why")
    for model in checked.models:
        tell(model, terminal)
    for broken in checked.report.broken:
        terminal.error(f"{broken.target}: {broken.message}", hint=_hint(broken, terminal), details=broken.details)
    if checked.not_checked:
        terminal.note(f"stopped at --maxfail {scale.maxfail}: {checked.not_checked} of {checked.units} not checked")
    if not checked.units and not checked.report.broken:
        terminal.note(f"nothing to check in shard {scale.shard.index} of {scale.shard.number}")


def tell(model: ModelOutcome, terminal: Terminal) -> None:
    """Tell what a model was run with where we chose that, and how where it is asked for."""
    for captured in model.captured:
        if captured.rung == "file":
            _tell_read(model.name, captured, terminal)
            continue
        reason = f": {captured.reason}" if captured.reason else ""
        terminal.detail(f"{model.name}: {captured.mode} ran on {captured.rung} tensors{reason}")
    inputs = model.captured[0].input_spec
    if model.inputs_are_guessed and inputs:
        terminal.note(f"{model.name}: no inputs were given, ran with --input {quoted(inputs)}")
    for mode, message in model.unfit:
        terminal.note(f"{model.name}: not captured in {mode} mode, where it wants other inputs: {message}")


def _tell_read(name: str, captured: Captured, terminal: Terminal) -> None:
    terminal.detail(f"{name}: {captured.mode} was read from a file")
    if captured.reason:
        terminal.note(f"warning: {name}: {captured.reason}")


def _hint(broken: Broken, terminal: Terminal) -> str:
    """Return what to do about a target that broke; of a message that was cut, also how to read the rest."""
    if terminal.verbose or ELLIPSIS not in broken.message:
        return broken.hint
    return "; ".join(filter(None, [broken.hint, "-v shows the rest of the message"]))


def common_place(targets: Sequence[str]) -> Path:
    """Return the innermost folder that holds every target, this one if none does; what is no path counts as here."""
    paths = [Path(target.partition("::")[0]) for target in targets]
    places = [real_path(path) if is_there(path) else Path.cwd() for path in paths]
    try:
        return Path(os.path.commonpath(places))
    except ValueError:  # no target, or drives that differ
        return Path.cwd()
