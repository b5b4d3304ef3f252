"""A model that stands, captured in the modes that are asked for."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from visunn_lint import pipeline, source
from visunn_lint.errors import InputError
from visunn_lint.loading.losses import declared_loss, loss_of_result
from visunn_lint.marks import mark_of
from visunn_lint.pipeline import engines
from visunn_lint.pipeline.batch_dims import with_batch_dims
from visunn_lint.pipeline.checkpoints import read_checkpoint
from visunn_lint.pipeline.engines.engine import Request
from visunn_lint.pipeline.frames import user_location
from visunn_lint.pipeline.inputs.arguments import Arguments, from_values
from visunn_lint.pipeline.inputs.choice import choose_arguments
from visunn_lint.pipeline.inputs.inference import what_to_give
from visunn_lint.pipeline.inputs.rebatching import naming_batch, rebatch
from visunn_lint.pipeline.inputs.signature import inner_model, is_complete, spelled
from visunn_lint.pipeline.inputs.trial import Rehearsal
from visunn_lint.pipeline.ties import declared_ties
from visunn_lint.render.notebook import notebook_page
from visunn_lint.spec import InputSpec
from visunn_lint.topology import CapturedModel

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path
    from types import ModuleType

    from torch import nn

    from visunn_lint.pipeline.graph import Capture
    from visunn_lint.records import BadWeight, Checkpoint, Mode
    from visunn_lint.rules import Fact
    from visunn_lint.topology import Topology

MODES: tuple[Mode, ...] = ("eval", "train")


@dataclass(frozen=True, slots=True)
class Subject:
    """A model to capture: ``request`` says all but its inputs and mode, ``modes`` which of these.

    ``reason`` tells why it was not built on the first rung. ``facts`` are those beside its modes
    that somebody wants to know, ``checkpoint`` the file that the model has to fit, ``shapes`` its contract,
    ``loss`` which one its outputs go to, if that was declared. ``read_weights`` builds it for real and
    tells what is wrong with its tensors. ``configured`` is the name by which the configuration knows it.
    """

    request: Request
    modes: Sequence[Mode] = MODES
    engine: str = "auto"
    reason: str = ""
    facts: Collection[Fact] = ()
    checkpoint: Path | None = None
    shapes: Mapping[str, str] | None = None
    loss: str = ""
    read_weights: Callable[[], tuple[BadWeight, ...]] | None = None
    configured: str = ""

    @property
    def model(self) -> nn.Module:
        """The model itself."""
        return self.request.model


@dataclass(frozen=True, slots=True)
class Run:
    """The captures of a subject by mode, and the arguments that they were made with."""

    topologies: Mapping[Mode, Topology]
    errors: Mapping[Mode, BaseException | None]
    arguments: Arguments
    rebatched: Topology | None = None
    naming_batch: str = ""
    ties: tuple[tuple[str, ...], ...] = ()
    checkpoint: Checkpoint | None = None
    shapes: Mapping[str, str] | None = None

    def as_model(self, name: str) -> CapturedModel:
        """Return them as one model, by the name that findings will have."""
        by_mode = self.topologies
        known = self.arguments
        return CapturedModel(
            name,
            by_mode.get("eval"),
            by_mode.get("train"),
            self.rebatched,
            naming_batch=self.naming_batch,
            inputs_are_guessed=known.is_inferred,
            declared_ties=self.ties,
            checkpoint=self.checkpoint,
            unfit=tuple(known.unfit.items()),
            shapes=self.shapes,
        )


def capture_model(  # noqa: PLR0913 -- what is not said is looked for
    model: nn.Module,
    args: tuple[Any, ...] | None = None,
    kwargs: Mapping[str, Any] | None = None,
    *,
    inputs: object = None,
    name: str = "",
    modes: Sequence[Mode] = MODES,
    engine: str = "auto",
    facts: Collection[Fact] = (),
    loss: str = "",
) -> CapturedModel:
    """Return the captures of a model in memory, run with values, with specs, or with what is found for it.

    ``args`` and ``kwargs`` are values as in ``torch.export.export``, ``inputs`` is any spelling of
    InputSpec. ``facts`` are those that rules need, ``loss`` the name of the one that its outputs go to. A
    forward that raises is no exception but the ``failure`` of a topology. Raises InputError for inputs
    that do not fit forward, or that cannot be found.
    """
    subject = Subject(Request(model, called_at=user_location(0)), modes, engine, facts=facts, loss=loss)
    run = run_live(subject, args, kwargs, inputs)
    return with_facts(run.as_model(name or type(inner_model(model)).__name__), subject)


def with_facts(model: CapturedModel, subject: Subject) -> CapturedModel:
    """Return a captured model with what is known of it beside its captures."""
    module, wants_weights = inner_model(subject.model), "weights" in subject.facts
    mark = mark_of(type(module), sys.modules.get(type(module).__module__))
    declared = subject.loss or (mark.loss if mark is not None else "")
    return replace(
        model,
        loss=declared_loss(declared) if declared else loss_of_result(module),
        in_eval=frozenset(path for path, each in module.named_modules() if not each.training),
        weights=subject.read_weights() if subject.read_weights is not None and wants_weights else None,
        configured=subject.configured,
    )


def run_live(subject: Subject, args: tuple[Any, ...] | None, kwargs: Mapping[str, Any] | None, inputs: object) -> Run:
    """Return the captures of a model in memory; see ``capture_model``."""
    source.refresh()
    if args is not None and inputs is not None:
        message = "args and inputs are both given"
        raise InputError(message, hint="args are values, inputs are specs: give one of them")
    named = _named(kwargs)
    cls = type(subject.model)
    mark = mark_of(cls, sys.modules.get(cls.__module__))
    subject = replace(subject, shapes=mark.shapes if mark is not None else None)
    if args is not None or (named and inputs is None and is_complete(subject.model, named)):
        return run_with(subject, from_values(subject.model, () if args is None else args, named))
    given = InputSpec.parse(inputs) if inputs is not None else mark.inputs if mark is not None else None
    values = {**(mark.kwargs if mark is not None else {}), **named}
    return run_chosen(subject, given, values)


def _named(kwargs: object) -> Mapping[str, Any]:
    """Return values by name, none for None; raises InputError for what has no names."""
    if isinstance(kwargs, Mapping | None):
        return kwargs or {}
    message = f"kwargs has to be a dict of the named arguments, not a {type(kwargs).__name__}"
    raise InputError(message, hint='write kwargs={"mask": mask}')


def run_chosen(
    subject: Subject, given: InputSpec | None, kwargs: Mapping[str, Any], module: ModuleType | None = None
) -> Run:
    """Return the captures of a model that is run with given inputs, else with what is found for it.

    ``module`` is the one that the model comes from.
    """
    rehearsal = Rehearsal(subject.request, subject.modes)
    arguments = choose_arguments(subject.model, rehearsal, given=given, kwargs=kwargs, module=module)
    is_native = subject.engine in {"auto", "native"}
    return run_with(subject, arguments, rehearsal.captures(arguments) if is_native else {})


def run_with(subject: Subject, arguments: Arguments, known: Mapping[Mode, Capture] | None = None) -> Run:
    """Return the captures of a model that is run with known arguments; some may have been made already.

    Raises InputError if forward raises with arguments that were inferred: that is no finding.
    """
    engine = engines.find(subject.engine)
    request = replace(subject.request, args=arguments.args, kwargs=arguments.kwargs)
    modes = [mode for mode in subject.modes if mode not in arguments.unfit]
    captures = {mode: (known or {}).get(mode) or engine.capture(replace(request, mode=mode)) for mode in modes}
    topologies = {mode: _topology(capture, arguments, subject) for mode, capture in captures.items()}
    rebatched, named = None, ""
    if "eval" in topologies and "rebatched" in subject.facts:
        rebatched = rebatch(request, arguments, topologies["eval"])
        named = naming_batch(arguments, topologies["eval"])
    if rebatched is not None:
        topologies["eval"] = with_batch_dims(topologies["eval"], rebatched)
    errors = {mode: capture.error for mode, capture in captures.items()}
    checkpoint = read_checkpoint(subject.checkpoint) if subject.checkpoint is not None else None
    ties = declared_ties(subject.model)
    return Run(topologies, errors, arguments, rebatched, named, ties, checkpoint, subject.shapes)


def _topology(capture: Capture, arguments: Arguments, subject: Subject) -> Topology:
    topology = pipeline.build_topology(capture)
    known = topology.captured
    if topology.failure is not None and arguments.is_inferred:
        message = (
            f"{spelled(subject.model)} raises with the inputs that were guessed for it: {topology.failure.message}"
        )
        raise InputError(message, hint=what_to_give(arguments.spec))
    reason = "; ".join(filter(None, [subject.reason, known.reason]))
    spelling = arguments.spelling or known.input_spec
    return replace(
        topology,
        captured=replace(known, reason=reason, input_spec=spelling, inferred=arguments.is_inferred),
        page=notebook_page,
    )
