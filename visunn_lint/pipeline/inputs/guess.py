"""One guess at the arguments of a forward."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod
from typing import TypeAlias

from visunn_lint.pipeline.inputs.arguments import choose_batch
from visunn_lint.pipeline.inputs.consumers import SIZE
from visunn_lint.spec import InputSpec, InputValue, TensorInput

Layout: TypeAlias = "TensorInput | list[Layout] | dict[str, Layout] | bool | int | float | str | None"
"""What one parameter gets: a tensor with ``b`` and ``n`` among its dims, several, or a plain value."""


@dataclass(frozen=True, slots=True)
class Length:
    """What ``n`` stands for; known to lie between ``low`` and ``high``, both excluded, where these are not 0."""

    size: int
    low: int = 0
    high: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """What one parameter gets, and which of the lengths is its ``n``.

    What it gets in a container are parts of their own: ``batch.mask`` by a key, ``xs.0`` by its place.
    """

    name: str
    layout: Layout
    length: int = 0


@dataclass(frozen=True, slots=True)
class Guess:
    """What forward might be called with: a part for each parameter, and the free lengths that these share.

    ``focus`` is the length that is to be changed if one is. ``by_name`` are the parameters that
    cannot be given by position.
    """

    parts: tuple[Part, ...]
    lengths: tuple[Length, ...] = ()
    focus: int = 0
    by_name: frozenset[str] = frozenset()

    @property
    def spec(self) -> InputSpec:
        """The guess as inputs: the first parameter by position, the others by name."""
        named = _nested({part.name: self._sized(part) for part in self.parts})
        args = [named.pop(name) for name in list(named)[:1] if name not in self.by_name]
        return InputSpec(tuple(args), named)

    @property
    def tensors(self) -> dict[str, TensorInput]:
        """The layout of each single tensor."""
        return {part.name: part.layout for part in self.parts if isinstance(part.layout, TensorInput)}

    @property
    def names(self) -> frozenset[str]:
        """The parameters that it gives."""
        return frozenset(part.name.partition(".")[0] for part in self.parts)

    @property
    def mappings(self) -> tuple[str, ...]:
        """The parameters that get values by keys."""
        return tuple(part.name for part in self.parts if part.layout == {})

    @property
    def batch(self) -> int:
        """The batch size that it is tried with."""
        return choose_batch(self.spec)

    @property
    def concrete(self) -> dict[str, TensorInput]:
        """The tensors as they are tried: every dim a number."""
        batch = self.batch
        sized = {part.name: self._sized(part) for part in self.parts}
        return {
            name: replace(value, dims=value.shape(batch))
            for name, value in sized.items()
            if isinstance(value, TensorInput)
        }

    @property
    def numel(self) -> int:
        """The number of elements of all tensors together."""
        batch = self.batch
        return sum(prod(tensor.shape(batch)) for tensor in self.spec.tensors)

    @property
    def length(self) -> Length:
        """The free length in focus."""
        return self.lengths[self.focus]

    @property
    def size(self) -> int:
        """What the free length in focus is."""
        return self.length.size

    def about(self, name: str) -> Guess:
        """Return the guess with the length of one parameter in focus."""
        return replace(self, focus=self._part(name).length)

    def with_layout(self, name: str, value: Layout, size: int = 0) -> Guess:
        """Return the guess with another layout for one parameter, and another length if ``size`` gives one."""
        parts = tuple(replace(part, layout=value) if part.name == name else part for part in self.parts)
        changed = replace(self, parts=parts).about(name)
        return changed.with_length(Length(size)) if size else changed

    def with_part(self, name: str, value: Layout, size: int, *, shares: bool) -> Guess:
        """Return the guess with one more argument, by name, whose length is that in focus or one of its own."""
        if shares:
            part, lengths = Part(name, value, self.focus), self.lengths
        else:
            part, lengths = Part(name, value, len(self.lengths)), (*self.lengths, Length(size))
        return replace(self, parts=(*self.parts, part), lengths=lengths, by_name=self.by_name | {name})

    def with_size(self, size: int) -> Guess:
        """Return the guess with another length in focus."""
        return self.with_length(replace(self.length, size=size))

    def with_length(self, length: Length) -> Guess:
        """Return the guess with another length in focus, and other bounds to it."""
        lengths = list(self.lengths)
        lengths[self.focus] = length
        return replace(self, lengths=tuple(lengths))

    def _part(self, name: str) -> Part:
        return next(part for part in self.parts if part.name == name)

    def _sized(self, part: Part) -> InputValue:
        return _sized(part.layout, self.lengths[part.length].size)


def _nested(values: dict[str, InputValue]) -> dict[str, InputValue]:
    """Return what each parameter gets, of values of which some are one of several: ``batch.mask``, ``xs.0``."""
    found: dict[str, InputValue] = {}
    for name, value in values.items():
        holder, _, item = name.rpartition(".")
        held = found.setdefault(holder, [] if item.isdecimal() else {}) if holder else None
        if isinstance(held, list):
            held.append(value)
        elif isinstance(held, dict):
            held[item] = value
        else:
            found[name] = value
    return found


def _sized(value: Layout, size: int) -> InputValue:
    if isinstance(value, TensorInput):
        return replace(value, dims=tuple(size if dim == SIZE else dim for dim in value.dims))
    if isinstance(value, dict):
        return {name: _sized(each, size) for name, each in value.items()}
    return [_sized(each, size) for each in value] if isinstance(value, list) else value
