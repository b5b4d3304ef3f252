"""Guesses at the inputs of a model: what its signature and its first layers suggest."""

from __future__ import annotations

from dataclasses import replace
from inspect import Parameter
from typing import TYPE_CHECKING

from torch import Tensor, nn

from visunn_lint.pipeline.inputs.annotations import count, is_mapping, item_kind, may_be_text, plain_value
from visunn_lint.pipeline.inputs.by_name import layouts_by_name
from visunn_lint.pipeline.inputs.consumers import (
    SIZE,
    first_consumer,
    is_length,
    is_mask,
    layouts,
    model_layout,
    reads_indices,
    telling_layers,
)
from visunn_lint.pipeline.inputs.guess import Guess, Length, Part
from visunn_lint.pipeline.inputs.readers import first_reader
from visunn_lint.pipeline.inputs.settings import side_said
from visunn_lint.pipeline.inputs.signature import inner_model, needed, parameters
from visunn_lint.pipeline.inputs.texts import first_text
from visunn_lint.spec import TensorInput

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from visunn_lint.pipeline.inputs.guess import Layout

_IMAGE_SIDE = 224
_SMALL_SIDE = 28
_VOLUME_SIDE = 32
_SIGNAL_LENGTH = 256
_SEQUENCE_LENGTH = 16
_LATENT_LENGTH = 64
_MANY_CHANNELS = 64
"""What has so many channels is no signal any more, but made from a longer one."""
_SIDES_BY_RANK = {3: _SIGNAL_LENGTH, 4: _IMAGE_SIDE, 5: _VOLUME_SIDE}

_STATE_NAMES = frozenset({"h", "h0", "h_0", "hx", "hidden", "hidden_state", "state", "states", "hc"})
_CELL_NAMES = frozenset({"c", "c0", "c_0", "cx", "cell", "cell_state"})
_TIME_NAMES = frozenset({"t", "time", "times", "timestep", "timesteps", "time_step", "step", "sigma"})
_MOST_LAYERS = 4
_INDICES = TensorInput(("b", SIZE), "int64")
_ONE_INDEX = TensorInput(("b",), "int64")


def first_guesses(model: nn.Module, known: Container[str] = ()) -> Iterator[Guess]:
    """Yield guesses, the likeliest first: they differ in what the first parameter gets.

    ``known`` are the parameters that need none.
    """
    inner = inner_model(model)
    wanted = [each for each in _wanted(model, inner) if each.name not in known]
    if not wanted:
        yield Guess(())
        return
    first, *rest = wanted
    by_name = frozenset(each.name for each in wanted if each.kind is Parameter.KEYWORD_ONLY)
    if first.name != parameters(model)[0].name:
        by_name |= {first.name}
    for value, size in _layouts_of_first(inner, first):
        parts = tuple(Part(name, value) for name in _places(first, value))
        guess = Guess(parts, (Length(size),), by_name=by_name)
        for each in rest:
            guess = with_parameter(guess, inner, each)
        guess = replace(guess, by_name=by_name)
        yield guess
        yield from _single_indices(guess)


def with_parameter(guess: Guess, model: nn.Module, parameter: Parameter, holder: str = "") -> Guess:
    """Return the guess with one more parameter: its free length is that of the first one of its kind, if any is.

    With a ``holder``, a parameter of that name, it stands for a key of what this gets.
    """
    value, size = _layout(model, parameter)
    for place in _places(parameter, value):
        guess = _with_part(guess, parameter, f"{holder}.{place}" if holder else place, value, size)
    return guess


def _with_part(guess: Guess, parameter: Parameter, place: str, value: Layout, size: int) -> Guess:
    if isinstance(value, TensorInput):
        for name, other in guess.tensors.items():
            if _is_alike(other, value, parameter):
                return guess.about(name).with_part(place, value, size, shares=True)
        return guess.with_part(place, value, size, shares=False)
    return guess.with_part(place, value, size, shares=True)


def _places(parameter: Parameter, value: Layout) -> list[str]:
    """Return where the tensors of a parameter stand: its name, or some places in a list or a tuple."""
    if not isinstance(value, TensorInput) or item_kind(parameter) is not Tensor:
        return [parameter.name]
    return [f"{parameter.name}.{place}" for place in range(count(parameter))]


def _is_alike(first: TensorInput, value: TensorInput, parameter: Parameter) -> bool:
    """Return whether two lengths go together: those of images, and those of sequences with each other or a mask."""
    if SIZE not in first.dims:
        return False
    are_images = [len(each.dims) > 3 for each in (first, value)]  # noqa: PLR2004 -- more axes than a sequence has
    if is_mask(parameter.name):
        return not are_images[0] or are_images[1] or value.dims.count(SIZE) > 1
    return are_images[0] == are_images[1] and (first.dtype is None) == (value.dtype is None)


def _wanted(model: nn.Module, inner: nn.Module) -> list[Parameter]:
    """Return the parameters that have to be given, and the one that a model of transformers calls its main input."""
    main = getattr(inner, "main_input_name", None)
    found = [each for each in parameters(model) if isinstance(main, str) and each.name == main]
    required = [each for each in needed(model) if not found or each.default is Parameter.empty]
    return [*required, *(each for each in found if each not in required)]


