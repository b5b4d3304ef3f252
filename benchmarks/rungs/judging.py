"""What one model does on each kind of tensors without data."""

from __future__ import annotations

import importlib
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils import _pytree

from benchmarks.zoo.record import Task
from benchmarks.zoo.sources.library import Library
from visunn_lint.errors import VisunnError
from visunn_lint.pipeline import engines
from visunn_lint.pipeline.description import describe
from visunn_lint.pipeline.engines.engine import Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from torch import Tensor, nn

    Build = Callable[[], nn.Module]
    Arguments = tuple[tuple[Any, ...], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one forward in eval mode went: its seconds, and ``error``, "" where it came to its end."""

    model: str
    kind: str
    seconds: float
    error: str = ""


def verdicts(source: str, name: str) -> Iterator[Verdict]:
    """Yield the verdict of each kind on a library's model, given the inputs that its capture takes.

    A model that cannot be captured at all has none.
    """
    library = Library(importlib.import_module(f"benchmarks.zoo.sources.{source}"))
    with closing(library.models(Task(source, name))) as found:
        for _, capture in found:
            try:
                _, run = capture()
            except VisunnError:
                return
            build = library.catalogue.factory(name, small=False)
            arguments = run.arguments.args, dict(run.arguments.kwargs)
            for kind, forward in _KINDS.items():
                yield _verdict(name, kind, partial(forward, build, arguments))


def _verdict(model: str, kind: str, forward: Callable[[], float]) -> Verdict:
    try:
        return Verdict(model, kind, forward())
    except Exception as error:  # noqa: BLE001 -- whatever it raises is the verdict
        return Verdict(model, kind, 0.0, describe(error))


def _native(build: Build, arguments: Arguments) -> float:
    """Return the seconds of a whole capture, its records and the restoring included; raises if it needs real data."""
    model = _built(build, torch.device("meta"))
    args, kwargs = arguments
    begin = perf_counter()
    capture = engines.find("native").capture(Request(model, args, kwargs))
    seconds = perf_counter() - begin
    if capture.table.captured.rung != "meta":
        raise RuntimeError(capture.table.captured.reason)
    return seconds


def _plain_meta(build: Build, arguments: Arguments) -> float:
    model = _built(build, torch.device("meta")).to("meta")
    return _forward(model, _mapped(arguments, lambda tensor: tensor.to("meta")))


def _fake(build: Build, arguments: Arguments) -> float:
    mode = FakeTensorMode(allow_non_fake_inputs=True)
    model = _built(build, mode)
    with mode:
        return _forward(model, _mapped(arguments, mode.from_tensor))


def _built(build: Build, without_data: AbstractContextManager[object]) -> nn.Module:
    """Return a model built without data, or for real where its constructor asks for values."""
    try:
        with without_data:
            return build()
    except Exception:  # noqa: BLE001 -- whatever stops it, a real build may do
        return build()


def _forward(model: nn.Module, arguments: Arguments) -> float:
    model.eval()
    args, kwargs = arguments
    begin = perf_counter()
    with torch.no_grad():
        model(*args, **kwargs)
    return perf_counter() - begin


def _mapped(arguments: Arguments, change: Callable[[Tensor], Tensor]) -> Arguments:
    mapped: Arguments = _pytree.tree_map_only(torch.Tensor, change, arguments)
    return mapped


_KINDS: Final[dict[str, Callable[[Build, Arguments], float]]] = {
    "native": _native,
    "plain meta": _plain_meta,
    "FakeTensorMode": _fake,
}
