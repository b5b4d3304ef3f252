"""What holds for every model of a target, and what the configuration or a mark says of one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from visunn_lint.errors import VisunnError
from visunn_lint.location import shown_path
from visunn_lint.pipeline.targets.target import parse_target
from visunn_lint.spec import InputSpec

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from visunn_lint.config import ModelSettings
    from visunn_lint.pipeline.targets.candidates import Candidate
    from visunn_lint.pipeline.targets.target import Target
    from visunn_lint.records import Mode
    from visunn_lint.rules import Fact


@dataclass(frozen=True, slots=True)
class Options:
    """How targets are loaded; see ``loading.load``.

    ``named`` is the configured model that was asked for, ``is_folder`` says that there are several files,
    ``facts`` are those that rules need.
    """

    inputs: Sequence[str]
    modes: Sequence[Mode]
    engine: str
    models: Mapping[str, ModelSettings]
    root: Path
    timeout: float | None
    exclude: Sequence[str]
    allow_network: bool
    named: str = ""
    is_folder: bool = False
    facts: Collection[Fact] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """One model to capture: its name in reports, how it is run, and by which name the configuration knows it."""

    name: str
    inputs: InputSpec
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    modes: Sequence[Mode] = ()
    checkpoint: Path | None = None
    shapes: Mapping[str, str] | None = None
    loss: str = ""
    configured: str = ""


def make_plans(candidates: Sequence[Candidate], target: Target, options: Options) -> list[Plan]:
    """Return how each candidate is captured: as the configuration has it, else as its mark does.

    What the configuration says of a whole file holds for all models in it that it does not name
    themselves, its name only for a single one.
    """
    return [_plan(candidate, target, options, is_alone=len(candidates) == 1) for candidate in candidates]


def _plan(candidate: Candidate, target: Target, options: Options, *, is_alone: bool) -> Plan:
    name, mark = _configured_name(candidate, target, options, is_alone=is_alone), candidate.mark
    settings = options.models.get(name)
    inputs = (settings.inputs if settings else None) or (mark.inputs if mark else None) or InputSpec()
    kwargs = {**(mark.kwargs if mark else {}), **(settings.kwargs if settings else {})}
    wanted = [each.modes for each in (settings, mark) if each is not None and each.modes is not None]
    modes = [mode for mode in options.modes if all(mode in each for each in wanted)]
    is_named = settings is not None and (is_alone or settings.target.endswith(f":{candidate.name}"))
    shown = name if is_named else _full_name(candidate, target)
    checkpoint = options.root / settings.checkpoint if settings and settings.checkpoint else None
    shapes = mark.shapes if mark else None
    loss = (settings.loss if settings else "") or (mark.loss if mark else "")
    return Plan(shown, inputs, kwargs, modes or options.modes, checkpoint, shapes, loss, name)


def _full_name(candidate: Candidate, target: Target) -> str:
    """Return a candidate as a target of its own: ``model.py::Net``, ``package.module:Net``."""
    if target.path is None:
        return f"{target.module}:{candidate.name}"
    return f"{shown_path(target.path)}::{candidate.name}"


def _configured_name(candidate: Candidate, target: Target, options: Options, *, is_alone: bool) -> str:
    """Return the name by which the configuration knows a candidate, or its whole file; "" if it does not.

    The name that was asked for goes before others, but where it stands for several models: one of
    them may have a name to itself.
    """
    if options.named and (is_alone or target.attribute):
        return options.named
    place = (target.path, target.module)
    by_attribute = {
        other.attribute: name
        for name, settings in options.models.items()
        if (other := _parsed(settings.target, options.root)) and (other.path, other.module) == place
    }
    return by_attribute.get(candidate.name) or options.named or by_attribute.get("", "")


def _parsed(text: str, root: Path) -> Target | None:
    try:
        return parse_target(text, root)
    except VisunnError:
        return None
