"""The models of one module: imported, built and captured, one after the other."""

from __future__ import annotations

import importlib
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from visunn_lint.errors import TargetError
from visunn_lint.loading.capturing import Subject, run_chosen
from visunn_lint.loading.flags import inputs_by_model
from visunn_lint.loading.options import plan
from visunn_lint.pipeline.assignments import recorded_sources
from visunn_lint.pipeline.building import Builder
from visunn_lint.pipeline.engines.engine import Request
from visunn_lint.pipeline.importing import folders_on_path, import_file, importable
from visunn_lint.pipeline.isolation import isolated
from visunn_lint.pipeline.network import no_network
from visunn_lint.pipeline.selection import NotBuilt, without_parts
from visunn_lint.pipeline.target import MOST, find_candidates, no_model

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from types import ModuleType

    from visunn_lint.loading.options import Options, Plan
    from visunn_lint.pipeline.selection import Attempt
    from visunn_lint.pipeline.target import Candidate, Target
    from visunn_lint.topology import CapturedModel


def captures(target: Target, options: Options) -> Generator[tuple[str, Callable[[], CapturedModel]]]:
    """Yield the name of each model of a module, and a function that captures it.

    Both raise VisunnError: this one for what concerns the module as a whole, the functions for
    what concerns one model. Call them before the next is asked for.
    """
    with _ready(target, options) as builder:
        attempts = _attempts(builder, target)
        plans = [plan(attempt.candidate, target, options) for attempt in attempts]
        names = {each.name: (each.name, attempt.candidate.name) for each, attempt in zip(plans, attempts, strict=True)}
        inputs = inputs_by_model(options.inputs, names)
        for attempt, each in zip(attempts, plans, strict=True):
            how = replace(each, inputs=inputs.get(each.name, each.inputs))
            yield each.name, partial(_capture, builder, attempt, how, options.engine)


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
    if len(candidates) > MOST:
        names = ", ".join(f"`{each.name}`" for each in candidates[:4])
        message = f"has {len(candidates)} models: {names}, …"
        raise TargetError(message, hint=f"say which: file.py::{candidates[0].name}")


def _attempt(builder: Builder, candidate: Candidate) -> Attempt:
    try:
        return builder.build(candidate)
    except TargetError as error:
        return NotBuilt(candidate, error)


def _capture(builder: Builder, attempt: Attempt, how: Plan, engine: str) -> CapturedModel:
    if isinstance(attempt, NotBuilt):
        raise attempt.error
    rebuild = cache(partial(builder.rebuild, attempt.candidate)) if attempt.rung == "meta" else None
    request = Request(attempt.model, sources=attempt.sources, rebuild=rebuild)
    subject = Subject(request, how.modes, engine, attempt.reason)
    return run_chosen(subject, how.inputs, how.kwargs, builder.module).as_model(how.name)
