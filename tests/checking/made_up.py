"""Rules, modules and captures for tests that are not about any rule of ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from visunn_lint.finding import Severity
from visunn_lint.location import Location
from visunn_lint.records import Call, Captured, Module, Node
from visunn_lint.rules import Rule
from visunn_lint.topology import CapturedModel, Topology

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from visunn_lint.finding import Finding
    from visunn_lint.records import Failure, Mode


@dataclass(frozen=True)
class EveryModule(Rule):
    """Finds every module but the root."""

    code = "VIS190"
    name = "every-module"
    category = "wiring"
    severity = Severity.WARNING
    since = "0.1.0"

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for each module of each capture."""
        for topology in model.topologies:
            for module in topology:
                if module.path:
                    yield self.finding(module, f"`{module.path}`")


@dataclass(frozen=True)
class EveryModuleOfTheModel(EveryModule):
    """Finds every module, whoever wrote the lines that build them."""

    code = "VIS191"
    name = "every-module-of-the-model"
    scope = "model"


@dataclass(frozen=True)
class Optional(EveryModule):
    """Finds modules, if told which."""

    wanted: str = ""

    code = "VIS290"
    name = "optional"

    def missing_options(self) -> str:
        """Return that the option is needed."""
        return "" if self.wanted else "set `wanted`"

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for the module that is wanted."""
        yield self.finding(self.wanted, f"wanted `{self.wanted}` in {model.name}")


@dataclass(frozen=True)
class NeedsTrain(EveryModule):
    """Finds modules in train."""

    code = "VIS291"
    name = "needs-train"
    needs = frozenset({"train"})


@dataclass(frozen=True)
class Crashing(EveryModule):
    """Finds one module, then fails."""

    code = "VIS390"
    name = "crashing"

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding, then raise."""
        yield self.finding("a", f"one in {model.name}")
        message = "no such key"
        raise KeyError(message)


@dataclass(frozen=True)
class Preview(EveryModule):
    """Finds modules, on trial."""

    code = "VIS391"
    name = "on-trial"
    preview = True


RULES = (EveryModule, EveryModuleOfTheModel, Optional, NeedsTrain, Crashing, Preview)


def module(path: str, file: str = "/project/net.py", line: int = 1, calls: tuple[Call, ...] = ()) -> Module:
    """Return a ReLU that a line builds."""
    return Module(path, "torch.nn.ReLU", source=Location(file, line), calls=calls)


def topology(
    modules: Iterable[Module],
    nodes: Iterable[Node] = (),
    mode: Mode = "eval",
    failure: Failure | None = None,
) -> Topology:
    """Return a capture of a root module, defined in the project, and others, its children."""
    below = tuple(modules)
    root = Module("", "net.Net", children=tuple(each.path for each in below), source=Location("/project/main.py", 9))
    return Topology(
        "Net",
        {each.path: each for each in (root, *below)},
        {node.name: node for node in nodes},
        Captured("native", "meta", mode),
        failure=failure,
    )


def captured(*modules: Module, name: str = "net", train: bool = True) -> CapturedModel:
    """Return a model with the same modules in both modes, or in eval alone."""
    return CapturedModel(name, eval=topology(modules), train=topology(modules, mode="train") if train else None)
