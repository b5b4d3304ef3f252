"""From the targets on the command line to settings and captured models."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from visunn_lint.config import load_settings
from visunn_lint.errors import TargetError
from visunn_lint.loading import Loaded, load
from visunn_lint.pipeline import engines
from visunn_lint.pipeline.description import ELLIPSIS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from visunn_lint.cli._options import CaptureOptions, ProjectOptions
    from visunn_lint.cli._terminal import Terminal
    from visunn_lint.config import Settings
    from visunn_lint.finding import Broken
    from visunn_lint.records import Mode
    from visunn_lint.rules import Fact
    from visunn_lint.topology import CapturedModel


def settings_for(targets: Sequence[str], project: ProjectOptions, flags: Mapping[str, object]) -> Settings:
    """Return the settings of the project that the targets lie in."""
    from visunn_lint.checking import check_settings  # noqa: PLC0415 -- loads every rule, which --help does without

    place = common_place(targets)
    return load_settings(place, config=project.config, isolated=project.isolated, flags=flags, check=check_settings)


def load_all(
    targets: Sequence[str],
    settings: Settings,
    capture: CaptureOptions,
    terminal: Terminal,
    modes: Sequence[Mode] = ("eval", "train"),
    facts: Collection[Fact] = (),
) -> Loaded:
    """Return the models of every target, of those that the configuration names if none is given.

    What could not be loaded is told on stderr. Raises TargetError when there is no target at all.
    """
    named = targets or tuple(settings.models)
    if not named:
        msg = "nothing to look at: no target was given"
        raise TargetError(msg, hint="give one, such as model.py, or name models in [tool.visunn.models]")
    engines.find(capture.engine)  # a misspelt one is told before any model is built
    loaded = [_load(target, set(named) - {target}, settings, capture, modes, facts) for target in dict.fromkeys(named)]
    together = Loaded(
        tuple(model for each in loaded for model in each.models),
        tuple(broken for each in loaded for broken in each.broken),
        tuple(skipped for each in loaded for skipped in each.skipped),
    )
    for skipped in together.skipped:
        terminal.detail(f"skipped {skipped}")
    for model in together.models:
        _tell(model, terminal)
    for broken in together.broken:
        terminal.error(f"{broken.target}: {broken.message}", hint=_hint(broken, terminal), details=broken.details)
    return together


def _load(
    target: str,
    others: Iterable[str],
    settings: Settings,
    capture: CaptureOptions,
    modes: Sequence[Mode],
    facts: Collection[Fact],
) -> Loaded:
    """Return the models of one target; an ``--input`` that names another target is not for them."""
    elsewhere = tuple(f"{other}:" for other in others)
    return load(
        target,
        inputs=[text for text in capture.inputs if not text.startswith(elsewhere)],
        modes=modes,
        engine=capture.engine,
        models=settings.models,
        root=settings.root,
        timeout=capture.timeout,
        exclude=settings.exclude,
        allow_network=capture.allow_network,
        facts=facts,
    )


def _tell(model: CapturedModel, terminal: Terminal) -> None:
    """Tell what a model was run with where we chose that, and how where it is asked for."""
    for topology in model.topologies:
        captured = topology.captured
        reason = f": {captured.reason}" if captured.reason else ""
        terminal.detail(f"{model.name}: {captured.mode} ran on {captured.rung} tensors{reason}")
    inputs = model.topology.captured.input_spec
    if model.inputs_are_guessed and inputs:
        terminal.note(f"{model.name}: no inputs were given, ran with --input '{inputs}'")
    for mode, message in model.unfit:
        terminal.note(f"{model.name}: not captured in {mode} mode, where it wants other inputs: {message}")


def _hint(broken: Broken, terminal: Terminal) -> str:
    """Return what to do about a target that broke; of a message that was cut, also how to read the rest."""
    if terminal.verbose or ELLIPSIS not in broken.message:
        return broken.hint
    return "; ".join(filter(None, [broken.hint, "-v shows the rest of the message"]))


def common_place(targets: Sequence[str]) -> Path:
    """Return the innermost folder that holds every target; what is no path counts as here."""
    paths = [Path(target.partition("::")[0]) for target in targets]
    places = [path.resolve() if path.exists() else Path.cwd() for path in paths]
    return Path(os.path.commonpath(places)) if places else Path.cwd()
