"""What holds for every model of a target, and what the configuration or a mark says of one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from visunn_lint.errors import VisunnError
from visunn_lint.pipeline.description import shown_path
from visunn_lint.pipeline.target import Target, parse_target
from visunn_lint.spec import InputSpec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from visunn_lint.config import ModelSettings
    from visunn_lint.pipeline.target import Candidate
    from visunn_lint.records import Mode


@dataclass(frozen=True, slots=True)
class Options:
    """How targets are loaded; see ``loading.load``. ``named`` is the configured model that was asked for."""

    inputs: Sequence[str]
    modes: Sequence[Mode]
    engine: str
    models: Mapping[str, ModelSettings]
    root: Path
    timeout: float | None
    exclude: Sequence[str]
    allow_network: bool
    named: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """One model to capture: its name in reports, and how it is run."""

    name: str
    inputs: InputSpec
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    modes: Sequence[Mode] = ()


def plan(candidate: Candidate, target: Target, options: Options) -> Plan:
    """Return how a candidate is captured: as the configuration has it, else as its mark does."""
    name, mark = _configured_name(candidate, target, options), candidate.mark
    settings = options.models.get(name)
    inputs = (settings.inputs if settings else None) or (mark.inputs if mark else None) or InputSpec()
    kwargs = {**(mark.kwargs if mark else {}), **(settings.kwargs if settings else {})}
    wanted = settings.modes if settings else mark.modes if mark else None
    modes = [mode for mode in options.modes if wanted is None or mode in wanted]
    return Plan(name or full_name(candidate, target), inputs, kwargs, modes or wanted or options.modes)


def full_name(candidate: Candidate, target: Target) -> str:
    """Return a candidate as a target of its own: ``model.py::Net``, ``package.module:Net``."""
    if target.path is None:
        return f"{target.module}:{candidate.name}"
    return f"{shown_path(target.path)}::{candidate.name}"


def _configured_name(candidate: Candidate, target: Target, options: Options) -> str:
    """Return the name by which the configuration knows a candidate, "" if it does not."""
    if options.named and target.attribute:
        return options.named
    for name, settings in options.models.items():
        try:
            other = parse_target(settings.target, options.root)
        except VisunnError:
            continue
        if (other.path, other.module) == (target.path, target.module) and other.attribute == candidate.name:
            return name
    return ""
