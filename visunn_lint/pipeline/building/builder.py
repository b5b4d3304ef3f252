"""Models, imported and built on the meta device while that goes, and for real where it does not."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeVar

import torch
from torch import nn

from visunn_lint.errors import STOPS, TargetError, VisunnError
from visunn_lint.pipeline.building.devices import pretend_devices
from visunn_lint.pipeline.building.importing import forget
from visunn_lint.pipeline.building.meta_globals import modules_holding_meta
from visunn_lint.pipeline.description import describe
from visunn_lint.pipeline.targets.candidates import factory_hint, required_arguments

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import ModuleType

    from visunn_lint.location import Location
    from visunn_lint.pipeline.targets.candidates import Candidate

T = TypeVar("T")
BuildRung: TypeAlias = Literal["meta", "real"]


@dataclass(frozen=True, slots=True)
class Built:
    """A model that stands, and the rung that it was built on; ``reason`` says why that is not the first.

    On ``meta`` its weights take no memory and have no values. ``sources`` holds the line that
    built each module, by ``id``.
    """

    candidate: Candidate
    model: nn.Module
    sources: Mapping[int, Location]
    rung: BuildRung
    reason: str = ""


class NotAModelError(TargetError):
    """A factory returned something else than a Module."""


class Builder:
    """Imports one module and builds the models in it.

    ``load`` imports the module, ``sources`` fill while modules are built, ``hosts`` when
    something tries to reach the network.
    """

    def __init__(
        self, load: Callable[[], ModuleType], sources: Mapping[int, Location], hosts: Sequence[str] = ()
    ) -> None:
        self._load = load
        self._sources = sources
        self._hosts = hosts
        self._module: ModuleType | None = None
        self._import_reason = ""
        """Why the module was imported for real; "" as long as meta did."""

    @property
    def module(self) -> ModuleType:
        """The module, imported when first asked for; raises TargetError if it cannot be."""
        if self._module is None:
            found = self._on_first_rung(self._load, self._load, "cannot be imported")
            self._module, self._import_reason = found
        return self._module

    def build(self, candidate: Candidate) -> Built:
        """Return the model that a candidate stands for; raises TargetError if it cannot be built."""
        module = self.module
        model, reason = self._on_first_rung(
            lambda: _construct(candidate, module),
            lambda: _construct(candidate, self._module_for_real()),
            f"`{candidate.name}` cannot be built",
        )
        if candidate.kind == "instance":
            reason = reason or self._import_reason
        return Built(candidate, model, self._sources, "real" if reason else "meta", reason)

    def rebuild(self, candidate: Candidate) -> nn.Module:
        """Return a model whose weights have values; raises TargetError if it cannot be built like that."""
        return self._for_real(
            lambda: _construct(candidate, self._module_for_real()),
            f"`{candidate.name}` cannot be built with real weights",
        )

    def _module_for_real(self) -> ModuleType:
        """Return the module without tensors that were made on meta, imported anew if it holds any."""
        forget(modules_holding_meta())
        self._module = self._load()
        return self._module

    def _on_first_rung(self, on_meta: Callable[[], T], for_real: Callable[[], T], doing: str) -> tuple[T, str]:
        """Return what the user's code returns on the first rung that it runs on, and why not on meta."""
        known = len(self._hosts)
        try:
            with pretend_devices("meta"):
                return on_meta(), ""
        except (TargetError, *STOPS):
            raise
        except BaseException as error:
            if self._hosts[known:] or isinstance(error, ImportError | SyntaxError | VisunnError):
                raise self._error(doing, error, self._hosts[known:]) from error
            reason = describe(error)
        return self._for_real(for_real, doing), reason

    def _for_real(self, act: Callable[[], T], doing: str) -> T:
        known = len(self._hosts)
        try:
            with pretend_devices("real"):
                return act()
        except (TargetError, *STOPS):
            raise
        except BaseException as error:
            raise self._error(doing, error, self._hosts[known:]) from error

    @staticmethod
    def _error(doing: str, error: BaseException, hosts: Sequence[str]) -> TargetError:
        """Return what an attempt failed for, during which some hosts were asked for."""
        if hosts or _is_offline(error):
            wanted = f"it asks for {hosts[-1]}" if hosts else describe(error)
            message = f"{doing} without the network: {wanted}"
            return TargetError(message, hint="give --allow-network, or build it without pretrained weights")
        return TargetError(f"{doing}: {describe(error)}", hint=_hint(error))


def _is_offline(error: BaseException) -> bool:
    """Return whether something was not found in a local cache, and was not looked for elsewhere."""
    chain = (error, error.__cause__, error.__context__)
    return any("offline" in f"{type(each).__name__} {each}".lower() for each in chain if isinstance(each, OSError))


def _hint(error: BaseException) -> str:
    if isinstance(error, ModuleNotFoundError) and error.name:
        return f"install `{error.name}`, or run visunn in the environment that has it"
    return error.hint if isinstance(error, VisunnError) else ""


def _construct(candidate: Candidate, module: ModuleType) -> nn.Module:
    thing = candidate.find(module)
    if isinstance(thing, nn.Module):
        return thing
    if not callable(thing):
        message = f"`{candidate.name}` is a {type(thing).__name__}, not a Module, a class or a factory"
        raise NotAModelError(message)
    needed = required_arguments(thing)
    if needed:
        message = f"`{candidate.name}` cannot be built without arguments: it needs {', '.join(needed)}"
        raise TargetError(message, hint=factory_hint(candidate.name, needed))
    _seed()
    made = thing()
    if not isinstance(made, nn.Module):
        message = f"`{candidate.name}` returns a {type(made).__name__}, not a Module"
        raise NotAModelError(message)
    return made


def _seed() -> None:
    """Make every build alike: which layers there are may hang on random numbers."""
    random.seed(0)
    torch.manual_seed(0)
