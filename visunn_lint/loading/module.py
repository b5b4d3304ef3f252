"""The models of one module: imported, built and captured, one after the other."""

from __future__ import annotations

import importlib
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from visunn_lint.errors import TargetError
from visunn_lint.loading.capturing import Subject, run_chosen, with_facts
from visunn_lint.loading.flags import inputs_by_model
from visunn_lint.loading.locks import locked
from visunn_lint.loading.options import make_plans
from visunn_lint.pipeline.building.assignments import recorded_sources
from visunn_lint.pipeline.building.builder import Builder
from visunn_lint.pipeline.building.importing import folders_on_path, import_file, importable
from visunn_lint.pipeline.building.isolation import isolated
from visunn_lint.pipeline.building.network import no_network
from visunn_lint.pipeline.building.weights import bad_weights, uninitialised_memory_told
from visunn_lint.pipeline.engines.engine import Request
from visunn_lint.pipeline.targets.candidates import find_candidates, no_model
from visunn_lint.pipeline.targets.selection import NotBuilt, without_parts

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from types import ModuleType

    from visunn_lint.loading.capturing import Run
    from visunn_lint.loading.options import Options, Plan
    from visunn_lint.pipeline.targets.candidates import Candidate
    from visunn_lint.pipeline.targets.selection import Attempt
    from visunn_lint.pipeline.targets.target import Target
    from visunn_lint.records import BadWeight
    from visunn_lint.topology import CapturedModel

_MOST_MODELS = 20


def captures(target: Target, options: Options) -> Generator[tuple[str, Callable[[], CapturedModel]]]:
    """Yield the name of each model of a module, and a function that captures it; see ``runs``."""
    with closing(runs(target, options)) as found:
        for name, run in found:
            yield name, partial(_as_model, name, run, options)


def runs(target: Target, options: Options) -> Generator[tuple[str, Callable[[], tuple[Subject, Run]]]]:
    """Yield the name of each model of a module, and a function that runs it and returns it with its captures.

    Both raise VisunnError: this one for what concerns the module as a whole, the functions for
    what concerns one model. Call them, and use the model, before the next is asked for.
    """
    with _ready(target, options) as builder:
        attempts = _attempts(builder, target)
        plans = make_plans([attempt.candidate for attempt in attempts], target, options)
        names = {each.name: (each.name, attempt.candidate.name) for each, attempt in zip(plans, attempts, strict=True)}
        inputs = inputs_by_model(options.inputs, names, is_all=not options.is_folder)
        for attempt, each in zip(attempts, plans, strict=True):
            how = replace(each, inputs=inputs.get(each.name, each.inputs))
            yield each.name, partial(_run, builder, attempt, how, options)


@contextmanager
def _ready(target: Target, options: Options) -> Iterator[Builder]:
    """Yield the builder of a module, with the process prepared to run the user's code."""
    on_path = importable(target.path, options.root) if target.path else folders_on_path([options.root, Path.cwd()])
    network: AbstractContextManager[list[str]] = nullcontext([]) if options.allow_network else no_network()
    with isolated(str(target.path or target.module)), on_path, recorded_sources() as sources, network as hosts:
        yield Builder(partial(_import, target), sources, hosts)


def _import(target: Target) -> ModuleType:
    return import_file(target.path) if target.path else importlib.import_module(target.module)


def _attempts(builder: Builder, target: Target) -> list[Attempt]:
    """Return the models of a module, built as far as they can be; raises TargetError for none, or too many."""
    candidates = find_candidates(builder.module, target.attribute)
    _check_number([each for each in candidates if each.kind != "class"])
    found = without_parts([_attempt(builder, candidate) for candidate in candidates])
    if not found:
        raise no_model(builder.module)
    _check_number([attempt.candidate for attempt in found])
    return found


def _check_number(candidates: list[Candidate]) -> None:
    if len(candidates) > _MOST_MODELS:
        names = ", ".join(f"`{each.name}`" for each in candidates[:4])
        message = f"has {len(candidates)} models: {names}, …"
        raise TargetError(message, hint=f"say which: file.py::{candidates[0].name}")


def _attempt(builder: Builder, candidate: Candidate) -> Attempt:
    try:
        return builder.build(candidate)
    except TargetError as error:
        return NotBuilt(candidate, error)


def _as_model(name: str, run: Callable[[], tuple[Subject, Run]], options: Options) -> CapturedModel:
    subject, made = run()
    model = with_facts(made.as_model(name), subject)
    return replace(model, locked=locked(options.root, name)) if "locked" in options.facts else model


def _run(builder: Builder, attempt: Attempt, how: Plan, options: Options) -> tuple[Subject, Run]:
    if isinstance(attempt, NotBuilt):
        raise attempt.error
    rebuild = cache(partial(builder.rebuild, attempt.candidate)) if attempt.rung == "meta" else None
    request = Request(attempt.model, sources=attempt.sources, rebuild=rebuild)
    subject = Subject(
        request,
        how.modes,
        options.engine,
        attempt.reason,
        options.facts,
        how.checkpoint,
        how.shapes,
        how.loss,
        partial(_bad_weights, builder, attempt.candidate),
        how.configured,
    )
    return subject, run_chosen(subject, how.inputs, how.kwargs, builder.module)


def _bad_weights(builder: Builder, candidate: Candidate) -> tuple[BadWeight, ...]:
    with uninitialised_memory_told():
        return bad_weights(builder.rebuild(candidate))
