"""Builds and captures the models that examples and tests give as source text."""

from __future__ import annotations

import importlib.util
import warnings
from textwrap import dedent
from typing import TYPE_CHECKING, cast

import torch

from visunn_lint import pipeline
from visunn_lint.pipeline.building.assignments import recorded_sources
from visunn_lint.spec import InputSpec, TensorInput
from visunn_lint.topology import CapturedModel

if TYPE_CHECKING:
    from pathlib import Path

    from torch import nn

    from visunn_lint.records import Mode

_HEADER = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n"
_BOTH: tuple[Mode, Mode] = ("eval", "train")


def capture_source(source: str, inputs: str, folder: Path, modes: tuple[Mode, ...] = _BOTH) -> CapturedModel:
    """Return the captures of a model that is given as one expression, or as statements that define ``Net``."""
    with recorded_sources() as lines:
        model = build_source(source, folder)
    args = tuple(_tensor(each) for each in InputSpec.parse(inputs).args)
    found = {mode: pipeline.build_topology(pipeline.capture(model, args, mode=mode, sources=lines)) for mode in modes}
    return CapturedModel("model", eval=found.get("eval"), train=found.get("train"))


def build_source(source: str, folder: Path) -> nn.Module:
    """Return a model built from source text, which lies in a file so that lines can be looked up."""
    text = dedent(source).strip()
    file = folder / "model.py"
    file.write_text(f"{_HEADER}\n{text if 'class Net' in text else f'model = {text}'}\n", encoding="utf-8")
    spec = importlib.util.spec_from_file_location("model", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with torch.device("meta"), warnings.catch_warnings(action="ignore"):
        spec.loader.exec_module(module)
        return cast("nn.Module", module.Net() if hasattr(module, "Net") else module.model)


def _tensor(value: object) -> torch.Tensor:
    assert isinstance(value, TensorInput)
    return torch.zeros(value.shape(2))
