"""What the fixture ``visunn`` is: a callable that captures models, and asserts what takes a model to tell."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from visunn_lint.errors import InputError, VisunnError
from visunn_lint.pipeline.engines.engine import check_mode, check_model
from visunn_lint.testing.behaviours import Behaviours
from visunn_lint.testing.briefly import brief, brief_cause
from visunn_lint.testing.captures import Captures
from visunn_lint.testing.marker import marked
from visunn_lint.text import count

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from torch import nn

    from visunn_lint.config import Settings
    from visunn_lint.finding import Report
    from visunn_lint.records import Mode
    from visunn_lint.rules import Fact
    from visunn_lint.testing.marker import Marked
    from visunn_lint.topology import CapturedModel, Topology


class Visunn(Behaviours):
    """Captures models for the tests of a run, each once for the same arguments within a test module.

    ``running`` returns the test that is running, whose marker is heeded; ``folder`` is where the project's
    configuration is looked for, upward.
    """

    def __init__(self, folder: Path | None = None, running: Callable[[], pytest.Item | None] = lambda: None) -> None:
        self._folder = folder or Path.cwd()
        self._running = running
        self._module: pytest.Module | None = None
        self._captures = Captures()

    def __repr__(self) -> str:
        """Return its name, which is how a failing comparison shows it."""
        return "visunn"

    def __call__(
        self,
        model: nn.Module | str,
        args: tuple[Any, ...] | None = None,
        kwargs: Mapping[str, Any] | None = None,
        *,
        inputs: object = None,
        mode: Mode | None = None,
        engine: str = "auto",
    ) -> Topology:
        """Return the topology of a model in memory, or of one that ``[tool.visunn.models]`` names.

        The arguments are those of ``visunn_lint.trace``; ``mode`` is that of the marker where it is not
        given, else eval. The same model in the same state with the same arguments is traced once
        within a test module. Raises CaptureError when forward raises.
        """
        __tracebackhide__ = True
        try:
            return self._topology(model, args, kwargs, inputs, mode or self._marked.mode, engine)
        except VisunnError as error:
            raise brief(error) from brief_cause(error)

    def check(
        self,
        model: nn.Module | str,
        args: tuple[Any, ...] | None = None,
        kwargs: Mapping[str, Any] | None = None,
        *,
        inputs: object = None,
        select: Sequence[str] | str = (),
        ignore: Sequence[str] | str = (),
    ) -> Report:
        """Return the report on a model; fails, showing the findings, if there are any that count.

        These are the ones from ``fail-on`` up, as on the command line, and all of rules that ``select``
        names, here or in the marker. The settings of the project hold.
        """
        __tracebackhide__ = True
        try:
            marked, settings = self._marked, self._settings
            chosen = select or marked.select
            ignored = (*settings.ignore, *_several(ignore or marked.ignore))
            settings = replace(settings, select=_several(chosen) or settings.select, ignore=ignored)
            report = self._report(model, args, kwargs, inputs, settings)
        except VisunnError as error:
            raise brief(error) from brief_cause(error)
        least = 0 if chosen else settings.fail_on.rank
        counted = tuple(finding for finding in report.findings if finding.severity.rank >= least)
        if counted:
            raise AssertionError(shown_findings(replace(report, findings=counted), settings))
        return report

    def _topology(
        self,
        model: nn.Module | str,
        args: tuple[Any, ...] | None,
        kwargs: Mapping[str, Any] | None,
        inputs: object,
        mode: Mode,
        engine: str,
    ) -> Topology:
        check_mode(mode)
        if isinstance(model, str):
            _refuse_inputs(model, args, kwargs, inputs)
            # until it is loaded, what loads it stands for it
            return self._find(load_configured, (model, mode, engine), lambda: self._named(model, mode, engine))
        check_model(model)
        from visunn_lint.tracing import trace  # noqa: PLC0415 -- imports torch

        return self._find(
            model,
            (args, kwargs, inputs, mode, engine),
            lambda: trace(model, args, kwargs, inputs=inputs, mode=mode, engine=engine),
        )

    def _report(
        self,
        model: nn.Module | str,
        args: tuple[Any, ...] | None,
        kwargs: Mapping[str, Any] | None,
        inputs: object,
        settings: Settings,
    ) -> Report:
        if isinstance(model, str):
            _refuse_inputs(model, args, kwargs, inputs)
            return lint_configured(model, settings)
        from visunn_lint.checking import check  # noqa: PLC0415 -- imports torch

        return check(model, args, kwargs, inputs=inputs, config=settings)

    def _named(self, name: str, mode: Mode, engine: str) -> Topology:
        """Return the topology of the one model that a name or a target stands for."""
        from visunn_lint.loading.raising import raised_in  # noqa: PLC0415 -- for a forward that raises alone

        found = load_configured(name, self._settings, modes=(mode,), engine=engine)
        if len(found) > 1:
            message = f"`{name}` holds {len(found)} models: {', '.join(f'`{each.name}`' for each in found[:3])}"
            raise InputError(message, hint="name one of them")
        topology = found[0].topology
        if topology.failure is not None:
            raise raised_in(topology)
        return topology

    def _find(self, model: object, arguments: tuple[object, ...], trace: Callable[[], Topology]) -> Topology:
        """Return a topology that was captured in this test module, else capture it."""
        item = self._running()
        module = item.getparent(pytest.Module) if item is not None else None
        if module is not self._module:
            self._module = module
            self._captures = Captures()
        return self._captures.find(model, arguments, trace)

    @property
    def _marked(self) -> Marked:
        return marked(self._running())

    @cached_property
    def _settings(self) -> Settings:
        from visunn_lint.config import load_settings  # noqa: PLC0415 -- only those who need it pay for msgspec

        return load_settings(self._folder)


def load_configured(
    name: str,
    settings: Settings,
    *,
    modes: Sequence[Mode] = ("eval", "train"),
    engine: str = "auto",
    facts: Collection[Fact] = (),
) -> tuple[CapturedModel, ...]:
    """Return the models behind a configured name or another target; raises VisunnError for the first that is broken."""
    from visunn_lint.loading import load  # noqa: PLC0415 -- imports torch

    models, root = settings.models, settings.root
    loaded = load(name, modes=modes, engine=engine, models=models, root=root, exclude=settings.exclude, facts=facts)
    for broken in loaded.broken:
        message = f"{broken.target}: {broken.message}"
        raise VisunnError(message, hint=broken.hint)
    return loaded.models


def lint_configured(name: str, settings: Settings) -> Report:
    """Return what the rules find in the models behind a name or a target; raises VisunnError if one is broken."""
    from visunn_lint.checking import needed_facts, run_rules, suppress  # noqa: PLC0415 -- the rules take a while

    models = load_configured(name, settings, facts=needed_facts(settings))
    return suppress(run_rules(models, settings), settings)


def shown_findings(report: Report, settings: Settings) -> str:
    """Return the findings of a report as ``visunn check`` shows them, below a line that counts them."""
    from visunn_lint.render import View, full  # noqa: PLC0415 -- imports rich

    head = f"{count(len(report.findings), 'finding')} in {', '.join(report.topologies)}"
    return f"{head}\n{full.render(report, View(root=settings.root or Path.cwd(), quiet=True)).rstrip()}"


def _refuse_inputs(name: str, args: tuple[Any, ...] | None, kwargs: Mapping[str, Any] | None, inputs: object) -> None:
    if args is not None or kwargs is not None or inputs is not None:
        message = f"`{name}` is a model of the configuration, which has its inputs too"
        raise InputError(message, hint=f"write them as `inputs` in [tool.visunn.models.{name}]")


def _several(selectors: Sequence[str] | str) -> tuple[str, ...]:
    return (selectors,) if isinstance(selectors, str) else tuple(selectors)
