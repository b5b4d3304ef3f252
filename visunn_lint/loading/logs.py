"""A model from a log: read, not run. It takes no torch."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from visunn_lint.errors import InputError, TargetError, Timeout, VisunnError
from visunn_lint.loading.loaded import timed_out, told
from visunn_lint.loading.locks import locked
from visunn_lint.loading.losses import declared_loss
from visunn_lint.loading.time_limit import time_limit
from visunn_lint.location import shown_path
from visunn_lint.pipeline.targets.logs import ITSELF, PREFIX, find_log, listed, logs_in
from visunn_lint.topology import CapturedModel

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from visunn_lint.config import ModelSettings
    from visunn_lint.finding import Broken
    from visunn_lint.loading.options import Options
    from visunn_lint.loading.units import Unit
    from visunn_lint.pipeline.targets.target import Target
    from visunn_lint.records import Checkpoint


def with_files(target: Target) -> Target:
    """Return the target of a log with its files, and a text that names it.

    Raises TargetError for a name that there is not, and for a folder that holds several logs, of which it names some.
    """
    path = target.path
    if path is None or not path.is_dir():
        return _alone(target)
    name = target.attribute or _only(path)
    files = find_log(path, name)
    text = shown_path(path) if name == ITSELF else f"{shown_path(path)}::{name}"
    return replace(target, text=text, attribute=name, files=files)


def _alone(target: Target) -> Target:
    if target.attribute:
        message = f"is one log, which has no `{target.attribute[:80]}` in it"
        raise TargetError(message, hint="leave out ::, or name a folder of logs, as in logs::ThreeLayerMLP")
    return replace(target, files=() if target.path is None else (target.path,))


def _only(folder: Path) -> str:
    """Return the name of the log that a folder stands for: its own, else the only one below it that has a graph."""
    logs = logs_in(folder)
    if len(logs) > 1:
        logs = {name: files for name, files in logs.items() if _holds_graph(files)} or logs
    if ITSELF in logs or len(logs) == 1:
        return next(iter(logs))
    message = f"holds {len(logs)} logs: {listed(logs)}"
    raise TargetError(message, hint=f"say which, as in {shown_path(folder)}::{next(iter(logs))}")


def _holds_graph(files: Sequence[Path]) -> bool:
    from visunn_lint.pipeline.events.reading import holds_graph  # noqa: PLC0415 -- protobuf, for many logs alone

    return holds_graph([file for file in files if file.name.startswith(PREFIX)])


def load_log(unit: Unit) -> CapturedModel | Broken:
    """Return the model of a log, named as its target is, or why it cannot be had."""
    name = unit.options.named or unit.name
    try:
        with time_limit(unit.options.timeout):
            return _captured(name, unit)
    except VisunnError as error:
        return told(name, error)
    except Timeout as timeout:
        return timed_out(name, timeout, unit.options.timeout)


def _captured(name: str, unit: Unit) -> CapturedModel:
    from visunn_lint.pipeline.events import topology_of  # noqa: PLC0415 -- protobuf, for logs alone

    options = unit.options
    if options.inputs:
        message = "was captured when it was written, and takes no --input"
        raise InputError(message, hint="leave it out, or give it to one target, as in --input model.py::Net:2x3")
    topology, configured = topology_of(unit.target.files), _configured_name(name, options)
    settings = options.models.get(configured)
    in_train = topology.captured.mode == "train"
    return CapturedModel(
        name,
        eval=None if in_train else topology,
        train=topology if in_train else None,
        checkpoint=_checkpoint(settings, options),
        locked=locked(options.root, name) if "locked" in options.facts else None,
        loss=declared_loss(settings.loss) if settings and settings.loss else None,
        configured=configured,
    )


def _configured_name(name: str, options: Options) -> str:
    """Return the name by which the configuration knows a log, "" if it does not."""
    known = (each for each, settings in options.models.items() if settings.target == name)
    return name if name in options.models else next(known, "")


def _checkpoint(settings: ModelSettings | None, options: Options) -> Checkpoint | None:
    if settings is None or not settings.checkpoint:
        return None
    from visunn_lint.pipeline.checkpoints import read_checkpoint  # noqa: PLC0415 -- imports torch

    return read_checkpoint(options.root / settings.checkpoint)
