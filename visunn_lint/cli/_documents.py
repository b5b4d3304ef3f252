"""From the target on a command line to the document of its model, for what shows one model whole."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from visunn_lint.checking import Shard, suppress
from visunn_lint.cli._models import check_all, settings_for, topology_in
from visunn_lint.cli._scale import CacheOptions, ScaleOptions
from visunn_lint.document import build
from visunn_lint.errors import TargetError

if TYPE_CHECKING:
    from visunn_lint.cache import ModelOutcome, Outcome
    from visunn_lint.checking import Checked
    from visunn_lint.cli._options import CaptureOptions, ProjectOptions
    from visunn_lint.cli._terminal import Terminal
    from visunn_lint.document import Document
    from visunn_lint.finding import Broken, Finding
    from visunn_lint.records import Mode
    from visunn_lint.topology import Topology

_MOST_NAMES = 10
_ALONE = ScaleOptions(jobs=1, executor="", shard=Shard(1, 1), maxfail=None)


@dataclass(frozen=True, slots=True)
class Asked:
    """A model, and how it is captured."""

    target: str
    mode: Mode
    capture: CaptureOptions
    remembered: CacheOptions
    project: ProjectOptions


@dataclass(frozen=True, slots=True)
class Found:
    """The one model of a target: its graph, what was found in it, and the root of its project."""

    topology: Topology
    findings: tuple[Finding, ...]
    root: Path


def find_model(asked: Asked, terminal: Terminal) -> Found | Broken:
    """Return the one model that a target is, or why it could not be linted, which is told on stderr already.

    Raises TargetError for a target with no model, or several.
    """
    settings = settings_for([asked.target], asked.project, asked.remembered.as_table())
    checked = check_all([asked.target], settings, asked.capture, _ALONE, terminal, _has_failed)
    if checked.report.broken:
        return checked.report.broken[0]
    model = _only(checked, asked.target)
    findings = suppress(checked.report, settings).findings
    return Found(
        topology_in(model, asked.mode),
        tuple(finding for finding in findings if finding.model == model.name),
        settings.root or Path.cwd(),
    )


def document_of(asked: Asked, terminal: Terminal) -> Document | Broken:
    """Return the document of the one model that a target is, with what was found in it.

    Or why it could not be linted; see ``find_model``.
    """
    found = find_model(asked, terminal)
    return build(found.topology, root=found.root, findings=found.findings) if isinstance(found, Found) else found


def _only(checked: Checked, target: str) -> ModelOutcome:
    """Return the one model of a target."""
    if len(checked.models) == 1:
        return checked.models[0]
    if not checked.models:
        msg = f"no model in {target}"
        raise TargetError(msg, hint="name one, such as model.py or model.py::Net")
    msg = f"{target} holds {len(checked.models)} models, and one is shown at a time"
    names = ", ".join(model.name for model in checked.models[:_MOST_NAMES])
    more = ", …" if len(checked.models) > _MOST_NAMES else ""
    raise TargetError(msg, hint=f"name one of {names}{more}")


def _has_failed(outcome: Outcome) -> bool:
    return bool(outcome.broken)
