"""What an argument is by its name, with the sizes that the model's settings give."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torch import nn

from visunn_lint.pipeline.inputs.consumers import SIZE, first_consumer, words
from visunn_lint.pipeline.inputs.settings import AUDIO, IMAGE, TEXT, Settings, settings
from visunn_lint.pipeline.inputs.signature import parameters
from visunn_lint.spec import TensorInput

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from visunn_lint.pipeline.inputs.guess import Layout

_PATCHES = 64
"""A square of so many patches, of an even side: towers merge them two by two, and in windows."""
_NODES = 16
_EDGES = 32
_KEYPOINTS = 17
_SAMPLES = 16000
_FRAMES = 256
_GRID = re.compile(r"(\w+_)?grid_(thw|hw)")
_SHAPES = re.compile(r"spatial_shapes|tgt_sizes")
_STRIPS = re.compile(r"target_sizes")


@dataclass(frozen=True, slots=True)
class Sized:
    """A layout, and the free length to begin with; 0 if that is not said."""

    layout: Layout
    size: int = 0


@dataclass(frozen=True, slots=True)
class _Argument:
    name: str
    model: nn.Module
    said: Settings
    names: frozenset[str]
    """The names of all arguments."""

    def other(self, pattern: re.Pattern[str]) -> bool:
        """Return whether some argument has a name like this."""
        return any(pattern.fullmatch(name) for name in self.names)


def layouts_by_name(model: nn.Module, name: str) -> Iterator[Sized]:
    """Yield what an argument may be if its name is one that is used alike everywhere, the likeliest first.

    ``batch.mask`` is what goes by the key ``mask``.
    """
    name = name.rpartition(".")[2]
    read = next((read for pattern, read in _READERS if pattern.fullmatch(name)), None)
    if read is not None:
        names = frozenset(each.name for each in parameters(model))
        yield from read(_Argument(name, model, settings(model), names))


def _pixels(argument: _Argument) -> Iterator[Sized]:
    """Yield patches where their grid is an argument too, flat or in a strip; clips where frames are set; and images."""
    said = argument.said
    if not said.configs:
        return
    channels = said.number("num_channels", "in_channels", "in_chans", "num_input_channels", part=IMAGE) or 3
    patch = said.number("patch_size", "spatial_patch_size", part=IMAGE)
    features = channels * patch**2
    if argument.other(_GRID):
        times = said.number("temporal_patch_size", part=IMAGE) or 1
        yield Sized(TensorInput((_PATCHES, times * features)))
    if argument.other(_SHAPES):
        yield Sized(TensorInput(("b", _PATCHES, features)))
    if argument.other(_STRIPS) and patch:
        yield Sized(TensorInput((1, channels, patch, patch * _PATCHES)))
    yield from _images(argument, channels)


def _images(argument: _Argument, channels: int) -> Iterator[Sized]:
    said = argument.said
    height, width = said.sides("image_size", "img_size", "input_size", part=IMAGE) or (0, 0)
    sides = (SIZE, SIZE) if height == width else (height, width)
    frames = said.number("num_frames", "frames_per_clip", "num_image_frames", part=IMAGE)
    if frames or argument.name.endswith("videos"):
        yield Sized(TensorInput(("b", frames or _NODES, channels, *sides)), height)
    yield Sized(TensorInput(("b", channels, *sides)), height)


def _flat_patches(argument: _Argument) -> Iterator[Sized]:
    """Yield patches where their grid is an argument too, else what the layers of a stack pass on."""
    if argument.other(_GRID):
        yield from _pixels(argument)
    yield from _embedded(argument)


def _spectrogram(argument: _Argument) -> Iterator[Sized]:
    """Yield frames of so many bands, the bands last, first, and as an image."""
    said = argument.said
    bands = said.number(*_BANDS, part=AUDIO)
    frames = said.number("max_source_positions", part=AUDIO) * 2 or said.number("max_length", part=AUDIO) or _FRAMES
    if not bands:
        return
    shapes: list[tuple[int | str, ...]] = [("b", SIZE, bands), ("b", bands, SIZE), ("b", 1, SIZE, bands)]
    consumer = first_consumer(argument.model, argument.name)
    first = 1 if isinstance(consumer, nn.Conv1d) and consumer.in_channels == bands else 0
    for shape in (shapes[first], *shapes[:first], *shapes[first + 1 :]):
        yield Sized(TensorInput(shape), frames)


def _waveform(argument: _Argument) -> Iterator[Sized]:
    """Yield a second of samples, and a spectrogram where bands are set."""
    said = argument.said
    channels = said.number("audio_channels", part=AUDIO)
    if said.number("num_mel_bins", part=AUDIO) and not said.value("conv_kernel", part=AUDIO):
        yield from _spectrogram(argument)
    if channels:
        yield Sized(TensorInput(("b", channels, SIZE)), _SAMPLES)
    if said.configs:
        yield Sized(TensorInput(("b", SIZE)), _SAMPLES)
        yield Sized(TensorInput(("b", 1, SIZE)), _SAMPLES)


def _series(argument: _Argument) -> Iterator[Sized]:
    """Yield a window of a time series, with what its lags reach back."""
    said = argument.said
    length, channels = _window(said), said.number("num_input_channels", "input_size")
    if not length:
        return
    if channels > 1 or said.value("num_input_channels") is not None:
        yield Sized(TensorInput(("b", length, max(channels, 1))))
    yield Sized(TensorInput(("b", length)))


def _time_features(argument: _Argument) -> Iterator[Sized]:
    length = _window(argument.said)
    if length:
        yield Sized(TensorInput(("b", length, argument.said.number("num_time_features"))))


def _window(said: Settings) -> int:
    lags = said.value("lags_sequence")
    reach = max(lags, default=0) if isinstance(lags, Sequence) else 0
    return said.number("context_length", "horizon_length") + reach


def _embedded(argument: _Argument) -> Iterator[Sized]:
    part = TEXT if argument.name.startswith(("inputs_", "decoder")) else frozenset[str]()
    width = argument.said.number("hidden_size", "d_model", "embed_dim", part=part)
    if width:
        yield Sized(TensorInput(("b", SIZE, width)))


def _ids(_: _Argument) -> Iterator[Sized]:
    yield Sized(TensorInput(("b", SIZE), "int64"))


def _boxes(_: _Argument) -> Iterator[Sized]:
    yield Sized(TensorInput(("b", SIZE, 4), "int64"))


def _mask(argument: _Argument) -> Iterator[Sized]:
    if argument.said.configs:
        yield Sized(TensorInput(("b", SIZE), "int64"))


def _pixel_mask(argument: _Argument) -> Iterator[Sized]:
    dims = ("b", _PATCHES) if argument.other(_SHAPES) else ("b", SIZE, SIZE)
    yield Sized(TensorInput(dims, "int64"))


def _grid(argument: _Argument) -> Iterator[Sized]:
    yield Sized(TensorInput((1, 3 if argument.name.endswith("thw") else 2), "int64"))


def _shapes(_: _Argument) -> Iterator[Sized]:
    yield Sized(TensorInput(("b", 2), "int64"))


def _strip_sizes(_: _Argument) -> Iterator[Sized]:
    yield Sized(TensorInput((1, 2), "int64"))


def _edges(_: _Argument) -> Iterator[Sized]:
    yield Sized(TensorInput((2, _EDGES), "int64"))


def _nodes(_: _Argument) -> Iterator[Sized]:
    yield Sized(TensorInput((_NODES,), "int64"))


def _targets(argument: _Argument) -> Iterator[Sized]:
    """Yield what detectors are trained on: for each of two images a box, with what the model's parts tell of."""
    target: dict[str, Layout] = {"boxes": TensorInput((1, 4)), "labels": TensorInput((1,), "int64")}
    parts = frozenset[str]().union(*(words(path) for path, _ in argument.model.named_modules()))
    if "mask" in parts:
        target["masks"] = TensorInput((1, SIZE, SIZE), "uint8")
    if "keypoint" in parts:
        target["keypoints"] = TensorInput((1, _KEYPOINTS, 3))
    yield Sized([target, target])


_BANDS = (
    "num_mel_bins",
    "feature_size",
    "input_feat_per_channel",
    "feature_projection_input_dim",
    "n_mels",
    "input_dim",
)

_READERS: tuple[tuple[re.Pattern[str], Callable[[_Argument], Iterator[Sized]]], ...] = tuple(
    (re.compile(pattern), read)
    for pattern, read in (
        (r"pixel_values\w*|pixels?", _pixels),
        (_GRID.pattern, _grid),
        (_SHAPES.pattern, _shapes),
        (_STRIPS.pattern, _strip_sizes),
        (r"pixel_(attention_)?mask", _pixel_mask),
        (r"input_features", _spectrogram),
        (r"input_values", _waveform),
        (r"past_values", _series),
        (r"past_time_features", _time_features),
        (r"past_observed_mask", _series),
        (r"(\w+_)?hidden_states", _flat_patches),
        (r"(\w+_)?embeds", _embedded),
        (r"bbox", _boxes),
        (r"(\w+_)?(input|token_type|position)_ids", _ids),
        (r"(\w+_)?(attention_mask|features_mask)", _mask),
        (r"targets", _targets),
        (r"edge_index", _edges),
        (r"edge_types?|batch_index|edge_batch", _nodes),
    )
)
