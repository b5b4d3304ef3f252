"""The models that an installed library lists."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Protocol

from visunn_lint.loading.capturing import Subject, run_chosen, run_with
from visunn_lint.pipeline.building.builder import Builder
from visunn_lint.pipeline.building.network import no_network
from visunn_lint.pipeline.engines.engine import Request
from visunn_lint.pipeline.inputs.inference import infer
from visunn_lint.pipeline.inputs.trial import Rehearsal
from visunn_lint.pipeline.targets.candidates import Candidate

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from torch import nn

    from benchmarks.zoo.record import Task
    from benchmarks.zoo.sources.source import Found
    from visunn_lint.loading.capturing import Run


class _Catalogue(Protocol):
    """A file beside this one: what a library lists, and how it is built."""

    def names(self) -> list[str]:
        """Return the names of all models."""
        ...

    def factory(self, name: str, *, small: bool) -> Callable[[], nn.Module]:
        """Return what builds a model, without weights from the network; raises ExcludedError."""
        ...


@dataclass(frozen=True, slots=True)
class Library:
    """The models of a library, built and run as if each stood in a file of its own."""

    catalogue: ModuleType | _Catalogue

    def names(self) -> list[str]:
        """Return the names of all models, sorted."""
        return sorted(self.catalogue.names())

    def models(self, task: Task) -> Found:
        """Yield the one model of a task."""
        with no_network() as hosts:
            builder = Builder(_no_module, {}, hosts)
            build = self.catalogue.factory(task.name, small=task.small)
            yield "", partial(_run, builder, build, task)


def _no_module() -> ModuleType:
    """Return a module for the builder to look into: its factories do not come from one."""
    import benchmarks.zoo as module  # noqa: PLC0415 -- any module does

    return module


def _run(builder: Builder, build: Callable[[], nn.Module], task: Task) -> tuple[Subject, Run]:
    candidate = Candidate(task.name, "factory", lambda _module: build)
    built = builder.build(candidate)
    rebuild = cache(partial(builder.rebuild, candidate)) if built.rung == "meta" else None
    subject = Subject(Request(built.model, rebuild=rebuild), reason=built.reason)
    return subject, run_chosen(subject, None, {}) if task.conventions else run_inferred(subject)


def run_inferred(subject: Subject) -> Run:
    """Return the captures of a model with inferred inputs, whatever it declares."""
    rehearsal = Rehearsal(subject.request, subject.modes)
    arguments = infer(subject.model, rehearsal)
    return run_with(subject, arguments, rehearsal.captures(arguments))
