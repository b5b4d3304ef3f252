"""What forward is called with: tensors made from specs, checked against its signature."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import zip_longest
from math import prod
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from visunn_lint.errors import InputError
from visunn_lint.pipeline.engines.native.structure import tensors_in
from visunn_lint.pipeline.inputs.annotations import converted, item_kind, number_kind
from visunn_lint.pipeline.inputs.consumers import first_consumer, is_length, is_mask, parameter_dtype, reads_indices
from visunn_lint.pipeline.inputs.readers import first_reader
from visunn_lint.pipeline.inputs.signature import check, needed, parameters, positional_names
from visunn_lint.pipeline.inputs.values import MOST_MADE, floats, integers, without_values
from visunn_lint.spec import InputSpec, InputValue, TensorInput

if TYPE_CHECKING:
    from collections.abc import Mapping
    from inspect import Parameter

    from torch import nn

    from visunn_lint.records import Mode


@dataclass(frozen=True, slots=True)
class Arguments:
    """The values that forward is called with.

    ``spelling`` is how ``--input`` takes them, "" for what has no spelling; ``is_inferred`` says
    that they were guessed. ``spec`` is what they were made to, if it is behind every tensor.
    ``unfit`` tells of modes that they are not for what forward raises there.
    """

    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    spelling: str = ""
    is_inferred: bool = False
    spec: InputSpec | None = None
    unfit: Mapping[Mode, str] = field(default_factory=dict)


def from_values(model: nn.Module, args: object, kwargs: Mapping[str, Any]) -> Arguments:
    """Return given values as arguments; a tensor alone is the only positional one.

    Raises InputError if their number or names do not fit the signature of forward, and for a
    shape where a tensor should be.
    """
    args = (args,) if isinstance(args, Tensor) else args
    if not isinstance(args, tuple):
        message = f"args has to be a tuple of the positional arguments, not a {type(args).__name__}"
        raise InputError(message, hint="write args=(x,)")
    if len(args) > 1 and len(needed(model)) == 1 and all(type(arg) is int for arg in args):
        message = f"args are the values that forward is called with, and {args} are {len(args)} numbers"
        raise InputError(message, hint=f'for a tensor of that shape write inputs="{"x".join(map(str, args))}"')
    check(model, args, kwargs)
    return Arguments(args, dict(kwargs), spell(args, kwargs))


def from_spec(spec: InputSpec, model: nn.Module, kwargs: Mapping[str, Any] | None = None) -> Arguments:
    """Return arguments made to a spec, and to values that are given by name.

    Raises InputError if their number or names do not fit the signature of forward.
    """
    spec = _with_numbers(spec, model)
    made, named = materialise(spec, model)
    named.update(kwargs or {})
    check(model, made, named)
    return Arguments(made, named, str(spec), spec=behind_all(spec, kwargs))


def _with_numbers(spec: InputSpec, model: nn.Module) -> InputSpec:
    """Return a spec in which lone numbers are no shapes where forward takes numbers: ``steps=3`` for ``steps: int``."""
    known = {each.name: each for each in parameters(model)}
    by_place = [known[name] for name in positional_names(model)]
    args = (_as_taken(value, taker) for value, taker in zip_longest(spec.args, by_place[: len(spec.args)]))
    return InputSpec(tuple(args), {name: _as_taken(value, known.get(name)) for name, value in spec.kwargs.items()})


def _as_taken(value: InputValue, parameter: Parameter | None) -> InputValue:
    if parameter is None:
        return value
    if isinstance(value, list):
        return [_as_number(item, item_kind(parameter)) for item in value]
    return _as_number(value, number_kind(parameter))


def _as_number(value: InputValue, kind: object) -> InputValue:
    if kind not in (int, float) or not isinstance(value, TensorInput) or value.dtype is not None:
        return value
    number = value.dims[0] if len(value.dims) == 1 else None
    return value if not isinstance(number, int) else float(number) if kind is float else number


def behind_all(spec: InputSpec, kwargs: Mapping[str, Any] | None) -> InputSpec | None:
    """Return a spec if there is no tensor among the values that are given beside it."""
    return None if tensors_in((), dict(kwargs or {})) else spec


def materialise(
    spec: InputSpec, model: nn.Module, batch: int | None = None, device: str = "cpu"
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return the positional and the named arguments that a spec stands for.

    Floats are drawn from a normal distribution, always the same ones, in the dtype of the
    model's parameters; integers are 0 but for lengths, grids and masks, which agree with the other
    tensors. What has more elements than ``MOST_MADE`` stands on meta, for most runs read no values.
    ``batch`` stands for the axis ``b``: by default the smallest number from 2 on that is no other
    dimension.
    """
    maker = _Maker(spec, model, choose_batch(spec) if batch is None else batch, device)
    names = positional_names(model)
    args = tuple(
        maker.argument(names[place] if place < len(names) else "", value) for place, value in enumerate(spec.args)
    )
    return args, {name: maker.argument(name, value) for name, value in spec.kwargs.items()}


