"""Builds and captures the models that examples and tests give as source text."""

from __future__ import annotations

import importlib.util
import warnings
from textwrap import dedent
from typing import TYPE_CHECKING, cast

import torch

from visunn_lint.loading.capturing import Subject, run_with
from visunn_lint.pipeline.building.assignments import recorded_sources
from visunn_lint.pipeline.engines.engine import Request
from visunn_lint.pipeline.inputs.arguments import from_spec
from visunn_lint.spec import InputSpec

if TYPE_CHECKING:
    from pathlib import Path

    from torch import nn

    from visunn_lint.records import Mode
    from visunn_lint.rules import Fact
    from visunn_lint.topology import CapturedModel

_HEADER = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n"
_BOTH: tuple[Mode, Mode] = ("eval", "train")
_FACTS: tuple[Fact, ...] = ("rebatched",)


def capture_source(source: str, inputs: str, folder: Path, modes: tuple[Mode, ...] = _BOTH) -> CapturedModel:
    """Return the captures of a model that is given as one expression, or as statements that define ``Net``."""
    with recorded_sources() as lines:
        model = build_source(source, folder)
    subject = Subject(Request(model, sources=lines), modes, facts=_FACTS)
    return run_with(subject, from_spec(InputSpec.parse(inputs), model)).as_model("model")


def build_source(source: str, folder: Path, device: str = "meta") -> nn.Module:
    """Return a model built from source text, which lies in a file so that lines can be looked up."""
    text = dedent(source).strip()
    file = folder / "model.py"
    file.write_text(f"{_HEADER}\n{text if 'class Net' in text else f'model = {text}'}\n", encoding="utf-8")
    spec = importlib.util.spec_from_file_location("model", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with torch.device(device), warnings.catch_warnings(action="ignore"):
        spec.loader.exec_module(module)
        return cast("nn.Module", module.Net() if hasattr(module, "Net") else module.model)
