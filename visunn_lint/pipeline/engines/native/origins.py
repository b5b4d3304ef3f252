"""Where the tensors that a run did not make come from: parameters, buffers, inputs, attributes."""

from __future__ import annotations

import sys
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import torch
from torch import nn

from visunn_lint.pipeline.engines.native.legacy import constructor_of
from visunn_lint.pipeline.engines.native.record import Record
from visunn_lint.pipeline.engines.native.survey import stored_tensors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import Tensor

    from visunn_lint.pipeline.engines.native.structure import Leaf
    from visunn_lint.pipeline.engines.native.survey import Survey
    from visunn_lint.records import NodeKind
    from visunn_lint.spec import TensorSpec

Place: TypeAlias = "tuple[NodeKind, str, str]"
"""Whether a tensor is a parameter or a buffer, of which module, and under which name."""


class Origins:
    """Names every tensor that stood before the run.

    ``places`` are those of parameters and buffers by their identity, of such as are no inputs.
    """

    def __init__(self, survey: Survey, inputs: list[Leaf]) -> None:
        self._survey = survey
        self._inputs = {id(tensor): label for label, tensor in inputs}
        self.places: dict[int, Place] = {}
        keep = self.places.setdefault
        for kind, path, tensors in survey.stored:
            for name, tensor in tensors.items():
                if tensor is not None:
                    keep(id(tensor), (kind, path, name))
        for tensor in self._inputs:
            self.places.pop(tensor, None)

    @property
    def stored(self) -> list[Tensor]:
        """The parameters and buffers."""
        return stored_tensors(self._survey.stored)

    def device(self, tensor: Tensor) -> str:
        """Return where a tensor was asked to be; one that was built on meta, for want of a word, on the CPU."""
        return "cpu" if tensor.is_meta or tensor.is_cpu else str(tensor.device)

    def record(self, tensor: Tensor, spec: TensorSpec) -> Record:
        """Return the node for a tensor that stood before the run and has no place."""
        key = id(tensor)
        if key in self._inputs:
            return Record("input", "input", None, (), (), (spec,), label=self._inputs[key])
        origin, holder, label = self._unregistered.get(key) or ("elsewhere", "", "")
        constructor = constructor_of(tensor, sys._getframe()) if origin == "elsewhere" else ""  # noqa: SLF001 -- the documented way
        if constructor:
            origin, label = "constructor", constructor
        return Record(
            "const",
            "const",
            None,
            outputs=(spec,),
            label=label,
            module=holder,
            arguments={
                "requires_grad": tensor.requires_grad,
                "is_leaf": tensor.is_leaf,
                "origin": origin,
                "holder": holder,
            },
        )

    @cached_property
    def _unregistered(self) -> dict[int, tuple[str, str, str]]:
        """Origin, holder and name of the tensors in plain attributes and in unregistered modules.

        Looked through when first a tensor is met that is neither: in most models never.
        """
        found: dict[int, tuple[str, str, str]] = {}
        for path, module in self._survey.unregistered.items():
            for name, tensor in (*module.named_parameters(recurse=False), *module.named_buffers(recurse=False)):
                found.setdefault(id(tensor), ("unregistered module", path, f"{path}.{name}"))
        for path, module in self._survey.all.items():
            for name, tensor in _attribute_tensors(module):
                found.setdefault(id(tensor), ("attribute", path, f"{path}.{name}" if path else name))
        return found


def _attribute_tensors(module: nn.Module) -> Iterator[tuple[str, Tensor]]:
    """Yield the tensors in a module's plain attributes, and in lists, tuples and dicts there."""
    for name, value in list(module.__dict__.items()):
        if not name.startswith("_parameters") and name not in {"_buffers", "_modules"}:
            yield from _tensors_in(name, value, 0)


def _tensors_in(name: str, value: object, depth: int) -> Iterator[tuple[str, Tensor]]:
    if isinstance(value, torch.Tensor):
        yield name, value
    elif depth < 3 and isinstance(value, list | tuple):  # noqa: PLR2004 -- deep enough for what people write
        for index, item in enumerate(value):
            yield from _tensors_in(f"{name}[{index}]", item, depth + 1)
    elif depth < 3 and isinstance(value, dict):  # noqa: PLR2004 -- likewise
        for key, item in value.items():
            yield from _tensors_in(f"{name}[{key!r}]", item, depth + 1)
