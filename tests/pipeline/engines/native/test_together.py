"""State of the process that several captures change."""

from __future__ import annotations

import warnings
from contextlib import ExitStack

import torch

from visunn_lint.pipeline.engines.native.surroundings import UNFUSED, WITHOUT_WARNINGS, same_surroundings


def test_the_last_to_leave_puts_back_what_the_first_found() -> None:
    """Captures on two threads do not end in the order in which they began the other way round."""

    def state() -> tuple[object, ...]:
        return torch.get_default_dtype(), torch.backends.mha.get_fastpath_enabled(), list(warnings.filters)

    before = state()
    first, second = ExitStack(), ExitStack()
    for stack in (first, second):
        for context in (same_surroundings(), UNFUSED, WITHOUT_WARNINGS):
            stack.enter_context(context)
    torch.set_default_dtype(torch.float64)
    first.close()
    between = torch.backends.mha.get_fastpath_enabled()
    second.close()
    assert (between, state()) == (False, before)
