"""Output specs told from operand specs, without a meta kernel: one family of ops, one file.

A file's ``SPECS`` maps torch's functions to a function of the same parameters that takes a Layout in the
place of each tensor. It returns the Layout of the one fresh tensor that the op makes, IN_PLACE if the op
writes into its first operand and makes nothing, VIEWS if it is to be run for what shares memory, and None where it
cannot tell: then the op is run, and looked at. What it does not take (a TypeError) it cannot tell either. Meta kernels
written in Python cost some hundred times as much.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from visunn_lint.pipeline.calling import Function
    from visunn_lint.pipeline.engines.native.specs.layout import SpecFunction

_FAMILIES = "families"


@cache
def spec_functions() -> Mapping[Function, SpecFunction]:
    """Return what tells the output of each torch function that some family knows."""
    folder = f"{__name__}.{_FAMILIES}"
    found: dict[Function, SpecFunction] = {}
    for module in pkgutil.iter_modules(importlib.import_module(folder).__path__):
        found.update(importlib.import_module(f"{folder}.{module.name}").SPECS)
    return found
