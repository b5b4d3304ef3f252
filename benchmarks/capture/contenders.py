"""What is measured: each contender is a function that prepares a model and returns what is timed."""

from __future__ import annotations

import copy
import io
import warnings
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final, TypeAlias

import torch
from torch.fx import symbolic_trace
from torch.fx.passes.shape_prop import ShapeProp

from visunn_lint import pipeline
from visunn_lint.pipeline.engines.native.specs.memory import MEMORY

if TYPE_CHECKING:
    from torch import Tensor, nn

Timed: TypeAlias = Callable[[], object]


def _on_meta(model: nn.Module, x: Tensor) -> tuple[nn.Module, Tensor]:
    """Return a copy without values, and its input: some tools move the model that they are given."""
    return copy.deepcopy(model).to("meta"), x.to("meta")


def _bare(model: nn.Module, x: Tensor) -> Timed:
    on_meta, sketch = _on_meta(model, x)

    def run() -> object:
        with torch.no_grad():
            return on_meta(sketch)

    return run


def _capture(model: nn.Module, x: Tensor) -> Timed:
    return lambda: pipeline.capture(model, (x,))


def _steps_and_rules(model: nn.Module, x: Tensor) -> Timed:
    from visunn_lint.checking import run_rules  # noqa: PLC0415 -- only this contender needs the rules
    from visunn_lint.config import Settings  # noqa: PLC0415 -- likewise
    from visunn_lint.topology import CapturedModel  # noqa: PLC0415 -- likewise

    made = pipeline.capture(model, (x,))
    settings = Settings(preview=True)
    return lambda: run_rules([CapturedModel("model", eval=pipeline.build_topology(made))], settings)


def _graph(model: nn.Module, x: Tensor) -> Timed:
    from torch.utils.tensorboard._pytorch_graph import graph  # noqa: PLC0415 -- imports all of tensorboard

    return lambda: graph(model, x)  # type: ignore[no-untyped-call]


def _torchview(model: nn.Module, x: Tensor) -> Timed:
    from torchview import draw_graph  # noqa: PLC0415 -- may not be installed

    on_meta, sketch = _on_meta(model, x)
    return lambda: draw_graph(on_meta, input_data=sketch, device="meta", depth=100)


def _torchinfo(model: nn.Module, x: Tensor) -> Timed:
    from torchinfo import summary  # noqa: PLC0415 -- may not be installed

    on_meta, sketch = _on_meta(model, x)
    return lambda: summary(on_meta, input_data=sketch, device="meta", depth=100, verbose=0)


def _torchlens(model: nn.Module, x: Tensor) -> Timed:
    import torchlens  # noqa: PLC0415 -- may not be installed
    from torchlens.options import CaptureOptions  # noqa: PLC0415 -- likewise

    on_meta, sketch = _on_meta(model, x)
    structure = CaptureOptions(structure_only=True)
    return lambda: torchlens.trace(on_meta, sketch, capture=structure)


def _export(model: nn.Module, x: Tensor) -> Timed:
    on_meta, sketch = _on_meta(model, x)
    return lambda: torch.export.export(on_meta, (sketch,))


def _fx(model: nn.Module, x: Tensor) -> Timed:
    on_meta, sketch = _on_meta(model, x)

    def run() -> object:
        with torch.no_grad():
            return ShapeProp(symbolic_trace(on_meta)).propagate(sketch)

    return run


BEFORE: Final[dict[str, Callable[[], None]]] = {"capture": MEMORY.forget}
"""What is done before a contender is timed: a capture starts with an empty memory of specs."""
OURS: Final = {"capture": _capture, "capture, warm": _capture, "steps and rules": _steps_and_rules}
BARE: Final = {"bare meta forward": _bare}
OPPONENTS: Final = {
    "graph()": _graph,
    "torchview": _torchview,
    "torchinfo": _torchinfo,
    "torch.export": _export,
    "torch.fx": _fx,
    "torchlens": _torchlens,
}
ALL: Final = {**BARE, **OURS, **OPPONENTS}


def is_there(name: str) -> bool:
    """Return whether what a contender needs is installed."""
    return name not in {"torchview", "torchinfo", "torchlens"} or find_spec(name) is not None


def quiet(timed: Timed) -> Timed:
    """Return a contender that prints nothing; what raises is told by the caller."""

    def run() -> object:
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()), warnings.catch_warnings(action="ignore"):
            return timed()

    return run
