"""Logs for tests: written by the package, then cut, changed and put together anew."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import torch
from torch import nn

from visunn_lint.pipeline import Capture, build_topology, capture
from visunn_lint.pipeline.events import as_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from visunn_lint.topology import Topology

NAME = "events.out.tfevents.1"


def small_capture() -> Capture:
    """Return the capture of a model of two layers, of which one is called twice."""
    layer = nn.Linear(2, 2)
    return capture(nn.Sequential(layer, layer, nn.ReLU()), (torch.zeros(1, 2),))


def as_read(direct: Capture) -> Topology:
    """Return the Topology that a log of a capture gives."""
    topology = build_topology(direct)
    return replace(topology, captured=replace(topology.captured, rung="file", reason=""))


def write_log(folder: Path, content: bytes | Capture, name: str = NAME) -> Path:
    """Write a log of a capture, or of bytes that may be none, and return the file."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else as_bytes(content))
    return file
