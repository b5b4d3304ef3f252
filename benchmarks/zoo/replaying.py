"""Whether a capture, run again along its edges alone, gives what the model gives."""

from __future__ import annotations

import random
import resource
from copy import deepcopy
from typing import TYPE_CHECKING

import torch

from benchmarks.zoo.record import Verdict  # noqa: TC001 -- read with the signatures
from tests.replay import capture_with_tape, eager, replay, same
from visunn_lint.pipeline.description import describe

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor, nn

    from visunn_lint.loading.capturing import Subject
    from visunn_lint.pipeline.inputs.arguments import Arguments

_WEIGHTS_SHARE = 0.2
"""A model whose weights take more of the memory that there is, is not replayed: it takes them three times over."""


def judge(subject: Subject, arguments: Arguments) -> tuple[Verdict, str]:
    """Return whether replay gives the model's own outputs in eval mode, and why not if it does not."""
    size = sum(parameter.numel() * parameter.element_size() for parameter in subject.model.parameters())
    most, _ = resource.getrlimit(resource.RLIMIT_DATA)
    if 0 < most * _WEIGHTS_SHARE < size:
        return "not run", f"weights of {size / (1 << 30):.1f} GB: give more --memory"
    try:
        return _judge(_with_weights(subject), arguments)
    except (Exception, SystemExit) as error:  # noqa: BLE001 -- whatever it raises is the answer
        return "raises", describe(error)


def _judge(model: nn.Module, arguments: Arguments) -> tuple[Verdict, str]:
    def run() -> list[Tensor]:
        args, kwargs = deepcopy((arguments.args, dict(arguments.kwargs)))
        return eager(model, args, kwargs)

    captured = capture_with_tape(model, arguments.args, dict(arguments.kwargs))
    ours, theirs = _seeded(lambda: replay(captured)), _seeded(run)
    if same(ours, theirs):
        return "equal", ""
    if not same(_seeded(run), theirs):
        return "not run", "the model itself gives other outputs each time"
    return "differs", difference(ours, theirs)


def _with_weights(subject: Subject) -> nn.Module:
    rebuild = subject.request.rebuild
    return subject.model if rebuild is None else rebuild()


def _seeded(act: Callable[[], list[Tensor]]) -> list[Tensor]:
    random.seed(0)
    torch.manual_seed(0)
    with torch.no_grad():
        return act()


def difference(ours: list[Tensor], theirs: list[Tensor]) -> str:
    """Return in words how two lists of outputs differ that are not the same."""
    if len(ours) != len(theirs):
        return f"{len(ours)} outputs instead of {len(theirs)}"
    for place, (a, b) in enumerate(zip(ours, theirs, strict=True)):
        if a.shape != b.shape or a.dtype != b.dtype:
            return f"output {place} is {tuple(a.shape)} {a.dtype}, not {tuple(b.shape)} {b.dtype}"
        if not same([a], [b]):
            apart = (a.to(torch.complex128) - b.to(torch.complex128)).abs().max().item()
            return f"output {place} is off by up to {apart:.2g}"
    return "not at all"