def _single_indices(guess: Guess) -> Iterator[Guess]:
    """Yield the guess with one index a sample, where all inputs are looked up."""
    tensors = guess.tensors
    if tensors and all(value == _INDICES for value in tensors.values()):
        yield replace(guess, parts=tuple(replace(part, layout=_ONE_INDEX) for part in guess.parts))


def start_size(value: TensorInput) -> int:
    """Return the free length to begin with: that of a usual image, signal or sequence."""
    if value.dims.count(SIZE) == 0 or value.dtype is not None:
        return _SEQUENCE_LENGTH
    is_sequence = len(value.dims) == 3 and value.dims[-1] != SIZE  # noqa: PLR2004 -- batch, length, features
    if is_sequence:
        return next(length for length in (_SEQUENCE_LENGTH, 12) if length not in value.dims)
    if len(value.dims) == 4 and value.dims[1] == 1:  # noqa: PLR2004 -- a batch of images
        return _SMALL_SIDE
    if len(value.dims) == 3 and isinstance(value.dims[1], int) and value.dims[1] >= _MANY_CHANNELS:  # noqa: PLR2004 -- batch, channels, length
        return _LATENT_LENGTH
    if value.dims.count(SIZE) == 2:  # noqa: PLR2004 -- height and width, of a clip too
        return _IMAGE_SIDE
    return _SIDES_BY_RANK.get(len(value.dims), _SEQUENCE_LENGTH)


def _layouts_of_first(model: nn.Module, parameter: Parameter) -> Iterator[tuple[Layout, int]]:
    """Yield what the first parameter may be, with the free length to begin with.

    As its name, its own layer, the other first layers, and usage have it.
    """
    seen: list[Layout] = []
    plain = _plain_layout(model, parameter)
    ways = _ways_of_first(model, parameter) if plain is None else [(plain, _SEQUENCE_LENGTH)]
    for value, size in ways:
        if value not in seen:
            seen.append(value)
            yield value, size


def _ways_of_first(model: nn.Module, parameter: Parameter) -> Iterator[tuple[Layout, int]]:
    named = list(layouts_by_name(model, parameter.name))
    yield from ((each.layout, each.size or _size(model, each.layout)) for each in named)
    if any(each.layout == _INDICES for each in named):
        return
    if not named:
        yield _layout(model, parameter)
    for value in (
        *(found for _, layer in list(telling_layers(model))[:_MOST_LAYERS] for found in layouts(layer)),
        model_layout(model),
        TensorInput(("b", 3, SIZE, SIZE)),
        TensorInput(("b", 1, SIZE, SIZE)),
        _INDICES,
        TensorInput(("b", SIZE)),
        TensorInput(("b", SIZE, 64)),
    ):
        if value is not None:
            yield value, _size(model, value)


def _layout(model: nn.Module, parameter: Parameter) -> tuple[Layout, int]:
    """Return what a parameter gets, and the length to begin with."""
    plain = _plain_layout(model, parameter)
    if plain is not None:
        return plain, _SEQUENCE_LENGTH
    named = next(layouts_by_name(model, parameter.name), None)
    value = named.layout if named is not None else _layout_by_kind(model, parameter)
    size = named.size if named is not None else 0
    return value, size or _size(model, value)


def _plain_layout(model: nn.Module, parameter: Parameter) -> Layout:
    """Return what a parameter gets that takes no tensor as it is, nothing as yet if by keys; None for any other one."""
    if is_mapping(parameter):
        return {}
    text = first_text(model, parameter.name) if may_be_text(parameter) else None
    value = plain_value(parameter) if text is None else text
    return [*value] if isinstance(value, list) else value


def _size(model: nn.Module, value: Layout) -> int:
    """Return the free length to begin with: the side that the model says for images, else a usual one."""
    if not isinstance(value, TensorInput):
        return _SEQUENCE_LENGTH
    is_image = value.dims.count(SIZE) == 2  # noqa: PLR2004 -- height and width
    return (side_said(model) if is_image else 0) or start_size(value)


def _layout_by_kind(model: nn.Module, parameter: Parameter) -> Layout:
    name = parameter.name
    if name in _STATE_NAMES | _CELL_NAMES:
        state = _state(model, is_cell=name in _CELL_NAMES)
        if state is not None:
            return state
    if is_mask(name):
        return TensorInput(("b", SIZE), "bool")
    if is_length(name):
        return TensorInput(("b",), "int64")
    reader = first_reader(model, name)
    if name in _TIME_NAMES:
        return _ONE_INDEX if reader is not None and reads_indices(reader) else TensorInput(("b",))
    layer = reader or first_consumer(model, name)
    found = next(layouts(layer), None) if layer is not None else model_layout(model)
    return found or TensorInput(("b", 3, SIZE, SIZE))


def _state(model: nn.Module, *, is_cell: bool) -> Layout:
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
