"""Dropout in training: which elements it zeroes does not tell on the spec.

Without training it gives back its operand, which is no fresh tensor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torch.nn import functional

from visunn_lint.pipeline.engines.native.specs.layout import IN_PLACE, Layout, Outcome, is_regular

if TYPE_CHECKING:
    from visunn_lint.pipeline.calling import Function
    from visunn_lint.pipeline.engines.native.specs.layout import SpecFunction


def _dropout(input: Layout, p: float = 0.5, training: bool = True, inplace: bool = False) -> Outcome:  # noqa: A002, FBT001, FBT002 -- torch's signature
    if not training or not 0 < p < 1 or not is_regular(input):
        return None
    return IN_PLACE if inplace else input


SPECS: Final[dict[Function, SpecFunction]] = {functional.dropout: _dropout}
