"""Guesses at the inputs of a model: what its signature and its first layers suggest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from inspect import Parameter
from math import prod
from typing import TYPE_CHECKING, TypeAlias

from torch import nn

from visunn_lint.pipeline.inputs.arguments import choose_batch
from visunn_lint.pipeline.inputs.consumers import (
    SIZE,
    first_consumer,
    is_length,
    is_mask,
    layout,
    model_layout,
    telling_layers,
)
from visunn_lint.pipeline.inputs.signature import inner_model, needed
from visunn_lint.spec import InputSpec, InputValue, TensorInput

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

Layout: TypeAlias = "TensorInput | list[TensorInput] | bool | int | float"
"""What one parameter gets: a tensor with ``b`` and ``n`` among its dims, several, or a plain value."""

_IMAGE_SIDE = 224
_SMALL_SIDE = 28
_VOLUME_SIDE = 32
_SIGNAL_LENGTH = 256
_SEQUENCE_LENGTH = 16
_SIDES_BY_RANK = {3: _SIGNAL_LENGTH, 4: _IMAGE_SIDE, 5: _VOLUME_SIDE}

_STATE_NAMES = frozenset({"h", "h0", "h_0", "hx", "hidden", "hidden_state", "state", "states", "hc"})
_CELL_NAMES = frozenset({"c", "c0", "c_0", "cx", "cell", "cell_state"})
_TIME_NAMES = frozenset({"t", "time", "times", "timestep", "timesteps", "time_step", "step", "sigma"})
_PLAIN_VALUES = {int: 1, bool: False, float: 1.0, "int": 1, "bool": False, "float": 1.0}
_MOST_LAYERS = 4
_INDICES = TensorInput(("b", SIZE), "int64")
_ONE_INDEX = TensorInput(("b",), "int64")


@dataclass(frozen=True, slots=True)
class Guess:
    """What forward might be called with: a layout for each parameter, and the free length that they share.

    ``size`` stands for ``n``; it is known to lie between ``low`` and ``high``, both excluded,
    where these are not 0. ``by_name`` are the parameters that cannot be given by position.
    """

    layouts: tuple[tuple[str, Layout], ...]
    size: int = _SEQUENCE_LENGTH
    low: int = 0
    high: int = 0
    by_name: frozenset[str] = frozenset()

    @property
    def spec(self) -> InputSpec:
        """The guess as inputs: the first parameter by position, the others by name."""
        args = [_sized(value, self.size) for name, value in self.layouts[:1] if name not in self.by_name]
        named = self.layouts[len(args) :]
        return InputSpec(tuple(args), {name: _sized(value, self.size) for name, value in named})

    @property
    def tensors(self) -> dict[str, TensorInput]:
        """The layout of each parameter that gets a single tensor."""
        return {name: value for name, value in self.layouts if isinstance(value, TensorInput)}

    @property
    def batch(self) -> int:
        """The batch size that it is tried with."""
        return choose_batch(self.spec)

    @property
    def concrete(self) -> dict[str, TensorInput]:
        """The tensors as they are tried: every dim a number."""
        batch = self.batch
        return {
            name: TensorInput(
                tuple({"b": batch, SIZE: self.size}.get(str(dim), dim) for dim in value.dims), value.dtype
            )
            for name, value in self.tensors.items()
        }

    @property
    def numel(self) -> int:
        """The number of elements of all tensors together."""
        return sum(prod(tensor.shape(self.batch)) for tensor in self.concrete.values())

    def with_layout(self, name: str, value: TensorInput) -> Guess:
        """Return the guess with another layout for one parameter, and a length that suits it."""
        layouts = tuple((each, value if each == name else old) for each, old in self.layouts)
        same_rank = len(value.dims) == len(self.tensors[name].dims)
        size = self.size if same_rank else start_size(value)
        bounds = (self.low, self.high) if same_rank else (0, 0)
        return replace(self, layouts=layouts, size=size, low=bounds[0], high=bounds[1])

    def with_size(self, size: int) -> Guess:
        """Return the guess with another free length."""
        return replace(self, size=size)


def first_guesses(model: nn.Module, known: Container[str] = ()) -> Iterator[Guess]:
    """Yield guesses, the likeliest first: they differ in what the first parameter gets.

    ``known`` are the parameters that need none.
    """
    parameters = [each for each in needed(model) if each.name not in known]
    if not parameters:
        yield Guess(())
        return
    inner = inner_model(model)
    first, *rest = parameters
    others = tuple((each.name, _layout(inner, each)) for each in rest)
    by_name = frozenset(each.name for each in parameters if each.kind is Parameter.KEYWORD_ONLY)
    for value in _layouts_of_first(inner, first):
        guess = Guess(((first.name, value), *others), _size(value), by_name=by_name)
        yield guess
        yield from _single_indices(guess)


def _single_indices(guess: Guess) -> Iterator[Guess]:
    """Yield the guess with one index a sample, where all inputs are looked up."""
    tensors = guess.tensors
    if tensors and all(value == _INDICES for value in tensors.values()):
        yield replace(guess, layouts=tuple((name, _ONE_INDEX) for name in tensors))


def start_size(value: TensorInput) -> int:
    """Return the free length to begin with: that of a usual image, signal or sequence."""
    if value.dims.count(SIZE) == 0 or value.dtype is not None:
        return _SEQUENCE_LENGTH
    is_sequence = len(value.dims) == 3 and value.dims[-1] != SIZE  # noqa: PLR2004 -- batch, length, features
    if is_sequence:
        return next(length for length in (_SEQUENCE_LENGTH, 12) if length not in value.dims)
    if len(value.dims) == 4 and value.dims[1] == 1:  # noqa: PLR2004 -- a batch of images
        return _SMALL_SIDE
    return _SIDES_BY_RANK.get(len(value.dims), _SEQUENCE_LENGTH)


def _size(value: Layout) -> int:
    return start_size(value) if isinstance(value, TensorInput) else _SEQUENCE_LENGTH


def _layouts_of_first(model: nn.Module, parameter: Parameter) -> Iterator[Layout]:
    """Yield what the first parameter may be: as its own layer, the other first layers, and usage have it."""
    seen: list[Layout] = []
    for value in (
        _layout(model, parameter),
        *(found for _, layer in list(telling_layers(model))[:_MOST_LAYERS] if (found := layout(layer))),
        model_layout(model),
        TensorInput(("b", 3, SIZE, SIZE)),
        TensorInput(("b", 1, SIZE, SIZE)),
        _INDICES,
        TensorInput(("b", SIZE)),
        TensorInput(("b", SIZE, 64)),
    ):
        if value is not None and value not in seen:
            seen.append(value)
            yield value


def _layout(model: nn.Module, parameter: Parameter) -> Layout:
    name = parameter.name
    if parameter.annotation in _PLAIN_VALUES:
        return _PLAIN_VALUES[parameter.annotation]
    if name in _STATE_NAMES | _CELL_NAMES:
        state = _state(model, is_cell=name in _CELL_NAMES)
        if state is not None:
            return state
    if is_mask(name):
        return TensorInput(("b", SIZE), "bool")
    if is_length(name):
        return TensorInput(("b",), "int64")
    if name in _TIME_NAMES:
        return TensorInput(("b",))
    layer = first_consumer(model, name)
    return (layout(layer) if layer is not None else model_layout(model)) or TensorInput(("b", 3, SIZE, SIZE))


def _state(model: nn.Module, *, is_cell: bool) -> TensorInput | list[TensorInput] | None:
    """Return the layout of the state of the first recurrent layer: two tensors for that of an LSTM."""
    for module in model.modules():
        if isinstance(module, nn.RNNBase):
            layers = module.num_layers * (2 if module.bidirectional else 1)
            one = TensorInput((layers, "b", module.proj_size or module.hidden_size))
            return [one, one] if isinstance(module, nn.LSTM) and not is_cell else one
        if isinstance(module, nn.RNNCellBase):
            one = TensorInput(("b", module.hidden_size))
            return [one, one] if isinstance(module, nn.LSTMCell) and not is_cell else one
    return None


def _sized(value: Layout, size: int) -> InputValue:
    if isinstance(value, TensorInput):
        return replace(value, dims=tuple(size if dim == SIZE else dim for dim in value.dims))
    return [_sized(each, size) for each in value] if isinstance(value, list) else value