def choose_batch(spec: InputSpec) -> int:
    """Return a batch size of at least 2 that is unlike every other dimension."""
    taken = {dim for tensor in spec.tensors for dim in tensor.dims}
    return next(size for size in range(2, len(taken) + 3) if size not in taken)


def spell(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
    """Return values as ``--input`` takes them; "" if some of them cannot be written so."""
    try:
        return str(InputSpec(tuple(map(_spelled, args)), {name: _spelled(value) for name, value in kwargs.items()}))
    except TypeError:
        return ""


class _Maker:
    """Makes the values of one spec."""

    def __init__(self, spec: InputSpec, model: nn.Module, batch: int, device: str) -> None:
        self._spec = spec
        self._model = model
        self._batch = batch
        self._device = device
        self._random = torch.Generator().manual_seed(0)
        self._parameters = {each.name: each for each in parameters(model)}

    def argument(self, name: str, value: InputValue) -> Any:  # noqa: ANN401 -- whatever forward takes
        """Return the value for the parameter of a name, as its annotation has it."""
        made, parameter = self.value(name, value), self._parameters.get(name)
        return made if parameter is None else converted(parameter, made)

    def value(self, name: str, value: InputValue) -> Any:  # noqa: ANN401 -- a tensor, or a plain value passed through
        """Return the value for a parameter, or a key, of a name."""
        if isinstance(value, TensorInput):
            return self._tensor(name, value)
        if isinstance(value, dict):
            return {key: self.value(key, item) for key, item in value.items()}
        return [self.value(name, item) for item in value] if isinstance(value, list) else value

    def _tensor(self, name: str, wanted: TensorInput) -> Tensor:
        shape = wanted.shape(self._batch)
        dtype = self._dtype(name, wanted)
        if self._device == "meta" or prod(shape) > MOST_MADE:
            return without_values(shape, dtype)
        if dtype.is_floating_point or dtype.is_complex:
            return floats(name, shape, self._random).to(self._device, dtype)
        return integers(name, shape, dtype, self._spec).to(self._device)

    def _dtype(self, name: str, wanted: TensorInput) -> torch.dtype:
        if wanted.dtype:
            found = getattr(torch, wanted.dtype, None)
            if isinstance(found, torch.dtype):
                return found
            message = f"this torch has no dtype {wanted.dtype}"
            raise InputError(message)
        if is_mask(name):
            return torch.bool
        return torch.int64 if is_length(name) or self._is_index(name) else parameter_dtype(self._model)

    def _is_index(self, name: str) -> bool:
        consumer = first_reader(self._model, name) or first_consumer(self._model, name)
        return consumer is not None and reads_indices(consumer)


def _spelled(value: object) -> InputValue:
    """Return one value as a spec; raises TypeError for what none stands for."""
    if isinstance(value, Tensor):
        dtype = str(value.dtype).removeprefix("torch.")
        return TensorInput(tuple(value.shape), None if dtype == "float32" else dtype)
    if isinstance(value, dict) and all(map(_can_be_spelled, value)):
        return {name: _spelled(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_spelled(item) for item in value]
    if value is None or isinstance(value, bool | str):
        return value
    raise TypeError


def _can_be_spelled(key: object) -> bool:
    """Return whether a key is read again as what it is."""
    return isinstance(key, str) and key == key.strip() and not _SEPARATING.intersection(key)


_SEPARATING = frozenset(",:[]{}")
